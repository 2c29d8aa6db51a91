"""Reads hostile replies in Python for some minutes: none may be run, crash the reader or hang it.

python scripts/fuzz_replies.py --minutes 10 [--seed 0]

The worker process ends itself at any attempt to open a file, to import, to run code, or to reach
for the network or another process (`llm/replies/python/limits.py`), and its replies then fail.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from hostile_python import HostilePython, check


def fuzz(minutes: float, seed: int) -> tuple[int, float, Counter[str]]:
    """How many replies were read, how long the slowest took, and reasons by count."""
    reasons: Counter[str] = Counter()
    count, slowest = 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "touched")
        hostile = HostilePython(seed, str(path))
        long = HostilePython(seed + 1, str(path), longest=60_000)
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end:
            reply = (long if count % 50 == 0 else hostile).reply()
            start = time.monotonic()
            try:
                reasons.update(check(reply))
            except AssertionError:
                print(f"reply {count} of seed {seed}: {reply[:2000]!r}", file=sys.stderr)
                raise
            taken = time.monotonic() - start
            if taken > slowest:
                slowest = taken
                print(f"slowest so far: {taken:.2f} s, {reply[:60]!r} ({len(reply)} characters)")
            count += 1
        assert not path.exists(), "a reply was run"
    return count, slowest, reasons


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    count, slowest, reasons = fuzz(args.minutes, args.seed)
    print(f"{count:,} replies read as classes and as instances, the slowest in {slowest:.2f} s")
    for reason, times in reasons.most_common():
        print(f"{times:>9,}  {reason}")


if __name__ == "__main__":
    main()
