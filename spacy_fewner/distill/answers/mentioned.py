"""Instances that an answer in Python names, as mentions of labels and as records."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ...grounding.ladder import Ladder
from ...grounding.mentions import Mention
from ...llm.replies.parsed import Problem
from ..rows.code_source import Code
from ..rows.type_guides import FieldGuide
from .python_list import Given, Written

NO_CLASS = "no class of the question"
NO_FIELD = "no field of the class"


class Mentioned:
    """code: what was asked. leave_out: told of names that the question does not have, by label."""

    def __init__(
        self, code: Code, written: Sequence[Written], leave_out: Callable[[str, Problem], None]
    ):
        self._code, self._leave_out = code, leave_out
        self._written = [one for one in written if self._is_known(one)]

    @property
    def mentions(self) -> list[Mention]:
        """In the order of the answer, which is that of the text."""
        return [found for one in self._written for found in self._of_instance(one)]

    def instances(self, text: str) -> list[dict[str, Any]]:
        """Those with a value in the text, with the values that are, spelt as they are there:
        `{"type": label, "values": {field: value}}`."""
        finder = Ladder(text)
        return [found for one in self._written if (found := self._record(one, finder))]

    def _is_known(self, one: Written) -> bool:
        if one.name not in self._code.classes:
            self._leave_out("", Problem(NO_CLASS, one.name, ""))
            return False
        for name in one.values:
            if name and name not in self._code.fields[one.name]:
                self._leave_out(self._code.classes[one.name], Problem(NO_FIELD, name, ""))
        return True

    def _fields(self, one: Written) -> Iterator[tuple[FieldGuide, Given]]:
        """Of an instance of a known class; a value without a field is the first one's."""
        known = self._code.fields.get(one.name, {})
        for name, value in one.values.items():
            field = known.get(name) if name else next(iter(known.values()), None)
            if field is not None:
                yield field, value

    def _of_instance(self, one: Written) -> Iterator[Mention]:
        for field, value in self._fields(one):
            yield from self._of_value(field, value)

    def _of_value(self, field: FieldGuide, value: Given) -> Iterator[Mention]:
        if isinstance(value, Written):
            yield from self._of_instance(value)
        elif isinstance(value, tuple):
            for one in value:
                yield from self._of_value(field, one)
        elif value.strip():
            yield Mention(value.strip(), field.path)

    def _record(self, one: Written, finder: Ladder) -> dict[str, Any] | None:
        label = self._code.classes.get(one.name)
        pairs = [(field.name, self._said(value, finder)) for field, value in self._fields(one)]
        values = {name: value for name, value in pairs if value}
        return {"type": label, "values": values} if label and values else None

    def _said(self, value: Given, finder: Ladder) -> Any:
        """None, or an empty list, for what is not in the text."""
        if isinstance(value, Written):
            return self._record(value, finder)
        if isinstance(value, tuple):
            return [said for one in value if (said := self._said(one, finder))]
        places = finder.find(value.strip())
        return finder.text[places[0].start : places[0].end] if places else None
