"""What a start says of itself, checked: it may come from anybody."""

from typing import Any

from ...encoders.stored import part_of
from ...errors import FewnerError, check_number
from ..grid.sizes import check_stored

ANEW = "Make it anew with `pretrain`, or copy it once more."
SIZES = {
    *("n_in", "hidden", "cell", "biaffine_heads", "attention_heads", "reach", "dropout"),
    *("size_dim", "label_vectors", "token_evidence", "writer"),
}
LATER = {"context"}  # sizes that starts of before do not name


def check_about(base: Any, lora: Any, sizes: Any, threshold: Any, about: Any) -> None:
    """The parts of a `Start`. Raises FewnerError for what no start can say."""
    for name, kind in (("base", base), ("lora", lora), ("sizes", sizes), ("about", about)):
        if not isinstance(kind, dict):
            raise FewnerError("start", f"its {name} must be settings by name", kind, ANEW)
    for name in ("name", "kind", "revision", "hash"):
        part_of(base, name, str, "start's base")
    for name in sorted(SIZES ^ (sizes.keys() - LATER)):
        raise FewnerError("start", "must have the sizes of a span grid", name, ANEW)
    check_stored("start", sizes)
    if not (sizes["writer"] and sizes["label_vectors"] and sizes["token_evidence"]):
        rule = "must have a writer, label vectors and token evidence"
        raise FewnerError("start", rule, "a span grid without", ANEW)
    # A rank above the width of what it adapts would bring nothing, but take memory.
    check_number(
        "start, rank", lora.get("rank"), least=1, most=sizes["n_in"], whole=True, remedy=ANEW
    )
    check_number("start, alpha", lora.get("alpha"), least=1e-6, remedy=ANEW)
    check_number("start, threshold", threshold, least=0, most=1, remedy=ANEW)
