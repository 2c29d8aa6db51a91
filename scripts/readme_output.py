"""Write what the README's commands print into the README: python scripts/readme_output.py.

Each ```console block holds commands after "$ " and, below each, its output.
"""

import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```)", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^\$ (?:.*\\\n)*.*\n", re.MULTILINE)


def commands(block: str) -> list[str]:
    """The commands of a block as they stand, with "$ " and line breaks."""
    return COMMAND.findall(block)


def words(command: str) -> list[str]:
    """What to execute; python is the one that runs this."""
    first, *rest = shlex.split(command.removeprefix("$ ").replace("\\\n", " "))
    return [sys.executable if first == "python" else first, *rest]


def refresh(readme: str, folder: Path) -> str:
    """The README with every output as the commands print it now, in the given folder."""
    (folder / "assets").symlink_to(ROOT / "assets")

    def shown(command: str) -> str:
        done = subprocess.run(words(command), cwd=folder, capture_output=True, text=True)
        if done.stderr and not done.stdout:
            sys.exit(done.stderr)
        return command + done.stdout

    return BLOCK.sub(lambda match: "".join(map(shown, commands(match[0]))), readme)


if __name__ == "__main__":
    path = ROOT / "README.md"
    with tempfile.TemporaryDirectory() as scratch:
        path.write_text(refresh(path.read_text("utf8"), Path(scratch)), encoding="utf8")
