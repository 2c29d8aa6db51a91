"""The sizes of a span grid, and which it may have: by a config, and by a stored file."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias, get_args

from ...encoders.stored import REMEDY
from ...errors import FewnerError, check_number

Context: TypeAlias = Literal["attention", "convolution", "none"]

MAX_WIDTH = 1024  # tokens; at this width one row of cells of the default size is 0.6 MB
MOST = 2**20  # of labels, and of each other size: far more than any model has
_LEAST = {"attention_heads": 0, "reach": 0, "writer": 0}
# Of the parameters of a grid, those that belong to labels.
OF_LABELS = ("out.weight", "out.bias", "evidence.weight", "evidence.bias", "likeness.labels")
_SWITCHES = ("label_vectors", "token_evidence")


@dataclass(frozen=True)
class GridSizes:
    """Shapes and rates of a `SpanGrid`; saved with its weights.

    n_in: width of the token vectors.
    n_labels: labels scored, extension labels included.
    max_width: widest span in tokens (W).
    hidden: D', of the start and end vectors (200 in KnowFREE).
    cell: D~, of a span's vector (200 in KnowFREE).
    biaffine_heads: blocks of the bilinear form (4 in KnowFREE's code).
    attention_heads: of the local attention (10 in KnowFREE); 0 leaves the attention out.
    reach: how many ends away attention, or the convolution in its place, sees (3 in KnowFREE).
    dropout: of start and end vectors and of cells.
    label_vectors: whether a span's likeness to each label's name adds to its logit.
    token_evidence: whether what its tokens, one by one, say of a label adds to a span's logit.
    writer: width of the bottleneck of the module that writes the weights of labels from what they
        mean (`LabelWriter`); 0 for none. With one, label_vectors and token_evidence are on.
    context: what a cell learns of the cells within reach by; KnowFREE's ablations take a
        convolution in place of attention, or nothing.
    """

    n_in: int
    n_labels: int
    max_width: int
    hidden: int = 200
    cell: int = 200
    biaffine_heads: int = 4
    attention_heads: int = 10
    reach: int = 3
    dropout: float = 0.2
    size_dim: int = 25
    label_vectors: bool = False
    token_evidence: bool = False
    writer: int = 0
    context: Context = "attention"

    def to_dict(self) -> dict[str, int | float | bool | str]:
        return asdict(self)

    @property
    def looks_by(self) -> Context:
        """The context that it has: attention without heads is none."""
        return looks_by(self.context, self.attention_heads)

    @property
    def halo(self) -> int:
        """Cells on either side of the band that its own cells are computed from."""
        return 0 if self.looks_by == "none" else self.reach


def looks_by(context: Context, attention_heads: int) -> Context:
    """What a head of this context and with so many heads has of it."""
    return "none" if context == "attention" and not attention_heads else context


def check_width(max_width: int) -> None:
    if not 1 <= max_width <= MAX_WIDTH:
        raise FewnerError(
            "max_width",
            f"the widest span must have 1 to {MAX_WIDTH} tokens, since memory grows with it",
            max_width,
            "Give a smaller width, or leave it out to take it from the data.",
        )


def check_context(argument: str, context: Any, remedy: str = "attention is the default.") -> None:
    known = get_args(Context)
    if context not in known:
        raise FewnerError(argument, f"must be one of {', '.join(known)}", context, remedy)


def check_shapes(
    hidden: int, cell: int, biaffine_heads: int, attention_heads: int, reach: int, dropout: float
) -> None:
    """Raises FewnerError for sizes of a `SpanGrid` that do not go together."""
    for name, heads in (("biaffine_heads", biaffine_heads), ("attention_heads", attention_heads)):
        width = f"hidden={hidden} and cell={cell}" if name == "biaffine_heads" else f"cell={cell}"
        divides = heads and cell % heads == 0 and (name != "biaffine_heads" or hidden % heads == 0)
        if not divides and not (name == "attention_heads" and heads == 0):
            raise FewnerError(name, f"must divide {width}", heads, "Choose a divisor.")
    if reach < 0:
        raise FewnerError("reach", "must be 0 or more", reach, "KnowFREE uses 3.")
    if not 0 <= dropout < 1:
        raise FewnerError("dropout", "must lie in [0, 1)", dropout, "0.2 is a good start.")


def check_stored(what: str, sizes: dict[str, Any]) -> None:
    """Raises FewnerError for sizes in a stored file that no grid can have. what: the file is of."""
    for name, value in sizes.items():
        if name in _SWITCHES:
            if type(value) is not bool:
                raise FewnerError(f"{what}, {name}", "must be true or false", value, REMEDY)
        elif name == "context":
            check_context(f"{what}, {name}", value, REMEDY)
        elif name == "dropout":
            check_number(f"{what}, {name}", value, least=0, most=1, remedy=REMEDY)
        else:
            most = MAX_WIDTH if name in ("max_width", "reach") else MOST
            least = _LEAST.get(name, 1)
            check_number(
                f"{what}, {name}", value, least=least, most=most, whole=True, remedy=REMEDY
            )
    named = ("hidden", "cell", "biaffine_heads", "attention_heads", "reach", "dropout")
    check_shapes(*(sizes[name] for name in named))


def read_sizes(what: str, stored: dict[str, Any]) -> GridSizes:
    """The sizes that a stored file names. Raises FewnerError for those of no grid."""
    known = GridSizes(1, 1, 1).to_dict()
    for name in stored:
        if name not in known:
            raise FewnerError(what, "must have the sizes of a span grid", name, REMEDY)
    sizes = {**known, **stored}
    check_stored(what, sizes)
    return GridSizes(**sizes)
