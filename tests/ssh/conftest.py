"""Keys and servers that the tests of the SSH transport share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sshd import SSHD, Keys, sshd


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Make keys once."""
    if not SSHD.exists():
        pytest.skip("needs the Debian package openssh-server")
    return Keys.made(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def server(keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run one ordinary sshd for all tests and give its port."""
    with sshd(tmp_path_factory.mktemp("sshd"), keys) as port:
        yield port


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every test its own home and no agent: nothing of the user's is read or written."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
