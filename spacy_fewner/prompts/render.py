"""From a prompt file and values to the turns of a chat.

A file `name.v1.jinja` is nothing but blocks, one a turn: `system`, `user`, `assistant`, with `_2`,
`_3`, … behind a role that comes again; a block that renders to nothing is no turn. Text from
outside is only ever a value, so neither template syntax in it nor a role's name makes a new turn or
runs anything; templates show it through:

- `tag("text", value)`: a name for `<…>` and `</…>` that does not occur in the value, so that the
  value cannot close what encloses it;
- `value | data`: the value without marks that chat formats take for the end of a turn;
- `value | json`: the same as JSON on one line;
- `value | line`: the same on one line, for names and descriptions.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from ..errors import FewnerError

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

Role = Literal["system", "user", "assistant"]

FOLDER = Path(__file__).parent
_SUFFIX = ".jinja"
_FOLDERS = ("cascade", "classes", "discovery", "distill", "synthesis", "synthesis_zh")
# What chat templates put between turns; servers read it as control tokens wherever it stands.
TURN_MARKS = re.compile(r"<(?=\||/?s>|(?:start|end)_of_turn>|/?think>)|\[(?=/?INST\])", re.I)


class Turn(NamedTuple):
    """One turn of a chat."""

    role: Role
    content: str


def prompt_names() -> tuple[str, ...]:
    """All prompts there are, with their version: "generate.v2", "extend_entities.en.v1"."""
    return tuple(sorted(path.name.removesuffix(_SUFFIX) for path in FOLDER.rglob("*" + _SUFFIX)))


def render(name: str, /, **values: Any) -> tuple[Turn, ...]:
    """The turns of a prompt, in the order of its file.

    name: with its version, as `prompt_names` gives it.
    values: everything that the template names; text in them is data, never a template.
    Raises FewnerError for an unknown name or a missing value.
    """
    from jinja2 import TemplateNotFound, UndefinedError

    try:
        template = _environment().get_template(name + _SUFFIX)
        context = template.new_context(values)
        blocks = template.blocks.items()
        turns = [Turn(_role(key), "".join(block(context)).strip()) for key, block in blocks]
        return tuple(turn for turn in turns if turn.content)
    except TemplateNotFound as error:
        known = ", ".join(prompt_names())
        raise FewnerError("prompt", "must be one there is", name, f"Use one of {known}.") from error
    except UndefinedError as error:
        remedy = "Give every value that the prompt names."
        raise FewnerError(f"prompt {name}", "must have its values", str(error), remedy) from error


@lru_cache(maxsize=1)
def _environment() -> "SandboxedEnvironment":
    from jinja2 import ChoiceLoader, PackageLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([PackageLoader("spacy_fewner.prompts", name) for name in _FOLDERS]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(data=as_data, json=_json, line=_line)
    environment.globals["tag"] = _tag
    return environment


def _role(block: str) -> Role:
    role = block.split("_")[0]
    assert role in ("system", "user", "assistant"), f"block {block} is no turn"
    return cast(Role, role)


def as_data(text: str) -> str:
    """The text without marks that chat formats take for the end of a turn: a space parts them."""
    return TURN_MARKS.sub(lambda mark: mark.group() + " ", text)


def _json(value: Any) -> str:
    return as_data(json.dumps(_plain(value), ensure_ascii=False))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return value if isinstance(value, (str, int, float, list, type(None))) else list(value)


def _line(text: str) -> str:
    return as_data(" ".join(text.split()))


def _tag(name: str, *texts: str) -> str:
    """name, or name-2, name-3, …: the first that closes nothing in the texts."""
    inside = "".join("".join(texts).casefold().split())
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(tag for tag in names if f"{tag}>" not in inside)
