"""What of a pipeline's meta.json goes into a package, and what is refused by name."""

import json
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spacy_fewner.errors import FewnerError
from spacy_fewner.fitting.output.meta import checked_meta
from spacy_fewner.fitting.output.names import check_package_name, check_version
from spacy_fewner.fitting.output.packaging import build_wheel

GOOD = {"lang": "en", "name": "pipeline", "version": "0.0.0", "requirements": ["spacy>=3.8"]}
INJECTED = "Ada\nRequires-Dist: evil"


def written(folder: Path, **fields: Any) -> Path:
    (folder / "meta.json").write_text(json.dumps({**GOOD, **fields}), "utf8")
    return folder


def pipeline(folder: Path, **fields: Any) -> Path:
    nlp = spacy.blank("en")
    nlp.to_disk(folder / "model")
    meta = json.loads((folder / "model" / "meta.json").read_text())
    (folder / "model" / "meta.json").write_text(json.dumps({**meta, **fields}))
    return folder / "model"


BAD = [
    *(
        ("lang", value)
        for value in ("../../x", "/tmp/x", "en\n", "EN", "", "x" * 99, 1, None, "e n")
    ),
    *((field, INJECTED) for field in ("author", "email", "license", "url", "description", "name")),
    *((field, "a\rb") for field in ("author", "license", "spacy_version", "parent_package")),
    *((field, "\u202eb\x1b") for field in ("author", "description", "spacy_git_version")),
    *((field, value) for field in ("author", "license", "url", "name") for value in (1, [], {})),
    ("url", "javascript:alert(1)"),
    ("url", "http://a b"),
    ("author", "half \ud800"),
    ("notes", "half \ud800"),
    *(("version", value) for value in ("a", "1.0\n", " 1.0", "1" * 99, 1.0, None, "../1")),
    ("requirements", "spacy"),
    ("requirements", {"spacy": 1}),
    *(("requirements", [value]) for value in (1, "", "a b", "x @ https://a/b.whl", "a\nb", "-r x")),
    *(
        ("requirements", [value])
        for value in ("https://a/b.whl", "../x", "x; import os", "--pre x")
    ),
    ("setup_requires", ["x @ file:///etc"]),
    ("setup_requires", "spacy"),
]


@pytest.mark.parametrize(("field", "value"), BAD, ids=lambda one: ascii(one)[:40])
def test_a_field_that_may_not_go_into_a_package_is_named(field: str, value: Any, tmp_path: Path):
    with pytest.raises(FewnerError, match=rf"^meta\.json: {field}: must ") as caught:
        checked_meta(written(tmp_path, **{field: value}))
    assert "\n" not in str(caught.value) and str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]", "must hold an object"),
        ("{", "must be JSON"),
        ('{"lang": "en", "lang": "de"}', "twice"),
    ],
)
def test_a_file_that_is_no_meta(content: str, said: str, tmp_path: Path):
    (tmp_path / "meta.json").write_text(content)
    with pytest.raises(FewnerError, match=said):
        checked_meta(tmp_path)


@pytest.mark.parametrize(
    ("field", "value"), [("labels", {"x": 1}), ("pipeline", "x"), ("sources", 1)]
)
def test_what_spacy_would_end_the_process_for(field: str, value: Any, tmp_path: Path):
    with pytest.raises(FewnerError, match=rf"^meta\.json: .*{field}"):
        checked_meta(written(tmp_path, **{field: value}))


def test_what_pipelines_say_passes(tmp_path: Path):
    fields = {"author": "Ada Łoś 人", "url": "https://example.org/a?b", "license": "MIT"}
    fields |= {"requirements": ["a-b[c]>=1,<2; python_version > '3.8'"], "notes": "two\nlines"}
    assert checked_meta(written(tmp_path, **fields)) == {**GOOD, **fields}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.sampled_from(["lang", "name", "version", "author", "url", "requirements"]), json_values)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_value_is_refused_by_name_or_is_one_line(tmp_path: Path, field: str, value: Any):
    try:
        meta = checked_meta(written(tmp_path, **{field: value}))
    except FewnerError as error:
        assert str(error).startswith("meta.json")
        return
    said = meta[field] if isinstance(meta[field], list) else [meta[field]]
    assert all(isinstance(one, str) and len(f"{one}.".splitlines()) == 1 for one in said)


@pytest.mark.parametrize(
    "name",
    [
        *("os", "con", "com1", "class", "match", "email", "x" * 5000, "a-b", "A", "é", "a b", ""),
        *("1a", "../x", "a\n", "a.b", "_a", "en_organ", None, 1),
    ],
)
def test_names_that_are_no_names(name: Any):
    with pytest.raises(FewnerError, match=r"^package: "):
        check_package_name(name, "en")


@pytest.mark.parametrize("name", ["organ", "organ_parts", "a", "x" * 64, "entity", "os_parts"])
def test_names(name: str):
    assert check_package_name(name, "en") == name


@pytest.mark.parametrize("version", ["1.0.0", "0.1", "1.0a1", "1!2.0", "1.0+local", "v1"])
def test_versions(version: str):
    assert check_version(version) == version


def test_nothing_is_written_for_a_refused_pipeline(tmp_path: Path):
    model = pipeline(tmp_path, lang="../../x")
    with pytest.raises(FewnerError, match=r"meta\.json: lang"):
        build_wheel(model, tmp_path / "out", "organ")
    with pytest.raises(FewnerError, match="package: "):
        build_wheel(pipeline(tmp_path), tmp_path / "out", "os")
    with pytest.raises(FewnerError, match="version: "):
        build_wheel(pipeline(tmp_path), tmp_path / "out", "organ", "1.0\nX: y")
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_no_link_leads_a_file_of_another_place_into_the_wheel(tmp_path: Path):
    model = pipeline(tmp_path)
    (tmp_path / "secret").write_text("secret")
    (model / "vocab" / "extra").symlink_to(tmp_path / "secret")
    with pytest.raises(FewnerError, match="must hold no link to another place"):
        build_wheel(model, tmp_path / "out", "organ")


def test_a_pipeline_that_does_not_load_is_said(tmp_path: Path):
    model = pipeline(tmp_path)
    (model / "config.cfg").write_text('[nlp]\nlang = "en"\npipeline = ["nothing"]\n')
    with pytest.raises(FewnerError, match="model: must be a whole pipeline"):
        build_wheel(model, tmp_path / "out", "organ")


def test_the_metadata_holds_what_was_said_and_no_more(tmp_path: Path):
    fields = {"author": "Ada: Łoś", "license": "MIT; or so", "description": "Requires-Dist: evil"}
    wheel = build_wheel(pipeline(tmp_path, **fields), tmp_path / "out", "organ", "1.0+a")
    with zipfile.ZipFile(wheel) as held:
        (name,) = [one for one in held.namelist() if one.endswith("METADATA")]
        metadata = Parser().parsestr(held.read(name).decode())
        assert all(not one.startswith(("/", "..")) for one in held.namelist())
    assert metadata["Summary"] == "Requires-Dist: evil" and metadata["Name"] == "en_organ"
    assert not [one for one in metadata.get_all("Requires-Dist", []) if "evil" in one]


def test_a_file_called_build_beside_the_command_does_not_run(tmp_path: Path):
    (tmp_path / "build.py").write_text("open('ran', 'w')")
    pipeline(tmp_path)
    command = [
        sys.executable,
        "-m",
        "spacy_fewner.cli",
        "package",
        "model",
        "out",
        "--name",
        "organ",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert not (tmp_path / "ran").exists() and len(list((tmp_path / "out").iterdir())) == 1
