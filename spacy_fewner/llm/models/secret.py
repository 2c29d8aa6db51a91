"""An API key taken out of whatever a server sends back, before any of it is cut, kept or shown.

A server knows the key that it was sent. What is kept from others is what it says by accident: the
key quoted, in part, escaped (JSON, URL, HTML) or in base64, as in a header that is quoted.
"""

import base64
import html
import logging
import os
import re
from collections.abc import Callable, Iterable
from functools import partial

PART = 12  # characters of a key in a row that are taken out; shorter keys as a whole only
_BLOCK = PART // 2  # any PART characters of a form hold a whole block of it
_LAYERS = 8  # of escapes within escapes
_MOST_FORMS = 24  # of a text, with escapes of one kind or another undone
_HIDDEN = "***"
_THEMSELVES = ('"', "'", "/", "\\")
_BACKSLASH = r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\([\"'/\\])"
_PERCENT = r"%([0-9a-fA-F]{2})"
_ESCAPED = re.compile(f"{_BACKSLASH}|{_PERCENT}")
_USER = re.compile(r"(?<=://)[^/\s@]{1,300}@")
_KEY_NAME = re.compile(r"(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD)$", re.IGNORECASE)
_LOGGERS = ("httpx", *(f"httpcore.{part}" for part in
            ("connection", "http11", "http2", "proxy", "socks")))  # fmt: skip


class Secret:
    """A key, "" for none."""

    def __init__(self, key: str):
        self._key = key
        forms = [key, *_in_base64(key)] if len(key) >= PART else []
        self._blocks = {block for form in forms for block in _pieces(form, _BLOCK, step=_BLOCK)}
        self._parts = {part for form in forms for part in _pieces(form, PART)}

    def clean(self, text: str) -> str:
        """The text without the key and without user and password of an address."""
        if self._parts:
            text = self.clean_reply(text)
        elif self._key:
            text = text.replace(self._key, _HIDDEN)
        return _USER.sub(f"{_HIDDEN}@", text)

    def clean_reply(self, text: str) -> str:
        """As `clean`, of what may be anything; keys of less than PART characters ("none", "x")
        could stand in any text, and stay. A text that has the key escaped comes back unescaped."""
        if not self._parts:
            return text
        return self._clean_by_kinds(self._clean_by_layers(self._without_parts(text)))

    def _clean_by_layers(self, text: str) -> str:
        """Looks below escapes in escapes, all kinds at once."""
        plain = text
        for _ in range(_LAYERS):
            before, plain = plain, _unescaped(plain)
            if plain == before:
                break
            cleaned = self._without_parts(plain)
            if cleaned != plain:
                plain = text = cleaned
        return text

    def _clean_by_kinds(self, text: str) -> str:
        """Looks below each kind of escape by itself, in every order: a key that has "%41" in it
        is no longer there once all kinds are gone."""
        waiting, seen = [text], {text}
        while waiting and len(seen) < _MOST_FORMS:
            form = waiting.pop(0)
            for unescape in _KINDS:
                plain = unescape(form)
                cleaned = self._without_parts(plain)
                if cleaned != plain:
                    text = cleaned
                    waiting, seen = [text], {text}
                    break
                if plain not in seen:
                    seen.add(plain)
                    waiting.append(plain)
        return text

    def is_in(self, text: str) -> bool:
        return self.clean_reply(text) != text

    def _without_parts(self, text: str) -> str:
        if not any(block in text for block in self._blocks):
            return text
        kept: list[str] = []
        position = reach = 0  # `reach`: end of the parts found so far
        for at in range(len(text) - PART + 1):
            if text[at : at + PART] in self._parts:
                if at > reach or not reach:
                    kept += [text[position:at], _HIDDEN]
                position = reach = at + PART
        return "".join(kept) + text[position:]


def clean_of_environment(text: str) -> str:
    """Without the values of variables named as those of keys are, where the one used is unknown."""
    for name, value in os.environ.items():
        if _KEY_NAME.search(name) and len(value.strip()) >= PART:
            text = Secret(value.strip()).clean(text)
    return text


def _pieces(form: str, length: int, step: int = 1) -> Iterable[str]:
    return (form[at : at + length] for at in range(0, len(form) - length + 1, step))


def _in_base64(key: str) -> list[str]:
    """What the key alone decides of the code of a longer text, in both alphabets."""
    forms = []
    for before, skipped in ((0, 0), (1, 2), (2, 3)):
        content = b" " * before + key.encode("utf8", "replace")
        known = slice(skipped, len(content) * 8 // 6)
        forms.append(base64.b64encode(content).decode()[known])
        forms.append(base64.urlsafe_b64encode(content).decode()[known])
    return forms


def _unescaped(text: str) -> str:
    if "\\" in text or "%" in text:
        text = _ESCAPED.sub(_character, text)
    return html.unescape(text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    (said,) = filter(None, found.groups())
    return said if said in _THEMSELVES else chr(int(said, 16))


_KINDS: tuple[Callable[[str], str], ...] = (
    html.unescape,
    partial(re.compile(_BACKSLASH).sub, _character),
    partial(re.compile(_PERCENT).sub, _character),
)


class _NoSecrets(logging.Filter):
    """Lets every record pass, without keys."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets: dict[str, Secret] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        said = cleaned = record.getMessage()
        for secret in self.secrets.values():
            cleaned = secret.clean(cleaned)
        if cleaned != said:
            record.msg, record.args = cleaned, ()
        return True


_filter = _NoSecrets()


def keep_out_of_logs(key: str, secret: Secret) -> None:
    """httpx and httpcore log what a server sends: its status line and its headers."""
    _filter.secrets[key] = secret
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_filter)
