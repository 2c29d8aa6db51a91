"""`distill-export`: a tuned model as files that other programs serve."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ...options import shared as options
from ...options.names import called
from ...options.say import say

if TYPE_CHECKING:
    from ....distill.merged.export import Exported


def distill_export(
    model: Annotated[
        Path,
        typer.Argument(metavar="MODEL", help="Folder that `distill` wrote.", show_default=False),
    ],
    out: Annotated[
        Path,
        typer.Argument(metavar="OUT", help="Folder for the merged model.", show_default=False),
    ],
    base: Annotated[
        str,
        typer.Option(
            help="Where the base is now, a hub name, folder or .gguf file.",
            show_default="what it was tuned on",
        ),
    ] = "",
    gguf: Annotated[
        bool,
        typer.Option(
            "--gguf",
            help="Also write model.gguf, for llama.cpp and `--llm FILE`; the base must be a .gguf "
            "file.",
        ),
    ] = False,
    stored: Annotated[
        Literal["auto", "float32", "bfloat16", "float16"],
        typer.Option(help="Type of the weights; auto: as the base's files have them."),
    ] = "auto",
    overwrite: options.Overwrite = False,
    quiet: options.Quiet = False,
) -> None:
    """Merge a tuned model with its base, for any server.

    OUT holds a model as transformers writes it, with its tokenizer and form of chats. The commands
    to serve it and to ask the server are printed.
    """
    from ....distill.merged.export import export_merged

    with called(path="MODEL", model="MODEL", out="OUT"):
        made = export_merged(model, out, base=base, stored=stored, gguf=gguf, overwrite=overwrite)
    if not quiet:
        say(_serving(made))


def _serving(made: "Exported") -> str:
    name = made.folder.resolve().name
    lines = [
        f"model   {made.folder}",
        f"serve   vllm serve {made.folder} --served-model-name {name} --port 8000",
        f"ask     --llm {name} --llm-url http://127.0.0.1:8000/v1 --llm-key-env ''",
    ]
    if made.gguf:
        lines += [
            f"gguf    {made.gguf}",
            f"serve   llama-server -m {made.gguf} --port 8080",
            f"ask     --llm {name} --llm-url http://127.0.0.1:8080/v1 --llm-key-env ''",
            f"here    --llm {made.gguf}",
        ]
    return "\n".join(lines)
