"""The library of CEL is loaded without its terminal, and stays whole for everybody else."""

import subprocess
import sys

SCRIPT = """
import sys
from auditor.expression import evaluate
assert evaluate("math.abs(n) + 1.0", {"n": -1.0}) == 2
assert not {"cel.cli", "prompt_toolkit", "rich"} & set(sys.modules), "the terminal was loaded"
import cel
assert cel.evaluate("1 + 1") == 2 and cel.cli
assert evaluate("n + 1.0", {"n": 1.0}) == 2
"""
LATER = "import cel\nfrom auditor.expression import evaluate\nassert evaluate('n', {'n': 1.0}) == 1"


def test_only_the_language_is_loaded() -> None:
    """In a fresh process, before and after somebody imports all of it."""
    for script in (SCRIPT, LATER):
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
