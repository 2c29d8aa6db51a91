"""The chat template of a tokenizer, or one in its place."""

from pathlib import Path
from typing import TYPE_CHECKING

from ....data.files import read_text
from ....errors import FewnerError, path_given_as

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

CHATML = "chatml"
_START, _END = "<|im_start|>", "<|im_end|>"
# Turns end with a token that the tokenizer has, or generation would have to spell it.
_CHATML = (
    "{% for message in messages %}START{{ message['role'] }}\n"
    "{{ message['content'] }}END\n{% endfor %}"
    "{% if add_generation_prompt %}STARTassistant\n{% endif %}"
)


def set_template(tokenizer: "PreTrainedTokenizerBase", chosen: str) -> None:
    """chosen: "" for the tokenizer's own, "chatml", or a Jinja file. Raises FewnerError where there
    is none."""
    if chosen == CHATML:
        tokenizer.chat_template = _chatml(tokenizer)
    elif chosen:
        with path_given_as("chat_template"):
            tokenizer.chat_template = read_text(Path(chosen))
    elif not tokenizer.chat_template:
        remedy = "Give --chat-template chatml, or a Jinja file."
        raise FewnerError("base", "must have a chat template", "a tokenizer without one", remedy)


def _chatml(tokenizer: "PreTrainedTokenizerBase") -> str:
    end = _END if _END in tokenizer.get_vocab() else tokenizer.eos_token
    if not end:
        remedy = "Give a Jinja file that ends turns in some other way."
        raise FewnerError("chat_template", "needs a token that ends a text", "none", remedy)
    return _CHATML.replace("START", _START).replace("END", end)
