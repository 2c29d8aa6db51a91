"""`--lang`: whatever asks a language model asks in it, or names it."""

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
import spacy
from cli_helpers import TINY, Run, asking
from server import Server

from spacy_fewner.cli.commands.stage import REGISTERED
from spacy_fewner.data import read_samples, write_samples
from spacy_fewner.types import CharSpan, Sample

SURNAMES, NAMES = "王李张刘陈杨赵黄周吴", "芳强明丽军敏杰燕鹏华"
PLACES = ("上海", "北京", "杭州", "成都", "昆明", "厦门", "南京", "西安")
DONE = ("搬到了{}。", "在{}住了三年。", "去{}看朋友。", "说{}总下雨。", "昨天从{}回来。")
SMALL = ("--size", 6, "--per-call", 3, "--ideas", 2)
TREE = "人物: {children: {演奏者: {}, 制造者: {}}}\n地点: {description: 有名称的地方}\n"


def written(rng: random.Random) -> Sample:
    name, place = rng.choice(SURNAMES) + rng.choice(NAMES), rng.choice(PLACES)
    text = name + rng.choice(DONE).format(place)
    at = text.index(place)
    return Sample(text, (CharSpan(0, len(name), "人名"), CharSpan(at, at + len(place), "地点")))


def listed(sample: Sample) -> str:
    entities = [{"text": s.surface(sample.text), "label": s.label} for s in sample.spans]
    return json.dumps({"text": sample.text, "entities": entities}, ensure_ascii=False)


def reply(body: dict[str, Any]) -> str:
    """What is asked for in Chinese; nothing in any other language."""
    last = body["messages"][-1]["content"]
    rng = random.Random(json.dumps(body["messages"]) + str(body.get("seed")))
    if "条类别为" in last:
        texts = [written(rng).text for _ in range(3)]
        return "\n".join(json.dumps({"text": text}, ensure_ascii=False) for text in texts)
    if last.startswith("再写") or "\n再写" in last:
        return "\n".join(listed(written(rng)) for _ in range(3))
    if "片段：" in last:
        held = body["response_format"]["json_schema"]["schema"]["properties"]["label"]["enum"]
        wanted = "地点" if any(place in last.split("片段：")[1] for place in PLACES) else "人物"
        return json.dumps({"label": wanted if wanted in held else held[0]}, ensure_ascii=False)
    if marks := re.search(r"前面加 (\S+?)，后面加 (\S+?)。", body["messages"][0]["content"]):
        text = last.split("<text>\n")[1].split("\n</text>")[0]
        return re.sub("|".join(PLACES), lambda found: f"{marks[1]}{found[0]}{marks[2]}", text)
    return json.dumps({"items": ["搬家", "旅行"]}, ensure_ascii=False)


@pytest.fixture
def speaking():
    with Server(reply=reply) as server:
        yield server


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    rng = random.Random(4)
    texts = {one.text: one for one in (written(rng) for _ in range(14))}
    write_samples(list(texts.values()), tmp_path / "seeds.jsonl")
    return tmp_path / "seeds.jsonl"


def systems(server: Server) -> list[str]:
    return [body["messages"][0]["content"] for body in server.bodies]


def in_chinese(server: Server) -> bool:
    return bool(server.bodies) and all("You " not in said for said in systems(server))


def test_synthesize_writes_in_chinese(run: Run, speaking: Server, seeds: Path, tmp_path: Path):
    out = tmp_path / "more.jsonl"
    options = [*asking(speaking), *SMALL, "--lang", "zh"]
    done = run("synthesize", seeds, out, *options)
    assert done.exit_code == 0, done.output
    assert in_chinese(speaking)
    made = read_samples(out)
    assert made and {one.meta["prompt"] for one in made} == {"generate.zh.v1"}
    assert {span.label for one in made for span in one.spans} == {"人名", "地点"}


def test_synthesize_names_another_language(run: Run, speaking: Server, seeds: Path, tmp_path: Path):
    options = [*asking(speaking), *SMALL, "--lang", "de", "--alignment", "expand"]
    run("synthesize", seeds, tmp_path / "more.jsonl", *options)
    assert systems(speaking) and all("in German" in said for said in systems(speaking))


def test_texts_of_classes_are_written_in_chinese(run: Run, speaking: Server, tmp_path: Path):
    rng = random.Random(5)
    texts = [written(rng).text for _ in range(8)]
    samples = [
        Sample(text, cats={label: 1.0}, spans_annotated=False)
        for text, label in zip(texts, ["搬家", "旅行"] * 4, strict=True)
    ]
    seeds, out = tmp_path / "classes.jsonl", tmp_path / "more.jsonl"
    write_samples(samples, seeds)
    options = [*asking(speaking), *SMALL, "--lang", "zh"]
    done = run("synthesize", seeds, out, *options)
    assert done.exit_code == 0, done.output
    assert in_chinese(speaking)
    assert {one.meta["prompt"] for one in read_samples(out)} == {"class_texts.zh.v1"}


def test_fit_asks_in_the_language_it_trains_for(
    run: Run, speaking: Server, seeds: Path, tmp_path: Path
):
    options = [*TINY, "--folds", 2, "--no-curve", *SMALL, *asking(speaking)]
    done = run("fit", seeds, tmp_path / "out", *options, "--lang", "zh", "--quiet")
    assert done.exit_code == 0, done.output
    assert in_chinese(speaking)
    assert spacy.load(tmp_path / "out" / "model").lang == "zh"


