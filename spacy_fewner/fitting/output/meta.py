"""A pipeline's meta.json before it becomes a package's metadata: nothing in it is taken on trust.

Its texts become lines of METADATA, its language and name become paths, its requirements are what
pip installs.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ...data.formats.json_file import read_json_value
from ...errors import FewnerError
from ...shown import shown_in_line
from .names import check_version

META = "meta.json"
# Each is a line of METADATA or of a table.
_LINES = (
    *("name", "description", "author", "email", "url", "license"),
    *("spacy_version", "spacy_git_version", "parent_package"),
)
_REQUIREMENTS = ("requirements", "setup_requires")  # spaCy's setup.py adds up both
_MEND = f"Mend it in the pipeline's {META}."


def checked_meta(model: Path) -> dict[str, Any]:
    """What meta.json in the folder says. Raises FewnerError that names the field which may not go
    into a package."""
    meta = _read(model / META)
    _check_lang(meta.get("lang"))
    for field in _LINES:
        if field in meta:
            _check_line(field, meta[field])
    if url := meta.get("url"):
        _check_url(url)
    if "version" in meta:
        check_version(meta["version"], _named("version"))
    for field in _REQUIREMENTS:
        _check_requirements(field, meta.get(field, []))
    _check_forms(meta)
    return meta


def _read(path: Path) -> dict[str, Any]:
    meta = read_json_value(path, "must be JSON", _MEND)
    if not isinstance(meta, dict):
        raise FewnerError(META, "must hold an object", meta, _MEND)
    for name, value in meta.items():
        _check_encodable(name, value)
    return meta


def _check_encodable(field: str, value: Any) -> None:
    try:
        json.dumps({field: value}, ensure_ascii=False).encode()
    except UnicodeEncodeError as err:
        rule = "must be text that UTF-8 can hold"
        raise FewnerError(_named(field), rule, str(value), _MEND) from err


def _check_lang(lang: Any) -> None:
    if not isinstance(lang, str) or not re.fullmatch(r"[a-z]{2,8}", lang):
        rule = "must be the code of a language, in lower-case letters"
        raise FewnerError(_named("lang"), rule, lang, _MEND)


def _check_line(field: str, value: Any) -> None:
    if not isinstance(value, str):
        raise FewnerError(_named(field), "must be text", value, _MEND)
    if shown_in_line(value) != value:
        rule = "must be one line of plain text"
        raise FewnerError(_named(field), rule, ascii(value), _MEND)


def _check_url(url: str) -> None:
    if not re.match(r"https?://\S+$", url):
        raise FewnerError(_named("url"), "must be an address of the web", url, _MEND)


def _check_requirements(field: str, value: Any) -> None:
    if not isinstance(value, list):
        raise FewnerError(_named(field), "must be a list", value, _MEND)
    for one in value:
        _check_requirement(field, one)


def _check_requirement(field: str, value: Any) -> None:
    from packaging.requirements import InvalidRequirement, Requirement

    rule = "must be requirements of pip by name and version"
    _check_line(field, value)
    try:
        parsed = Requirement(value)
    except InvalidRequirement as err:
        raise FewnerError(_named(field), rule, value, _MEND) from err
    if parsed.url:  # pip would fetch whatever is there
        raise FewnerError(_named(field), f"{rule}, without an address", value, _MEND)


def _check_forms(meta: Mapping[str, Any]) -> None:
    """What spaCy itself asks of the fields, so that it need not end the process."""
    from spacy.schemas import ModelMetaSchema, validate

    found: Iterable[str] = validate(ModelMetaSchema, {"name": "x", "version": "0", **meta})
    for problem in found:
        rule = "must have the form that spaCy knows"
        raise FewnerError(META, rule, problem, _MEND)


def _named(field: str) -> str:
    return f"{META}: {field}"
