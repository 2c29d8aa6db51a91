"""What errors call an argument: the name of its option, on the command line."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from typer.core import TyperCommand

from ...errors import FewnerError
from ...errors import called as called

# Arguments in Python whose options have another name; where a command has no such option, or has
# one with the argument's own name, they stay as they are.
OPTION_OF = {
    "base_url": "llm_url",
    "budget.completion_price": "completion_price",
    "budget.max_cost": "max_cost",
    "budget.max_tokens": "budget",
    "budget.prompt_price": "prompt_price",
    "input_format": "from_",
    "k": "shots",
    "key_env": "llm_key_env",
    "mode": "llm_mode",
    "name": "encoder",
    "output_format": "to",
    "package": "name",
    "sizes": "size",
}


class OptionNamingCommand(TyperCommand):
    """A command whose FewnerErrors name options in place of the arguments in Python."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except FewnerError as error:
            raise as_on_command_line(error, self.params) from error


def as_on_command_line(error: FewnerError, parameters: Iterable[Any]) -> FewnerError:
    """The error with options in place of arguments.

    parameters: typer's, of the command that was run.
    """
    options = _options(list(parameters))
    called = ", ".join(options.get(name, name) for name in error.argument.split(", "))
    rule, remedy = (_in_text(text, options) for text in (error.rule, error.remedy))
    return FewnerError(called, rule, error.value, remedy)


def _options(parameters: Sequence[Any]) -> dict[str, str]:
    """Argument -> option."""
    own = {one.name for one in parameters}
    found = {p.name: p.opts[0] for p in parameters if p.param_type_name == "option"}
    others = {
        argument: found[name]
        for argument, name in OPTION_OF.items()
        if name in found and argument not in own
    }
    return {**found, **others}


def _in_text(text: str, options: dict[str, str]) -> str:
    """With options for arguments of several words: no other word is written with a low line."""
    return re.sub(
        r"(?<![\w/.`=-])[a-z]+(?:_[a-z]+)+(?![\w/.(=])",
        lambda found: options.get(found[0], found[0]),
        text,
    )
