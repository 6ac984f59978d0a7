"""How long `audit --help` takes, as a multiple of `python -c pass` in the same interpreter.

Both are started in turn, so that a busy machine slows both. Exit 1 above the goal.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

GOAL = 4.0
ROUNDS = 40
WARM_UP = 3


def seconds(command: list[str]) -> float:
    """Time one run of a program that must succeed."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> int:
    """Print the medians and their ratio."""
    python = [sys.executable, "-c", "pass"]
    audit = [str(Path(sys.executable).with_name("audit")), "--help"]
    pairs = [(seconds(python), seconds(audit)) for _ in range(ROUNDS + WARM_UP)][WARM_UP:]
    base, ours = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(ours / base for base, ours in pairs)
    sys.stdout.write(
        f"python -c pass  {base * 1000:6.1f} ms\n"
        f"audit --help    {ours * 1000:6.1f} ms\n"
        f"ratio           {ratio:6.2f}     (goal: at most {GOAL}; median of {ROUNDS} pairs)\n"
    )
    return ratio > GOAL


if __name__ == "__main__":
    sys.exit(main())
