"""CoNLL-U in: the tokens of the text, each a span labelled by its tag."""

import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ....errors import FewnerError
from ....shown import shown_in_line
from ....types import CharSpan, Sample
from ...files import lines_of, read_text
from ..columns import Wanted
from ..sources.conllu_lines import ConlluLines
from ..tags import OUTSIDE, is_tag
from .conllu_rows import EMPTY, FORM, UPOS, WIDTH, Block, Token, blocks_of
from .words import joined

_logger = logging.getLogger(__name__)

TIE = "+"  # between the tags of words that are written as one: "im" is ADP+DET


def read_conllu(
    path: str | Path,
    *,
    joiner: str | None = None,
    token_column: int | None = None,
    tag_column: Wanted = None,
) -> list[Sample]:
    """Read sentences; each token of the text is a token and a span labelled by its UPOS.

    Of words that are written as one (1-2), that one is the token; its label is what its row has in
    the column, else the tags of its words with "+" between. Where the column is "_", there is no
    span. Empty nodes (8.1) are no part of the text. The text is that of the comment `# text`, and
    without it the tokens with a space between, but for SpaceAfter=No. `sent_id` is kept in meta.

    joiner: in place of that space.
    tag_column: another column than 4, from 1 or from the end with -1; of several, each gives a
        span.
    token_column: must be 2, if given.
    Raises FewnerError naming file and line.
    """
    path = Path(path)
    columns = _tag_columns(tag_column)
    _check_token_column(token_column)
    blocks = list(blocks_of(lines_of(read_text(path)), path))
    if not blocks:
        raise FewnerError(str(path), "must hold examples", "no token", "Add some sentences.")
    _check_forms(blocks, path)
    _check_labels(blocks, columns, path)
    _logger.info("%s", _taken(blocks, columns, path))
    return [_sample(block, columns, " " if joiner is None else joiner, path) for block in blocks]


def _tag_columns(wanted: Wanted) -> tuple[int, ...]:
    """Columns counted from 0."""
    if wanted is None:
        return (UPOS,)
    numbers = (wanted,) if isinstance(wanted, int) else tuple(wanted)
    for number in numbers:
        if not (3 <= number <= WIDTH or -WIDTH + 2 <= number <= -1):
            rule = f"must be one of columns 3 to {WIDTH} of CoNLL-U"
            remedy = "4 is UPOS, 5 is XPOS; -1 is the last."
            raise FewnerError("tag_column (--tag-column)", rule, number, remedy)
    return tuple(dict.fromkeys(n - 1 if n > 0 else n + WIDTH for n in numbers))


def _check_token_column(wanted: int | None) -> None:
    if wanted not in (None, FORM + 1, FORM - WIDTH):
        remedy = "Leave it out, or read the file as plain columns: --format conll."
        raise FewnerError("token_column (--token-column)", "of CoNLL-U is 2", wanted, remedy)


def _check_forms(blocks: Sequence[Block], path: Path) -> None:
    """Treebanks whose texts are not free come with _ in place of all words."""
    if all(token.form == EMPTY for block in blocks for token in block.tokens):
        remedy = "Put the words in, with the tool that comes with the treebank."
        raise FewnerError(str(path), "must have words in column 2", "_ in all rows", remedy)


def _check_labels(blocks: Sequence[Block], columns: Sequence[int], path: Path) -> None:
    """FewnerError for a column of BIO tags, which would make spans called B-PER and O."""
    for column in columns:
        cells = {token.cells[column] for block in blocks for token in block.tokens} - {EMPTY}
        if OUTSIDE in cells and all(map(is_tag, cells)):
            shown = f"{', '.join(sorted(cells)[:5])} in column {column + 1}"
            remedy = (
                f"Read it as columns: --format conll --token-column 2 --tag-column {column + 1}."
            )
            rule = "the tags of CoNLL-U must be those of words, not B-, I- and O"
            raise FewnerError(str(path), rule, shown, remedy)


def _taken(blocks: Sequence[Block], columns: Sequence[int], path: Path) -> str:
    """What was read, and what is not one word, one token."""
    tags = " and ".join(str(column + 1) for column in columns)
    said = [f"CoNLL-U of {shown_in_line(path.name)}: text 2, tags {tags}"]
    several = [token for block in blocks for token in block.tokens if len(token.words) > 1]
    if several:
        first = f"{several[0].form} {' '.join(_labels(several[0], columns)) or EMPTY}"
        said.append(shown_in_line(f"{len(several)} tokens of several words, such as {first}"))
    if empty := sum(block.empty for block in blocks):
        said.append(f"{empty} empty nodes left out")
    return "; ".join(said)


def _sample(block: Block, columns: Sequence[int], joiner: str, path: Path) -> Sample:
    text, tokens = _placed(block, joiner, path)
    pairs = zip(block.tokens, tokens, strict=True)
    spans = tuple(
        CharSpan(*place, label) for one, place in pairs for label in _labels(one, columns)
    )
    meta = {"sent_id": block.told["sent_id"]} if block.told.get("sent_id") else {}
    source = ConlluLines(block.lines, block.empty, text, spans)
    return Sample(text, spans, tokens, meta=meta, place=f"{path}:{block.first}", source=source)


def _labels(token: Token, columns: Sequence[int]) -> list[str]:
    """Of each column that says something of the token."""
    found = (_label(token, column) for column in columns)
    return list(dict.fromkeys(label for label in found if label))


def _label(token: Token, column: int) -> str:
    own = token.cells[column]
    if own != EMPTY:
        return own
    return TIE.join(cells[column] for cells in token.words if cells[column] != EMPTY)


def _placed(block: Block, joiner: str, path: Path) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text of a sentence, and where it has each token."""
    text = block.told.get("text")
    if text is None:
        return _rebuilt(block.tokens, joiner)
    return text, tuple(_found(block.tokens, text, path))


def _rebuilt(tokens: Sequence[Token], joiner: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    pieces: list[str] = []
    for token in tokens:
        pieces += [token.form, joiner if token.space_after else ""]
    text, places = joined(pieces[:-1], "")
    return text, places[::2]


def _found(tokens: Sequence[Token], text: str, path: Path) -> Iterator[tuple[int, int]]:
    position = 0
    for token in tokens:
        # A space within a word may be several, or a no-break space, in the text.
        form = re.compile(r"\s*(" + r"\s+".join(map(re.escape, token.form.split())) + ")")
        found = form.match(text, position)
        if not found or not found[1]:
            raise _apart(
                f"{token.form!r}, where the text has {text[position:][:40]!r}", token, path
            )
        yield found.span(1)
        position = found.end()
    if text[position:].strip():
        raise _apart(f"no word for {text[position:].strip()[:40]!r}", tokens[-1], path)


def _apart(shown: str, token: Token, path: Path) -> FewnerError:
    rule, remedy = "words must make up the # text before them", "Correct the one or the other."
    return FewnerError(f"{path}:{token.line}", rule, shown, remedy)
