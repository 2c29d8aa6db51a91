"""Chats where only strings pass, as in spacy-llm: the string shows the chat and carries it."""

from ..types import Message, Prompt, Reply

_NAMES = {"user": "User", "assistant": "Assistant"}


class ChatText(str):
    """A chat as one string, for models that take no other; ours take the chat from it."""

    prompt: Prompt

    def __new__(cls, prompt: Prompt) -> "ChatText":
        made = super().__new__(cls, flat(prompt))
        made.prompt = prompt
        return made


class ReplyText(str):
    """The text of a reply, with the rest of it for those who look."""

    reply: Reply

    def __new__(cls, reply: Reply) -> "ReplyText":
        made = super().__new__(cls, reply.text)
        made.reply = reply
        return made


def flat(prompt: Prompt) -> str:
    """Instructions first; several turns get names, a single one stands as it is."""
    turns = [message for message in prompt.messages if message.role != "system"]
    system = [message.content for message in prompt.messages if message.role == "system"]
    if len(turns) == 1:
        return "\n\n".join([*system, turns[0].content])
    named = [f"{_NAMES[turn.role]}: {turn.content}" for turn in turns]
    return "\n\n".join([*system, *named, f"{_NAMES['assistant']}:"])


def prompt_of(text: str) -> Prompt:
    """The chat that the string carries, else a chat of just this string."""
    return text.prompt if isinstance(text, ChatText) else Prompt((Message("user", str(text)),))


def reply_of(text: str) -> Reply:
    """The reply that the string carries, else one of just this string."""
    return text.reply if isinstance(text, ReplyText) else Reply(str(text))
