"""Twenty machines at once, half of which misbehave: the others do not notice."""

import os
import resource
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import hostile
from sshd import Keys, a_context, a_target, free_port, many, public_key, sshd

from auditor import guard
from auditor.errors import CannotMeasure
from auditor.model import Failure, Target
from auditor.transports.ssh import access

DEADLINE_S = 8.0
GOOD = 10
WORKERS = 20
MOST_MIB = 60
BAD = (
    *(hostile.silent, hostile.resets, hostile.floods, hostile.drips, hostile.binary),
    *(hostile.silent_after_banner, hostile.huge_packet),
)


def test_good_machines_complete_and_the_run_ends_in_time(keys: Keys, tmp_path: Path) -> None:
    """Each bad machine is its own failure; threads and memory stay bounded."""
    with ExitStack() as running:
        good = running.enter_context(many(GOOD, tmp_path, keys, {}))
        endless = running.enter_context(sshd(tmp_path, keys, {"ForceCommand": "yes"}))
        wrong = running.enter_context(sshd(tmp_path, keys, {"HostKey": str(keys.other_host)}))
        bad = [running.enter_context(hostile.server(behaviour)) for behaviour in BAD]
        ports = [*bad, endless, wrong, free_port(), *good]
        assert len(ports) == 20
        pinned = public_key(keys.host).fingerprint
        targets = tuple(a_target(port, keys, host_key=pinned) for port in ports)
        context = a_context(*targets)
        threads, memory = set(threading.enumerate()), _peak_mib()
        most_threads = 0

        def read(target: Target) -> "bytes | Failure":
            nonlocal most_threads
            try:
                with guard.probing(context.gate):  # as `measure` does
                    return access(target, context).collect(
                        b"echo hello\n", timeout_s=DEADLINE_S, max_bytes=5_000_000
                    )
            except CannotMeasure as error:
                return error.failure
            finally:
                most_threads = max(most_threads, threading.active_count())

        started = time.monotonic()
        with ThreadPoolExecutor(WORKERS) as pool:
            ended = dict(zip(ports, pool.map(read, targets), strict=True))
        took = time.monotonic() - started
    assert [ended[port] for port in good] == [b"hello\n"] * GOOD
    failures = [ended[port] for port in ports if port not in good]
    assert failures == [
        *(Failure.TIMEOUT, Failure.REFUSED, Failure.UNPARSABLE, Failure.TIMEOUT),
        *(Failure.UNPARSABLE, Failure.TIMEOUT, Failure.UNPARSABLE),
        *(Failure.COMMAND_FAILED, Failure.HOST_KEY_CHANGED, Failure.REFUSED),
    ]
    assert took < DEADLINE_S + 2
    # for each machine: the worker, the watch, paramiko's own and its clock
    assert most_threads <= len(threads) + 4 * WORKERS + 2 * len(BAD)
    assert _peak_mib() - memory < MOST_MIB
    end = time.monotonic() + 2
    while set(threading.enumerate()) - threads and time.monotonic() < end:
        time.sleep(0.01)
    left = {thread for thread in set(threading.enumerate()) - threads if thread.is_alive()}
    assert not left


def _peak_mib() -> float:
    """Return the most memory this process has had, in MiB."""
    scale = 1024 if os.uname().sysname == "Linux" else 1024 * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale
