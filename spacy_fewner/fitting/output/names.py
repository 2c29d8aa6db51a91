"""Names and versions of packages: what pip, Python and every file system take."""

import re
import sys
from keyword import kwlist, softkwlist

from ...errors import FewnerError

MOST = 64  # characters: the file of a wheel, whose name holds both, may have 255
# Windows opens a device under these names, in any folder and with any suffix.
_PORTS = {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
_TAKEN = {"con", "prn", "aux", "nul", *_PORTS, *sys.stdlib_module_names, *kwlist, *softkwlist}


def check_package_name(name: object, lang: str = "", argument: str = "package") -> str:
    """Raise FewnerError unless it is a name for a package.

    lang: the code that the package's full name begins with.
    """
    remedy = "For instance 'organ_parts'."
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]*", name, re.ASCII):
        rule = "a package name has lower-case letters, digits and underscores"
        raise FewnerError(argument, rule, name, remedy)
    if len(name) > MOST:
        raise FewnerError(argument, f"must have at most {MOST} letters", name, remedy)
    if name in _TAKEN:
        rule = "must not be a word or a module of Python, or a device of Windows"
        raise FewnerError(argument, rule, name, f"For instance '{name}_parts'.")
    if lang and name.startswith(f"{lang}_"):
        rule = "must not begin with the language, which is put before it"
        raise FewnerError(argument, rule, name, f"Leave '{lang}_' out.")
    return name


def check_version(version: object, argument: str = "version") -> str:
    """Raise FewnerError unless pip knows it as a version (PEP 440)."""
    from packaging.version import InvalidVersion, Version

    try:
        # Version() takes white space around it, which here would begin a line.
        if isinstance(version, str) and len(version) <= MOST and version == version.strip():
            Version(version)
            return version
    except InvalidVersion:
        pass
    raise FewnerError(argument, "must be a version that pip knows", version, "For instance 1.0.0.")
