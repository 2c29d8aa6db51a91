"""Types as a review file: YAML that a person reads from the top and edits."""

import json
import re
import textwrap
from collections.abc import Iterable, Iterator

from ...shown import shown_in_line
from ..found_types import FoundType, Types

HEAD = """\
{counts}
# The most frequent come first. Below a type stand its fields.
#
# Edit what you like, then run `spacy-fewner review` on this folder:
#
#   rename    write another `name`. Annotations follow by `labels`: leave those.
#   redefine  write another `definition`. A model that trains on it reads it.
#   merge     add a line `merge_into: other name`. For a field of another type: `other name/field`.
#   drop      add a line `drop: true`, or delete the entry. Its annotations go, and its fields too.
#   add       write an entry with a name and a definition, to merge others into it.
#   synonyms  are other names of the same type. Add or remove some.
#
# Order is free. Lines behind # are for you only; [brackets] are around a mention. The annotations
# as they were found are kept, so that you can edit and review again.
"""
_PLAIN = re.compile(r"[^\W\d_][\w ()'&./+-]*[\w)']|[^\W\d_]")
_RESERVED = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan"}
_WIDTH = 88
_NOT_IN_YAML = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def review_text(types: Types) -> str:
    """The whole file. Read back, it says of each label what is said here."""
    named = (_many(len(types), "type"), _many(types.mentions, "mention"))
    counts = f"# {named[0]} with {named[1]} in {_many(types.documents, 'document')}."
    lines = [HEAD.format(counts=counts), "types:"]
    for one in types:
        lines += ["", *_entry(one)]
    return "\n".join(lines) + "\n" if len(types) else "\n".join([*lines[:-1], "types: []\n"])


def _entry(one: FoundType, indent: str = "") -> Iterator[str]:
    yield f"{indent}- name: {scalar(one.name)}  # {_counts(one)}"
    inner = indent + "  "
    yield from _definition(one.definition, inner)
    if one.synonyms:
        yield f"{inner}synonyms: {_listed(one.synonyms)}"
    yield f"{inner}labels: {_listed(one.labels)}"
    yield from (f"{inner}# {_comment(line)}" for line in one.shown)
    if one.fields:
        yield f"{inner}fields:"
        for below in one.fields:
            yield from _entry(below, inner)


def _counts(one: FoundType) -> str:
    if not one.mentions:
        return "no mention that was found in its text"
    return f"{_many(one.mentions, 'mention')} in {_many(one.documents, 'document')}"


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _definition(text: str, indent: str) -> Iterator[str]:
    line = text if _is_plain(text) else scalar(text)
    folds = text == " ".join(text.split()) and not _NOT_IN_YAML.search(text)
    if not folds or len(line) + len(indent) + 12 <= _WIDTH:
        yield f"{indent}definition: {line}"
    else:
        yield f"{indent}definition: >-"
        inner = indent + "  "
        yield from textwrap.wrap(
            text,
            _WIDTH,
            initial_indent=inner,
            subsequent_indent=inner,
            break_long_words=False,
            break_on_hyphens=False,
        )


def _listed(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(scalar, texts))}]"


def scalar(text: str) -> str:
    """The text as YAML on one line, without quotes where it needs none."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _RESERVED:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _NOT_IN_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _is_plain(text: str) -> bool:
    """Whether a text of several words may stand without quotes, outside a list."""
    begins = text[:1].isalpha() and text.casefold() not in _RESERVED
    marks = ": " in text or " #" in text or text.endswith(":") or _NOT_IN_YAML.search(text)
    return begins and not marks and text == " ".join(text.split())


def _comment(line: str) -> str:
    return _NOT_IN_YAML.sub(" ", shown_in_line(line))
