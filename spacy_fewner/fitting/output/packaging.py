"""From a trained pipeline on disk to a wheel that pip installs."""

import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

import srsly

from ...errors import FewnerError

PACKAGE_PREFIX = "pkg:"


def check_package_name(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise FewnerError(
            "package",
            "a package name has lower-case letters, digits and underscores",
            name,
            "For instance 'organ_parts'.",
        )
    return name


def build_wheel(model: Path, out: Path, name: str, wheel_version: str = "0.1.0") -> Path:
    """Package the pipeline in folder `model`; returns the path of the wheel in `out`.

    The package is called LANG_NAME, as `spacy package` has it. Its requirements are this library
    and, for an adapter, the package of its base encoder, so that pip brings what loading needs.
    """
    from spacy.cli.package import package

    check_package_name(name)
    with tempfile.TemporaryDirectory() as scratch:
        staged = Path(scratch) / "model"
        shutil.copytree(model, staged)
        _require(staged / "meta.json", base_requirements(staged))
        package(
            staged,
            Path(scratch),
            name=name,
            version=wheel_version,
            create_sdist=False,
            force=True,
            silent=True,
        )
        meta = srsly.read_json(staged / "meta.json")
        source = Path(scratch) / f"{meta['lang']}_{name}-{wheel_version}"
        wheel = _run_build(source)
        _make_folder(out)
        return Path(shutil.copy2(wheel, out / wheel.name))


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise FewnerError(
            "out", "must be a folder that can be made", f"{out}: {err}", "Choose another place."
        ) from err


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
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise FewnerError(
            "package",
            "the wheel must build",
            (done.stderr or done.stdout).strip()[-150:],
            "Check that build, setuptools and wheel are installed: pip install build setuptools.",
        )
    return next((source / "dist").glob("*.whl"))
