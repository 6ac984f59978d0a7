"""Libraries that only some centres need: where one is missing, the line to type is told."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import sshd
from sshd import Keys, a_context, a_target

from auditor.errors import CannotMeasure
from auditor.model import Failure
from auditor.transports.ssh import access


@pytest.mark.skipif(find_spec("keyring") is not None, reason="keyring is installed")
def test_a_missing_keyring_library_is_named(server: int, keys: Keys) -> None:
    """With the command that installs it."""
    target = a_target(server, keys, key_file="", password_from="keyring:audit/root")  # noqa: S106 - a place
    with pytest.raises(CannotMeasure) as caught:
        access(target, a_context(target)).collect(b"echo\n", timeout_s=10, max_bytes=100)
    assert caught.value.failure is Failure.AUTH_FAILED
    assert "pip install 'centre-audit[keyring]'" in caught.value.detail


WITHOUT_PYPSRP = """
import sys
sys.modules.update(dict.fromkeys(("pypsrp", "pypsrp.client", "pypsrp.exceptions")))
from sshd import a_context
from auditor.errors import CannotMeasure
from auditor.model import Target
from auditor.transports import open_target
target = Target(name="w", url="winrm://u@127.0.0.1", password_from="env:X")
try:
    open_target(target, a_context(target)).collect(b"exit", timeout_s=10, max_bytes=100)
except CannotMeasure as told:
    print(told.failure, told.detail)
"""
"""None in `sys.modules` is Python's own mark for what cannot be imported."""


def test_a_missing_winrm_library_is_named() -> None:
    """With the command that installs it."""
    support = str(Path(sshd.__file__).parent)
    told = subprocess.run(
        [sys.executable, "-c", WITHOUT_PYPSRP],
        env={**os.environ, "PYTHONPATH": support},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.startswith(Failure.TOOL_MISSING)
    assert "pip install 'centre-audit[winrm]'" in told


WITHOUT_PKCS11 = """
import sys
sys.modules["pkcs11"] = None
from pathlib import Path
from auditor.errors import BadInput
from auditor.language import activate
from auditor.token_uri import Reference
from auditor.transports.token import opened
activate("en")
try:
    opened(Reference(), Path(sys.executable), None).__enter__()
except BadInput as told:
    print(told)
"""


def test_a_missing_library_for_tokens_is_named() -> None:
    """With the command that installs it."""
    command = [sys.executable, "-c", WITHOUT_PKCS11]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "pip install 'centre-audit[token]'" in done.stdout