def test_a_stage_gets_the_language(run: Run, speaking: Server, seeds: Path, tmp_path: Path):
    out, config = tmp_path / "out.jsonl", tmp_path / "stage.cfg"
    asked = asking(speaking)
    told = ["--set", "target_size=3", "--set", "per_call=3"]
    done = run("stage", "generate", seeds, out, *told, *asked, "--lang", "zh")
    assert done.exit_code == 0, done.output
    assert in_chinese(speaking)
    assert {one.meta["prompt"] for one in read_samples(out)} == {"generate.zh.v1"}
    config.write_text('[stage]\n@misc = "spacy-fewner.KeyPhrases.v1"\nlanguage = "zh"\n')
    before = len(speaking.bodies)
    for more, named in (([], False), (["--lang", "zh"], False), (["--lang", "de"], True)):
        run("stage", config, seeds, tmp_path / "k.jsonl", *asked, *more, "--llm-mode", "live")
        assert len(speaking.bodies) > before
        assert all(("in German" in said) == named for said in systems(speaking)[before:])
        before = len(speaking.bodies)


@pytest.mark.parametrize(
    ("stage", "options", "told"),
    [
        ("passages", ["--lang", "zh"], "--lang: is for stages that ask in the language"),
        ("ask_types", ["--lang", "zh"], "--lang: is for stages that ask in the language"),
        ("extend", ["--lang", "zh", "--set", "language=de"], "must not contradict --set language="),
        ("extend", ["--lang", "km"], "--lang: must be a code that spaCy knows; got km. Use xx"),
        ("extend", ["--set", "language=km"], "language: must be a code that spaCy knows; got km"),
    ],
)
def test_a_language_that_a_stage_cannot_take(
    run: Run, speaking: Server, seeds: Path, tmp_path: Path, stage: str, options: list, told: str
):
    asked = asking(speaking)
    done = run("stage", stage, seeds, tmp_path / "out.jsonl", *asked, *options)
    assert done.exit_code == 1 and told in done.stderr
    assert not speaking.bodies and not (tmp_path / "out.jsonl").exists()


def test_every_stage_that_asks_about_texts_has_a_language():
    from inspect import signature

    from spacy import registry

    without = {
        name
        for name, made in REGISTERED.items()
        if "language" not in signature(registry.get("misc", made)).parameters
    }
    assert without == {"annotate", "passages", "ask_types", "ask_code"}


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    (tmp_path / "tree.yaml").write_text(TREE, "utf8")
    return tmp_path / "tree.yaml"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    (tmp_path / "texts.txt").write_text("王芳搬到了上海。\n没有人来。\n", "utf8")
    return tmp_path / "texts.txt"


def test_the_cascade_asks_in_chinese(run: Run, speaking: Server, labels, texts, tmp_path: Path):
    out = tmp_path / "found.jsonl"
    asked = [*asking(speaking), "--rounds", 1]
    done = run("cascade", "apply", labels, texts, out, *asked, "--lang", "zh")
    assert done.exit_code == 0, done.output
    assert in_chinese(speaking)
    found = [
        [(span.surface(one.text), span.label) for span in one.spans] for one in read_samples(out)
    ]
    assert found == [[("上海", "地点")], []]
    before = len(speaking.bodies)
    run("cascade", "apply", labels, texts, tmp_path / "de.jsonl", *asked, "--lang", "de")
    german = systems(speaking)[before:]
    assert german and all("The text is in German" in said for said in german)
    done = run("cascade", "apply", labels, texts, out, *asked, "--lang", "qq")
    assert done.exit_code == 1 and "lang: must be the code of a language" in done.stderr


def test_the_cascade_asks_in_the_language_of_the_pipeline_unless_told(
    run: Run, speaking: Server, texts: Path, tmp_path: Path
):
    nlp = spacy.blank("zh")
    nlp.add_pipe("fewner_cascade_llm", config={"tree": ["人物", "地点"]})
    nlp.to_disk(tmp_path / "model")
    asked = [*asking(speaking), "--rounds", 1]
    done = run("cascade", "apply", tmp_path / "model", texts, tmp_path / "own.jsonl", *asked)
    assert done.exit_code == 0, done.output
    assert in_chinese(speaking)
    before = len(speaking.bodies)
    run("cascade", "apply", tmp_path / "model", texts, tmp_path / "d.jsonl", *asked, "--lang", "de")
    german = systems(speaking)[before:]
    assert german and all("The text is in German" in said for said in german)


def test_rows_are_the_questions_that_are_asked(
    run: Run, speaking: Server, labels, texts, tmp_path: Path
):
    seeds = tmp_path / "shown.jsonl"
    spans = (CharSpan(0, 2, "人物/演奏者"), CharSpan(5, 7, "地点"))
    write_samples([Sample("王芳搬到了上海。", spans)], seeds)
    never = ["--merge", 0, "--drop", 0, "--synonyms", 0, "--replace", 0, "--offer", 0]
    told = ["--tree", labels, *never, "--lang", "zh"]
    done = run("cascade", "rows", seeds, tmp_path / "rows", *told)
    assert done.exit_code == 0, done.output
    for name, start in (("extractor", "你负责抄写"), ("classifier", "你负责判断")):
        lines = (tmp_path / "rows" / f"{name}.jsonl").read_text("utf8").splitlines()
        rows = [json.loads(line) for line in lines]
        assert rows and all(row["messages"][0]["content"].startswith(start) for row in rows)
        assert all(".zh.v1" in row["meta"]["prompt"] for row in rows)
    asked = [*asking(speaking), "--rounds", 1, "--lang", "zh"]
    run("cascade", "apply", labels, texts, tmp_path / "found.jsonl", *asked)
    (first, *_) = (tmp_path / "rows" / "extractor.jsonl").read_text("utf8").splitlines()
    question = [one["content"] for one in json.loads(first)["messages"][:-1]]
    assert question in [[one["content"] for one in body["messages"]] for body in speaking.bodies]
