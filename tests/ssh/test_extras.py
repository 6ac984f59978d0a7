"""Libraries that only some centres need: where one is missing, the line to type is told."""

import sys
from importlib.util import find_spec

import pytest
from sshd import Keys, a_context, a_target

from auditor.errors import CannotMeasure
from auditor.model import Failure, Target
from auditor.transports import open_target
from auditor.transports.ssh import access
from auditor.transports.winrm import WinrmLink


@pytest.mark.skipif(find_spec("keyring") is not None, reason="keyring is installed")
def test_a_missing_keyring_library_is_named(server: int, keys: Keys) -> None:
    """With the command that installs it."""
    target = a_target(server, keys, key_file="", password_from="keyring:audit/root")  # noqa: S106 - a place
    with pytest.raises(CannotMeasure) as caught:
        access(target, a_context(target)).collect(b"echo\n", timeout_s=10, max_bytes=100)
    assert caught.value.failure is Failure.AUTH_FAILED
    assert "pip install 'centre-audit[keyring]'" in caught.value.detail


def test_a_missing_winrm_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it. None is Python's own mark for what cannot be imported."""
    for name in ("pypsrp", "pypsrp.client", "pypsrp.exceptions"):
        monkeypatch.setitem(sys.modules, name, None)
    target = Target(name="w", url="winrm://u@127.0.0.1", password_from="env:X")  # noqa: S106 - a place
    link = open_target(target, a_context(target))
    assert isinstance(link, WinrmLink)
    with pytest.raises(CannotMeasure) as caught:
        link.collect(b"exit\n", timeout_s=10, max_bytes=100)
    assert caught.value.failure is Failure.TOOL_MISSING
    assert "pip install 'centre-audit[winrm]'" in caught.value.detail
