"""Servers that misbehave before anyone is logged in: each is its own failure, in time."""

import threading
import time

import hostile
import pytest
from sshd import Keys, a_context, a_target, free_port

from auditor.errors import CannotMeasure
from auditor.model import Failure
from auditor.transports.ssh import access

LIMIT_S = 3.0
CASES = {
    hostile.silent: (Failure.TIMEOUT, "banner"),
    hostile.resets: (Failure.REFUSED, "banner"),
    hostile.closes: (Failure.REFUSED, "banner"),
    hostile.floods: (Failure.UNPARSABLE, "banner"),
    hostile.floods_lines: (Failure.UNPARSABLE, "banner"),
    hostile.web: (Failure.UNPARSABLE, "banner"),
    hostile.binary: (Failure.UNPARSABLE, "banner"),
    hostile.old: (Failure.UNPARSABLE, "banner"),
    hostile.drips: (Failure.TIMEOUT, "banner"),
    hostile.silent_after_banner: (Failure.TIMEOUT, "kex"),
    hostile.closes_after_banner: (Failure.REFUSED, "kex"),
    hostile.nonsense_after_banner: (Failure.UNPARSABLE, "kex"),
    hostile.huge_packet: (Failure.UNPARSABLE, "kex"),
}


@pytest.mark.parametrize("behaviour", CASES, ids=lambda case: case.__name__)
def test_ends_in_time_with_cause_and_stage(behaviour: hostile.Behaviour, keys: Keys) -> None:
    """Whatever it does, the host is reported within its deadline, and no thread is left."""
    before = set(threading.enumerate())
    with hostile.server(behaviour) as port:
        target = a_target(port, keys)
        started = time.monotonic()
        with pytest.raises(CannotMeasure) as caught:
            access(target, a_context(target)).collect(b"echo\n", timeout_s=LIMIT_S, max_bytes=1000)
        assert time.monotonic() - started < LIMIT_S + 1
    failure, stage = CASES[behaviour]
    assert (caught.value.failure, caught.value.detail.partition(": ")[0]) == (failure, stage)
    assert f"127.0.0.1:{port}" in caught.value.detail
    assert caught.value.detail.isprintable()
    end = time.monotonic() + 2
    while set(threading.enumerate()) - before and time.monotonic() < end:
        time.sleep(0.01)
    assert not set(threading.enumerate()) - before


def test_a_closed_port_is_refused(keys: Keys) -> None:
    """Nobody listens: refused, at the first stage."""
    target = a_target(free_port(), keys)
    with pytest.raises(CannotMeasure) as caught:
        access(target, a_context(target)).collect(b"echo\n", timeout_s=LIMIT_S, max_bytes=1000)
    assert caught.value.failure is Failure.REFUSED
    assert caught.value.detail.startswith("tcp: ")


def test_an_address_outside_the_scope_gets_no_packet(keys: Keys) -> None:
    """The gate stands before the socket."""
    target = a_target(22, keys, url="ssh://root@192.0.2.1")
    with pytest.raises(CannotMeasure) as caught:
        access(target, a_context(target)).collect(b"echo\n", timeout_s=LIMIT_S, max_bytes=1000)
    assert caught.value.failure is Failure.NOT_AUTHORISED
