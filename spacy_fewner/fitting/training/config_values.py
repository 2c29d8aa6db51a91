"""What a training config cannot hold."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ...errors import FewnerError


def check_no_variables(argument: str, records: Iterable[Mapping[str, Any]]) -> None:
    """Raise FewnerError for a record with what a config would read as a variable."""
    for record in records:
        if "${" in json.dumps(record, ensure_ascii=False):
            remedy = "Write it otherwise, for instance with a space after the dollar sign."
            raise FewnerError(
                argument, 'must not hold "${", a variable in a config', record, remedy
            )
