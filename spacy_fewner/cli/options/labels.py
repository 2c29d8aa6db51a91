"""Label schemes from the command line."""

from ...data.schema import parse_schema


def parse_labels(value: str | None) -> list[str] | None:
    """Label ids from "A,B,C" or from a JSONL file with an "id" a line; None for None."""
    return None if value is None else list(parse_schema(value).ids)
