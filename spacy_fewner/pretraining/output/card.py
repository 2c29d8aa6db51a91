"""The model card of a start: a page of Markdown made from what its `start.json` says."""

from typing import TYPE_CHECKING, Any

from ...shown import shown

if TYPE_CHECKING:
    from ...spans.open.start import Start

CARD = "README.md"  # beside start.json


def card_of(start: "Start", name: str) -> str:
    """name: what the start is called, for the title."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("spacy_fewner.pretraining.output"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(percent=_percent, cell=_cell)
    weights = sum(tensor.numel() for tensor in start.tensors.values())
    values = {"name": name, "start": start, "about": _about(start), "weights": weights}
    return shown(environment.get_template("card.md.jinja").render(values))


def _about(start: "Start") -> dict[str, Any]:
    """With all that the template asks for."""
    none: dict[str, Any] = {"data": [], "counts": {}, "settings": {}, "zero_shot": None}
    return {**none, **start.about}


def _percent(value: float) -> str:
    return f"{100 * value:.1f}"


def _cell(value: Any) -> str:
    """In a table: on one line, and no other cell begins in it."""
    return " ".join(str(value).split()).replace("|", "\\|")
