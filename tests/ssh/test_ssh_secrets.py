"""Passwords come from where the site says, and appear nowhere."""

import logging
import traceback

import hostile
import pytest
from passwords import Asks, Desk
from sshd import Evidence, Keys, a_context, a_target

from auditor.errors import CannotMeasure
from auditor.model import Failure
from auditor.transports.secrets import Secret
from auditor.transports.ssh import access

CANARY = "canary-7d1f-hunter2"
LIMIT_S = 10.0


def told(error: BaseException) -> str:
    """Return everything that a traceback with local variables would show below the test itself."""
    below = error.__traceback__.tb_next if error.__traceback__ else None
    shown = traceback.TracebackException(type(error), error, below, capture_locals=True)
    return "".join(shown.format()) + repr(error) + str(error) + repr(vars(error))


@pytest.mark.parametrize("by_dialogue", [False, True])
def test_a_password_from_the_environment_opens(
    keys: Keys, monkeypatch: pytest.MonkeyPatch, *, by_dialogue: bool
) -> None:
    """Both ways in which servers ask for a password."""
    monkeypatch.setenv("AUDIT_TEST_PASSWORD", CANARY)
    evidence = Evidence()
    desk = Desk(CANARY, asks_by_dialogue=by_dialogue)
    with hostile.server(Asks(keys.host, desk)) as port:
        target = a_target(port, keys, key_file="", password_from="env:AUDIT_TEST_PASSWORD")  # noqa: S106 - a place
        link = access(target, a_context(target, keep=evidence))
        assert link.collect(b"echo\n", timeout_s=LIMIT_S, max_bytes=100) == b"welcome\n"
    kept = b"".join(evidence.kept.values()) + "".join(evidence.kept).encode()
    assert b"password_from env:AUDIT_TEST_PASSWORD" in kept
    assert CANARY.encode() not in kept


@pytest.mark.parametrize("is_mute", [False, True])
def test_a_password_is_in_no_error_and_no_log(
    keys: Keys,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    *,
    is_mute: bool,
) -> None:
    """A refused login, and a login that ends badly later, at the loudest log level."""
    monkeypatch.setenv("AUDIT_TEST_PASSWORD", CANARY)
    desk = Desk(CANARY if is_mute else "another", is_mute=is_mute)
    with caplog.at_level(logging.DEBUG), hostile.server(Asks(keys.host, desk)) as port:
        target = a_target(port, keys, key_file="", password_from="env:AUDIT_TEST_PASSWORD")  # noqa: S106 - a place
        link = access(target, a_context(target))
        with pytest.raises(CannotMeasure) as caught:
            link.collect(b"echo\n", timeout_s=3.0, max_bytes=100)
    expected = (Failure.TIMEOUT, "exec") if is_mute else (Failure.AUTH_FAILED, "auth")
    assert (caught.value.failure, caught.value.detail.partition(": ")[0]) == expected
    assert caplog.records
    assert CANARY not in told(caught.value)
    assert CANARY not in caplog.text
    assert CANARY not in repr(link) + repr(target)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("env:AUDIT_TEST_NOTHING", "holds nothing"),
        ("elsewhere:x", "is neither env:NAME nor keyring:SERVICE/USER"),
    ],
)
def test_a_password_that_is_not_there_is_said_to_be_missing(
    server: int, keys: Keys, place: str, words: str
) -> None:
    """The reference is named, and nothing is tried."""
    target = a_target(server, keys, key_file="", password_from=place)
    with pytest.raises(CannotMeasure) as caught:
        access(target, a_context(target)).collect(b"echo\n", timeout_s=LIMIT_S, max_bytes=100)
    assert caught.value.failure is Failure.AUTH_FAILED
    assert place in caught.value.detail
    assert words in caught.value.detail


def test_a_secret_shows_itself_to_nobody() -> None:
    """However it is formatted."""
    secret = Secret(CANARY)
    assert CANARY not in f"{secret} {secret!r} {secret!s}" + str([secret])
    assert secret.reveal() == CANARY
