"""From a trained pipeline on disk to a wheel that pip installs."""

import subprocess
import sys
from errno import ENOSPC
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from os import strerror
from os.path import exists
from pathlib import Path
from shutil import copytree
from typing import Any

import srsly

from ...data.disk import is_full, says_full, scratch_folder
from ...data.files import atomic_copy
from ...errors import FewnerError
from .meta import checked_meta
from .names import check_package_name, check_version

PACKAGE_PREFIX = "pkg:"
# Which architectures need what is not in the core.
NEED = {
    "train": (
        "spacy-fewner.LoraTok2Vec.v1",
        "spacy-fewner.LoraTransformer.v1",
        "spacy-fewner.SpanGrid.v1",
        "spacy-fewner.PathClassifier.v1",
        "spacy-fewner.LabelTextCat.v1",
    ),
    "transformer": ("spacy-fewner.LoraTransformer.v1",),
}


def build_wheel(model: Path, out: Path, name: str, wheel_version: str = "0.1.0") -> Path:
    """Package the pipeline in folder `model`; returns the path of the wheel in `out`.

    The package is called LANG_NAME, as `spacy package` has it. Its requirements are this library
    with the extras that it needs and, for an adapter, the package of its base encoder, so that pip
    brings what loading needs.
    Raises FewnerError for a name, a version or a field of meta.json that may not go into a package,
    and for a pipeline that does not load. The wheel is there whole, or what was there before is.
    """
    lang = check_package(model, out, name, wheel_version)
    with scratch_folder() as scratch:
        staged = Path(copytree(model, scratch / "model"))
        _require(staged / "meta.json", [*base_requirements(staged), *extras(staged)])
        _lay_out(staged, scratch, name, wheel_version)
        wheel = _run_build(scratch / f"{lang}_{name}-{wheel_version}")
        atomic_copy(wheel, out / wheel.name)
    return out / wheel.name


def check_package(model: Path, out: Path, name: str, wheel_version: str) -> str:
    """What `build_wheel` raises before it builds; the pipeline's language."""
    check_version(wheel_version)
    lang = checked_meta(model)["lang"]
    check_package_name(name, lang)
    check_inside(model)
    _check_folder(out)
    return lang


def _check_folder(out: Path) -> None:
    """Before minutes of building. It is made with the wheel."""
    there = next(one for one in (out, *out.absolute().parents) if exists(one))
    if not there.is_dir():
        raise FewnerError(
            "out", "must be a folder that can be made", f"{out}: {there} is a file",
            "Choose another place.",
        )  # fmt: skip


def check_inside(model: Path) -> None:
    """Raise FewnerError where a link leads out of the folder: the wheel would hold a copy of what
    is there."""
    for path in model.rglob("*"):
        if path.is_symlink() and not path.resolve().is_relative_to(model.resolve()):
            rule, remedy = "must hold no link to another place", "Remove it, or put the file there."
            raise FewnerError("model", rule, f"{path} -> {path.readlink()}", remedy)


def _lay_out(staged: Path, scratch: Path, name: str, wheel_version: str) -> None:
    """spaCy's part: the folder of a package, with its setup.py."""
    from spacy.cli.package import package

    how: Any = {"create_sdist": False, "force": True, "silent": True}
    try:
        package(staged, scratch, name=name, version=wheel_version, **how)
    except FewnerError:
        raise
    except (Exception, SystemExit) as err:  # it loads the pipeline; spaCy says some and exits
        if isinstance(err, Exception) and is_full(err):
            raise
        said = f"{type(err).__name__}: {err}"
        remedy = "Load it with spacy.load and save it anew, or train it anew."
        raise FewnerError("model", "must be a whole pipeline", said, remedy) from err


def base_requirements(model: Path) -> list[str]:
    """Pip requirements of the encoders that a pipeline refers to as pkg:…, pinned."""
    from thinc.api import Config

    config = Config().from_disk(model / "config.cfg")
    modules = {
        name[len(PACKAGE_PREFIX) :].split("/")[0]
        for name in _values_of(config, "name")
        if name.startswith(PACKAGE_PREFIX)
    }
    return sorted(_pinned(module) for module in modules)


def extras(model: Path) -> list[str]:
    """This library with what a pipeline needs beside its core; nothing for an exported one."""
    from thinc.api import Config

    config = Config().from_disk(model / "config.cfg")
    named = set(_values_of(config, "@architectures"))
    return [
        f"spacy-fewner[{extra}]" for extra, those in NEED.items() if not named.isdisjoint(those)
    ]


def _values_of(config: dict, key: str) -> list[str]:
    found = []
    for name, value in config.items():
        if isinstance(value, dict):
            found += _values_of(value, key)
        elif name == key and isinstance(value, str):
            found.append(value)
    return found


def _pinned(module: str) -> str:
    distribution = packages_distributions().get(module, [module])[0]
    try:
        return f"{distribution}=={version(distribution)}"
    except PackageNotFoundError as err:
        raise FewnerError(
            "encoder",
            "the package of the base encoder must be installed to be required",
            module,
            f"pip install {module.replace('_', '-')}",
        ) from err


def _require(meta_path: Path, requirements: list[str]) -> None:
    meta = srsly.read_json(meta_path)
    meta["requirements"] = sorted({*meta.get("requirements", []), *requirements})
    srsly.write_json(meta_path, meta)


def _run_build(source: Path) -> Path:
    # Without isolation, since building must also work offline; this library requires setuptools.
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", str(source)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", cwd=source)
    if done.returncode and says_full(done.stdout + done.stderr):
        raise OSError(ENOSPC, strerror(ENOSPC), str(source))
    if done.returncode:
        raise FewnerError(
            "package",
            "the wheel must build",
            (done.stderr or done.stdout).strip()[-150:],
            "Check that build, setuptools and wheel are installed: pip install build setuptools.",
        )
    return next((source / "dist").glob("*.whl"))
