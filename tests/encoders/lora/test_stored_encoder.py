"""What a stored encoder may not do, and what is said of one that is damaged."""

import json
import pickle
import resource
import shutil
import time
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
import srsly
import torch
from safetensors.torch import load, save

from spacy_fewner.encoders.base import load_base, resolve_base
from spacy_fewner.encoders.keywords import TOKENIZER, TRANSFORMER, check_keywords
from spacy_fewner.encoders.lora.tokenizers import MOST_BYTES
from spacy_fewner.errors import FewnerError

QUERY = "encoder.layer.0.attention.self.query.lora_A.weight"
WHOLE = "encoder.layer.0.attention.self.query.weight"


@pytest.fixture
def refused(tiny_bert, encoder, shim, tmp_path):
    """refused(change, ...) -> what is said of a stored encoder whose message was changed."""

    def build(change, **given):
        made = shim(encoder(tiny_bert, **given))
        message = srsly.msgpack_loads(made.to_bytes())
        change(message)
        other = shim(encoder(tiny_bert, initialize=False, **given))
        before, start = peak(), time.monotonic()
        with pytest.raises(FewnerError) as caught:
            other.from_bytes(srsly.msgpack_dumps(message))
        assert peak() - before < 200 and time.monotonic() - start < 20
        return str(caught.value)

    return build


