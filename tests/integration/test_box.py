"""The centre in a box is what its truth file says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BOX = Path(__file__).parents[1] / "lab" / "box" / "box.py"


@pytest.mark.root
@pytest.mark.package
@pytest.mark.timeout(900)
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: network namespaces and mounts")
@pytest.mark.skipif(shutil.which("mmdebstrap") is None, reason="needs the package mmdebstrap")
def test_every_fact_of_the_truth_file_is_true() -> None:
    """Twenty-two machines with real daemons start, and nothing about them is only claimed.

    The first start on a machine builds their root file systems, which takes some minutes.
    """
    done = subprocess.run(
        [sys.executable, str(BOX), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].endswith(" facts, 0 wrong")
