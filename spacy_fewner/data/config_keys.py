"""Which words of a user may stand in spaCy's config files, as keys and as values.

Those are INI files: a key ends at ":" or "=", a line that begins with "#" or ";" is a comment, "@"
names a registered function, and what does not fit is read as something else, or not at all.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

from ..errors import FewnerError

_ENCODED = "percent-encoded"  # third in the entry of a label that would not survive as it is
_SAFE = re.compile(r"\w(?:[\w /.+-]*[\w/.+-])?")


def is_config_key(word: str) -> bool:
    """Whether a config that has the word as a key can be written and read back."""
    return _SAFE.fullmatch(word) is not None


def check_config_keys(argument: str, words: Iterable[str], remedy: str) -> None:
    """Raise FewnerError for the first word that cannot be a key."""
    for word in words:
        if not is_config_key(word):
            rule = "a key in a config may hold letters, digits, spaces and _ / . + - alone"
            raise FewnerError(argument, rule, word, remedy)


def check_spans_key(argument: str, value: Any) -> str:
    """A key of doc.spans, of which the names of scores are made, which are keys in configs."""
    if not isinstance(value, str) or not value:
        raise FewnerError(argument, "must be a key of doc.spans", value, '"sc" is usual.')
    check_config_keys(argument, [value], 'Choose another, such as "sc".')
    return value


def by_label(argument: str, value: Mapping[str, Any] | Sequence[Any]) -> dict[str, Any]:
    """What a config says of labels: a mapping, or a list of [label, what is said of it].

    The list takes any label, the mapping only those that can be keys. Raises FewnerError for
    other labels in a mapping, and for what is neither. Reads what `to_config` writes.
    """
    if isinstance(value, Mapping):
        first = next((label for label in value if not is_config_key(label)), "")
        check_config_keys(argument, value, f'Write {argument} as a list: [["{first}", …], …].')
        return dict(value)
    return dict(_pair(argument, entry) for entry in value)


def _pair(argument: str, entry: Any) -> tuple[str, Any]:
    texts = entry[::2] if isinstance(entry, list | tuple) and len(entry) in (2, 3) else [None]
    if not all(isinstance(part, str) for part in texts) or texts[1:] not in ([], [_ENCODED]):
        remedy = 'Write for instance [["LOC:City", …], ["PART", …]].'
        raise FewnerError(argument, "must map labels, or be a list of pairs", entry, remedy)
    if len(entry) == 3:
        return unquote(entry[0], errors="surrogatepass"), entry[1]
    if "$" in entry[0]:
        remedy = "Set it in Python, on the component, or rename the label."
        raise FewnerError(argument, 'a config may read "$" as a variable', entry[0], remedy)
    return entry[0], entry[1]


def to_config(values: Mapping[str, Any]) -> dict[str, Any] | list[Any]:
    """What labels map to, in a form that a config keeps whatever the labels are."""
    if all(map(is_config_key, values)):
        return dict(values)
    return [_entry(label, value) for label, value in values.items()]


def _entry(label: str, value: Any) -> list[Any]:
    if "$" not in label:
        return [label, value]
    return [quote(label, safe="", errors="surrogatepass"), value, _ENCODED]


def check_no_variables(argument: str, records: Iterable[Mapping[str, Any]]) -> None:
    """Raise FewnerError for a record with what a config would read as a variable."""
    for record in records:
        if "${" in json.dumps(record, ensure_ascii=False):
            remedy = "Write it otherwise, for instance with a space after the dollar sign."
            raise FewnerError(
                argument, 'must not hold "${", a variable in a config', record, remedy
            )
