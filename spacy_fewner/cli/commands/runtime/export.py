"""`export`: a trained pipeline as one that needs no torch."""

from ...options import shared as options
from ...options.option_groups import unbundled
from ...options.pipelines import trained_folder
from ...options.say import say
from .export_options import ExportOptions, told


@unbundled
def export(
    model: options.PipelineFolder,
    out: options.OutPipeline,
    overwrite: options.Overwrite = False,
    quiet: options.Quiet = False,
    *,
    how: ExportOptions,
) -> None:
    """Write MODEL as a pipeline that needs no torch.

    It runs on onnxruntime; spacy.load opens it as any other, `package` makes a wheel of it. It
    finds what MODEL finds and takes labels as MODEL does, but cannot be trained. With --text it is
    tried on them beside MODEL, and the smallest form is taken that finds as much.
    """
    folder = trained_folder(str(model))
    export = how.export(folder, out, overwrite=overwrite, quiet=quiet)
    if not quiet:
        say("\n".join(filter(None, [told(export), f"pipeline  {out}"])))
