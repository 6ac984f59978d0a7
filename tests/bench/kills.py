"""SIGKILL at 200 random moments over run, job, sample, pack, purge and migration of the store.

`python tests/bench/kills.py [COUNT] [SEED]`: half of the moments lie anywhere in the command, half
in what is left of it once it writes; of jobs half are killed with their child, half without. After
each kill the real next command is typed. Exit 1 where anything was half, lost, left or locked.
"""

import random
import secrets
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
sys.path.insert(0, str(Path(__file__).parent.parent / "integration"))

from forking import forked
from killing import KINDS, kills
from killing_house import House
from sampling_site import platform

if TYPE_CHECKING:
    from tests.integration import conftest
else:
    import conftest  # another package that is installed may be called tests

COUNT, HOMES = 200, 4


def house_of(home: Path, seed: str, url: str, count: int) -> tuple[House, int]:
    """Kill so often in one home; return it, and how often the program had ended before."""
    with forked(home, home.with_suffix(".said")) as program:
        house = House(program, random.Random(seed), KINDS)  # noqa: S311 - moments, no secrets
        house.prepare(conftest.SMALL, url)
        return house, kills(house, count, say)


def say(line: str) -> None:
    """Print at once: this takes long."""
    sys.stdout.write(line)
    sys.stdout.flush()


def main() -> int:
    """Print each kill, each fault and the sums."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    seed = sys.argv[2] if len(sys.argv) > 2 else secrets.token_hex(4)
    say(f"seed {seed}\n")
    with TemporaryDirectory() as folder, platform() as url, ThreadPoolExecutor(HOMES) as pool:
        homes = [Path(folder) / str(number) for number in range(HOMES)]
        for home in homes:
            home.mkdir()
        done = [
            pool.submit(house_of, home, f"{seed}-{home.name}", url, count // HOMES)
            for home in homes
        ]
        ended = [one.result() for one in done]
    killed: Counter[str] = sum((house.killed for house, _late in ended), Counter())
    told = ", ".join(f"{kind} {number}" for kind, number in sorted(killed.items()))
    late = sum(late for _house, late in ended)
    sys.stdout.write(f"{killed.total()} kills ({told}); {late} more came after the end\n")
    faults = sum(len(house.faults) for house, _late in ended)
    sys.stdout.write(f"{faults} faults\n")
    return int(bool(faults) or killed.total() < count)


if __name__ == "__main__":
    sys.exit(main())
