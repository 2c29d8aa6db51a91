"""The classes of a question in Python, made of a schema alone."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...types import PATH_SEPARATOR, Sample, Schema
from ..rows.code_source import Code, Source
from ..rows.instances import INSTANCES
from ..rows.regularisers import NONE
from ..rows.row_sets import RowSet
from ..rows.type_guides import GUIDELINES, Guides


class Classes:
    """fields: a label below another is a field of it. most: classes in one question."""

    def __init__(self, schema: Schema, fields: bool, most: int):
        self._meta: dict[str, Any] = {}
        if fields:
            # As documents have it whose types have fields of their own.
            self._meta = {INSTANCES: [], GUIDELINES: _guidelines(schema)}
        guides = Guides(RowSet("", [Sample("", meta=self._meta)], schema))
        self._source, self._types, self._most = Source(guides, NONE), guides.types, most

    def about(self, text: str) -> Iterator[Code]:
        """What is asked about a passage: of many types several questions."""
        passage, rng = Sample(text, meta=self._meta), np.random.default_rng(0)  # NONE draws nothing
        for at in range(0, len(self._types), self._most):
            yield self._source.write(passage, self._types[at : at + self._most], (), 0.0, rng)


def _guidelines(schema: Schema) -> list[dict[str, Any]]:
    """A record for each label that is below none, with those below it as its fields."""
    found: dict[str, dict[str, Any]] = {}
    for label in schema:
        name, _, field = label.id.partition(PATH_SEPARATOR)
        own = found.setdefault(name, {"name": name, "definition": "", "fields": []})
        if field:
            own["fields"].append({"name": field, "definition": label.description})
        else:
            own["definition"] = label.description
    return list(found.values())
