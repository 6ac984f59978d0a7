"""Through a bastion: two real sshd, each with its own key."""

import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import hostile
import pytest
from sshd import Evidence, Keys, a_context, a_target, free_port, public_key, sshd

from auditor.errors import CannotMeasure
from auditor.model import Failure, Target
from auditor.transports.slots import Slots
from auditor.transports.ssh import access

LIMIT_S = 15.0


@pytest.fixture(scope="module")
def bastion(keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run an sshd that forwards, with the other host key."""
    options = {"HostKey": str(keys.other_host), "AllowTcpForwarding": "local"}
    with sshd(tmp_path_factory.mktemp("bastion"), keys, options) as port:
        yield port


def pair(server: int, bastion: int, keys: Keys, **bastion_fields: object) -> tuple[Target, Target]:
    """Return a target and the bastion before it."""
    fields = {"host_key": public_key(keys.other_host).fingerprint, **bastion_fields}
    return (
        a_target(server, keys, name="inner", via="gate"),
        a_target(bastion, keys, name="gate", **fields),
    )


def failure_of(*targets: Target, limit_s: float = LIMIT_S) -> CannotMeasure:
    """Return why the first target could not be read."""
    with pytest.raises(CannotMeasure) as caught:
        access(targets[0], a_context(*targets)).collect(
            b"echo\n", timeout_s=limit_s, max_bytes=1000
        )
    return caught.value


def test_the_script_runs_behind_a_bastion(server: int, bastion: int, keys: Keys) -> None:
    """Both hops are in the evidence, each with its own key."""
    evidence = Evidence()
    targets = pair(server, bastion, keys)
    link = access(targets[0], a_context(*targets, keep=evidence))
    script = b"echo hello; echo $SSH_CONNECTION\n"
    output = link.collect(script, timeout_s=LIMIT_S, max_bytes=1000)
    assert output.startswith(b"hello\n")
    assert output.split()[-1] == str(server).encode()
    hops = json.loads(evidence.kept["session"])
    assert [hop["key"] for hop in hops] == [
        str(public_key(keys.other_host)),
        str(public_key(keys.host)),
    ]


def test_the_key_of_each_hop_is_verified(server: int, bastion: int, keys: Keys) -> None:
    """A wrong key at the bastion, and one behind it, are both refused and tell the place."""
    wrong = public_key(keys.user).fingerprint
    failure = failure_of(*pair(server, bastion, keys, host_key=wrong))
    assert failure.failure is Failure.HOST_KEY_CHANGED
    assert f":{bastion}:" in failure.detail
    _inner, gate = pair(server, bastion, keys)
    failure = failure_of(a_target(server, keys, name="inner", via="gate", host_key=wrong), gate)
    assert failure.failure is Failure.HOST_KEY_CHANGED
    assert f":{server}:" in failure.detail


def test_a_bastion_that_does_not_forward(server: int, keys: Keys, tmp_path: Path) -> None:
    """AllowTcpForwarding no."""
    with sshd(tmp_path, keys, {"AllowTcpForwarding": "no"}) as port:
        usual = public_key(keys.host).fingerprint
        failure = failure_of(*pair(server, port, keys, host_key=usual))
    assert failure.failure is Failure.REFUSED
    assert failure.detail.startswith("forward: ")


def test_nobody_behind_the_bastion(bastion: int, keys: Keys) -> None:
    """A closed port behind it."""
    failure = failure_of(*pair(free_port(), bastion, keys))
    assert failure.failure is Failure.UNREACHABLE
    assert failure.detail.startswith("forward: ")


BEHIND = {
    hostile.silent: (Failure.TIMEOUT, "banner"),
    hostile.closes: (Failure.REFUSED, "banner"),
    hostile.floods: (Failure.UNPARSABLE, "banner"),
    hostile.floods_lines: (Failure.UNPARSABLE, "banner"),
    hostile.huge_packet: (Failure.UNPARSABLE, "kex"),
}


@pytest.mark.parametrize("behaviour", BEHIND, ids=lambda case: case.__name__)
def test_what_misbehaves_behind_a_bastion(
    behaviour: hostile.Behaviour, bastion: int, keys: Keys
) -> None:
    """The same bounds hold where no socket of ours can be looked at."""
    with hostile.server(behaviour) as port:
        failure = failure_of(*pair(port, bastion, keys), limit_s=4.0)
    assert (failure.failure, failure.detail.partition(": ")[0]) == BEHIND[behaviour]


def test_an_address_outside_the_scope_is_not_asked_of_the_bastion(bastion: int, keys: Keys) -> None:
    """The gate judges what the bastion is to connect to."""
    _inner, gate = pair(1, bastion, keys)
    outside = a_target(22, keys, name="inner", via="gate", url="ssh://root@192.0.2.1")
    assert failure_of(outside, gate).failure is Failure.NOT_AUTHORISED


def test_forwarded_connections_end(server: int, bastion: int, keys: Keys) -> None:
    """Nothing stays open at the bastion after a script."""
    targets = pair(server, bastion, keys)
    access(targets[0], a_context(*targets)).collect(b"echo\n", timeout_s=LIMIT_S, max_bytes=100)
    open_now = ["ss", "-tnH", "state", "established", f"( sport = :{bastion} )"]
    shown = b"not asked yet"
    for _ in range(100):
        shown = subprocess.run(open_now, capture_output=True, check=True).stdout
        if not shown.strip():
            break
        threading.Event().wait(0.02)
    assert shown.strip() == b""


def test_slots_bound_the_logins_at_one_place() -> None:
    """The third of three waits, and says so when nobody leaves."""
    slots = Slots(2)
    with slots.held("a", 1), slots.held("a", 1), slots.held("b", 1):
        with pytest.raises(CannotMeasure) as caught, slots.held("a", 0.05):
            pytest.fail("a third login at one place")
        assert caught.value.failure is Failure.TIMEOUT
    with slots.held("a", 0.05):
        pass
