"""The command line as a whole: its commands, and the one place where errors become messages."""

import logging
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Any

import typer
from typer.core import TyperGroup

from ..data.disk import full_disk, is_full, place_of
from ..data.installed import OF_TRAINING, is_installed, missing
from ..errors import FewnerError, FewnerWarning
from ..shown import shown_in_line
from .commands import (
    audit,
    evaluate,
    files,
    fit,
    package,
    pretrain,
    stage,
    synthesize,
    train,
    zero_shot,
)
from .commands import typed_text as typed
from .commands.cascade import group as cascade
from .commands.discovery import discover, review, rows
from .commands.distill.distill import distill
from .commands.distill.export import distill_export
from .commands.distill.open_llm import open_llm
from .commands.runtime.export import export
from .commands.scale.annotate import annotate
from .commands.scale.serve import serve
from .options.names import OptionNamingCommand
from .options.say import say

_UsageError: Any = typer.BadParameter.__base__  # click's, which newer typers bring along


class ErrorReportingGroup(TyperGroup):
    """Says what is wrong with the input on stderr and exits with 1, without a traceback.

    Here and not in `main`, so that it holds under `python -m spacy` as well. Any other exception
    is a fault of ours and keeps its traceback.
    """

    def invoke(self, ctx: Any) -> Any:
        _clean_up_when_terminated()
        _print_whatever_comes()
        _say_what_was_read(quiet=not {"-q", "--quiet"}.isdisjoint(ctx.args))
        try:
            with _warnings_on_stderr():
                return super().invoke(ctx)
        except FewnerError as error:
            say(f"Error: {error}", err=True)
        except _UsageError as error:
            error.message = shown_in_line(error.message)
            raise
        except ModuleNotFoundError as error:
            package = (error.name or "").split(".")[0]
            if package not in OF_TRAINING or is_installed(package):
                raise
            say(f"Error: {missing(ctx.invoked_subcommand or 'this', package)}", err=True)
        except Exception as error:
            if not is_full(error):
                raise
            place = place_of(error, "where this command writes (or prints)")
            say(f"Error: {full_disk('disk', place)}", err=True)
        raise typer.Exit(1)


app = typer.Typer(
    cls=ErrorReportingGroup,
    name="fewner",
    help="Few-shot named entity recognition: from ten examples a label to a pip wheel.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (
    fit.fit,
    synthesize.synthesize,
    stage.stage,
    audit.audit,
    train.train,
    evaluate.evaluate,
    package.package,
    files.convert,
    files.sample,
    files.split,
    discover.discover,
    review.review,
    rows.rows,
    distill,
    typed.typed_text,
    pretrain.pretrain,
    zero_shot.zero_shot,
    open_llm,
    distill_export,
    annotate,
    serve,
    export,
):
    app.command(cls=OptionNamingCommand)(command)
app.add_typer(cascade.app, short_help="Find spans, then place them in a tree of labels.")


def _clean_up_when_terminated() -> None:
    """Let SIGTERM unwind the stack like Ctrl-C, so that nothing half-written stays behind."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


@contextmanager
def _warnings_on_stderr() -> Iterator[None]:
    """Our own warnings as a line each; others as Python shows them."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", FewnerWarning)

        def show(message: Any, category: Any, *where: Any) -> None:
            if issubclass(category, FewnerWarning):
                say(f"Warning: {message}", err=True)
            else:
                say(warnings.formatwarning(message, category, *where[:2]).rstrip("\n"), err=True)

        warnings.showwarning = show  # type: ignore[assignment]
        yield


def _print_whatever_comes() -> None:
    """Escape what a stream's encoding lacks, as that of a Windows pipe does many letters."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class _OnStderr(logging.Handler):
    """Unlike StreamHandler on the stream that is stderr when it says something."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage(), err=True)


def _say_what_was_read(quiet: bool) -> None:
    """Which columns of a file were taken is logged where files are read; elsewhere, warnings.

    quiet: errors alone.
    """
    logger = logging.getLogger("spacy_fewner")
    if not any(isinstance(handler, _OnStderr) for handler in logger.handlers):
        logger.addHandler(_OnStderr())
    for handler in logger.handlers:
        if isinstance(handler, _OnStderr):
            handler.setLevel(logging.ERROR if quiet else logging.NOTSET)
    logging.getLogger("spacy_fewner.data").setLevel(logging.WARNING if quiet else logging.INFO)


def main() -> None:
    """Entry point of the script `spacy-fewner`."""
    app(prog_name="spacy-fewner")