def peak():
    """The most memory that the process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


@pytest.mark.parametrize("name", ["{there}/x", "../x", "sub/x", "x.json", "config.json", "..", ""])
def test_files_have_names_that_are_known(name, refused, tmp_path):
    name = name.format(there=tmp_path)

    def add(message):
        message["tokenizer"]["files"][name] = zlib.compress(b"x")

    assert "names that transformers gives" in refused(add)
    assert not list(tmp_path.iterdir())


def test_files_have_a_size(refused):
    """It takes what is allowed and no more, however much they would become."""

    def swell(message):
        squeezed = zlib.compressobj(9)
        parts = [squeezed.compress(bytes(2**20)) for _ in range(1000)]
        message["tokenizer"]["files"]["vocab.txt"] = b"".join([*parts, squeezed.flush()])

    said = refused(swell)
    assert f"{MOST_BYTES // 2**20} MB at most" in said and "vocab.txt" in said


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"tokenizer_class": "RagRetriever"}, "must be a tokenizer"),
        ({"tokenizer_class": "AutoModel"}, "must be a tokenizer"),
        ({"tokenizer_class": ["x"]}, "must be a tokenizer"),
        ([], "must hold settings"),
    ],
)
def test_a_tokenizer_is_a_tokenizer(settings, said, refused):
    def change(message):
        data = json.dumps(settings).encode()
        message["tokenizer"]["files"]["tokenizer_config.json"] = zlib.compress(data)

    assert said in refused(change)


def test_a_tokenizer_reads_no_other_files(tiny_bert, encoder, shim, docs, gap):
    """Paths and code in its settings are left out."""
    model = encoder(tiny_bert)
    message = srsly.msgpack_loads(shim(model).to_bytes())
    files = message["tokenizer"]["files"]
    own = json.loads(zlib.decompress(files["tokenizer_config.json"]))
    own |= {"vocab_file": "/dev/zero", "tokenizer_file": "/dev/zero", "gguf_file": "/dev/zero"}
    own |= {"auto_map": {"AutoTokenizer": ["x.X", "x.X"]}, "name_or_path": "/dev/zero"}
    files["tokenizer_config.json"] = zlib.compress(json.dumps(own).encode())
    again = encoder(tiny_bert)
    shim(again).from_bytes(srsly.msgpack_dumps(message))
    assert gap(model.predict(docs), again.predict(docs)) == 0.0


@pytest.mark.parametrize("part", ["tokenizer", "transformer"])
@pytest.mark.parametrize("name", ["trust_remote_code", "cache_dir", "gguf_file", "config", "x"])
def test_settings_are_known(part, name, refused):
    def add(message):
        message[f"_init_{part}_config"][name] = True

    said = refused(add)
    assert f"{part}_config" in said and name in said


def test_settings_are_of_their_kinds():
    good = {"use_fast": True, "unk_token": "[UNK]", "model_max_length": 64}
    assert check_keywords("tokenizer_config", good, TOKENIZER) == good
    assert check_keywords("transformer_config", {"dropout": 0.1}, TRANSFORMER)
    bad = [{"use_fast": 1}, {"unk_token": {}}, {"model_max_length": 0}, [], None]
    for given in bad:
        with pytest.raises(FewnerError, match="tokenizer_config"):
            check_keywords("tokenizer_config", given, TOKENIZER)
    for given in ({"attn_implementation": "who/ever:kernel"}, {"dropout": float("nan")}):
        with pytest.raises(FewnerError, match="transformer_config"):
            check_keywords("transformer_config", given, TRANSFORMER)


@pytest.fixture
def own_code(tiny_bert, tmp_path, monkeypatch):
    """A base whose config names code in its folder, which would leave a file."""
    folder = tmp_path / "base"
    shutil.copytree(tiny_bert, folder)
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.C", "AutoModel": "own.M"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")

    def asked(*_):
        raise AssertionError("nobody may be asked")

    monkeypatch.setattr("builtins.input", asked)
    return folder


def test_code_of_a_base_is_never_run_nor_asked_about(own_code, tmp_path):
    with pytest.raises(FewnerError, match="never run"):
        load_base(resolve_base(str(own_code)), {}, {})
    assert not (tmp_path / "ran").exists()


def test_pickled_weights_run_nothing(tiny_bert, tmp_path):
    folder = tmp_path / "base"
    shutil.copytree(tiny_bert, folder)
    (folder / "model.safetensors").unlink()

    class Harm:
        def __reduce__(self):
            return Path.touch, (tmp_path / "ran",)

    (folder / "pytorch_model.bin").write_bytes(pickle.dumps({"x": Harm()}))
    with pytest.raises(FewnerError, match="must load"):
        load_base(resolve_base(str(folder)), {}, {})
    assert not (tmp_path / "ran").exists()
    torch.save({"x": Harm()}, folder / "pytorch_model.bin")
    with pytest.raises(FewnerError, match="must load"):
        load_base(resolve_base(str(folder)), {}, {})
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["pkg:json/../..", "pkg:json//etc", "pkg:json/..\\..", "x" * 5000])
def test_a_base_lies_in_its_package(name):
    with pytest.raises(FewnerError):
        resolve_base(name)


def test_a_package_inside_another_imports_nothing(tmp_path, monkeypatch):
    package = tmp_path / "outer_pack"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('imported')")
    (package / "inner" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(FewnerError, match=r"config\.json"):
        resolve_base("pkg:outer_pack.inner")


def with_tensors(change):
    def run(message):
        state = load(message["state"])
        change(state)
        message["state"] = save({name: one.contiguous() for name, one in state.items()})

    return run


def fill(name, value):
    return lambda state: state.update({name: torch.full_like(state[name], value)})


def damages(name):
    return {
        "missing": lambda state: state.pop(name),
        "extra": lambda state: state.update({f"{name}.x": torch.ones(1)}),
        "nan": fill(name, float("nan")),
        "inf": fill(name, float("inf")),
        "shape": lambda state: state.update({name: state[name][:1]}),
        "no rows": lambda state: state.update({name: state[name][:0]}),
        "dtype": lambda state: state.update({name: state[name].to(torch.int8)}),
    }


@pytest.mark.parametrize("damage", damages(""))
@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, QUERY),
        ({"train_norms": True}, "encoder.layer.1.output.LayerNorm.bias"),
        ({"save": "merged"}, WHOLE),
        ({"rank": 0}, WHOLE),
    ],
)
def test_damaged_tensors_are_named(given, name, damage, refused):
    assert name in refused(with_tensors(damages(name)[damage]), **given)


def setting(part, name, value):
    return lambda message: message[part].update({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("rank", 1_000_000), ("rank", 0), ("rank", "4"), ("rank", True)),
        *(("alpha", float("nan")), ("alpha", 1e300), ("dropout", -1), ("trainable", "none")),
        *(("train_norms", 1), ("targets", []), ("targets", ["embeddings"]), ("targets", "x")),
    ],
)
def test_settings_of_an_adapter_fit_its_tensors(name, value, refused):
    said = refused(setting("lora", name, value))
    assert "adapter" in said or "encoder" in said


def test_a_huge_rank_names_the_tensor(refused):
    said = refused(setting("lora", "rank", 1_000_000))
    assert ".lora_A.weight must be float32 of shape (1000000, 32)" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("vocab_size", 10**9),
        ("hidden_size", 2**20),
        ("hidden_size", 10**12),
        ("num_hidden_layers", 10**8),
        ("max_position_embeddings", 10**9),
        ("model_type", "gone"),
        ("model_type", None),
        ("hidden_act", "gone"),
        ("layer_norm_eps", "x"),
        ("backbone", "who/ever"),
        ("pad_token_id", 10**6),
    ],
)
def test_a_config_fits_the_weights(name, value, refused):
    assert "encoder" in refused(setting("config", name, value), save="merged")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("num_labels", 10**9),
        ("auto_map", {"AutoModel": "own.M"}),
        ("_attn_implementation", "who/ever:kernel"),
        ("attn_implementation", "who/ever:kernel"),
        ("_name_or_path", "who/ever"),
    ],
)
def test_what_is_not_of_the_encoder_is_left_out(name, value, tiny_bert, encoder, shim, docs, gap):
    model = encoder(tiny_bert, save="merged")
    message = srsly.msgpack_loads(shim(model).to_bytes())
    message["config"][name] = value
    again = encoder(tiny_bert, save="merged")
    shim(again).from_bytes(srsly.msgpack_dumps(message))
    assert gap(model.predict(docs), again.predict(docs)) == 0.0


def test_a_tokenizer_by_its_name_in_transformers_5(tiny_bases, encoder, shim, docs, gap):
    base = tiny_bases("modernbert")
    model = encoder(base)
    message = srsly.msgpack_loads(shim(model).to_bytes())
    files = message["tokenizer"]["files"]
    settings = json.loads(zlib.decompress(files["tokenizer_config.json"]))
    settings["tokenizer_class"] = "TokenizersBackend"
    files["tokenizer_config.json"] = zlib.compress(json.dumps(settings).encode())
    again = encoder(base)
    shim(again).from_bytes(srsly.msgpack_dumps(message))
    assert gap(model.predict(docs), again.predict(docs)) == 0.0


def test_pieces_beyond_the_encoder_are_said(tiny_bert, encoder, shim, docs):
    model = encoder(tiny_bert)
    reader = shim(model).reader
    reader.rules = replace(reader.rules, pad_id=10**6, prefix=(10**6,))
    with pytest.raises(FewnerError, match="number its word pieces below"):
        model.predict(docs)


def test_a_tokenizer_that_cannot_read_is_said(tiny_bert, encoder, shim, nlp):
    message = srsly.msgpack_loads(shim(encoder(tiny_bert)).to_bytes())
    files = message["tokenizer"]["files"]
    own = json.loads(zlib.decompress(files["tokenizer.json"]))
    own["model"]["unk_token"] = "gone"
    files["tokenizer.json"] = zlib.compress(json.dumps(own).encode())
    again = encoder(tiny_bert)
    with pytest.raises(FewnerError, match="tokenizer"):
        shim(again).from_bytes(srsly.msgpack_dumps(message))
        again.predict([nlp("☃ ☃")])
