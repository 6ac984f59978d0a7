"""The centre in a box: a network of real machines in namespaces, for tests and for trying things.

    with box() as running:
        address = running.address("srv-clamav-ok")   # 10.99.0.11, reachable from this process
        running.run("srv-clamav-ok", "hostname")     # from inside, without SSH

Needs root on Linux with overlayfs and the packages of packages.txt; the first use downloads Debian
packages into `box_images.CACHE`. One box at a time per network namespace. Command line:

    python box.py [--bad] [NAME...]   start, and leave a shell with an ssh configuration
    python box.py --check             start, hold truth.yaml against the machines, print a table
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import box_images as images
from box_check import check
from box_hosts import Host, all_hosts
from box_supervisor import Machine, Started

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

HERE = Path(__file__).resolve().parent
LINK = "lab0"
OWN_ADDRESSES = ("10.99.0.254/24", "fd99::fe/64")
FIRST_OF_MANY = 101
MOST_OF_MANY = 150
HELP = """\
  ssh -F $LAB_SSH NAME            as root
  ssh -F $LAB_SSH kiemtra@NAME    without privileges
  exit                            ends the lab
"""
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
}


class CannotStart(RuntimeError):
    """The lab did not come up; the message names the machine and what it said."""


@dataclass(frozen=True)
class Running:
    """A started lab."""

    hosts: Mapping[str, Host]
    pid: int
    """Process that holds the lab: when it ends, everything in the lab ends."""
    key: Path
    """Private key that opens `root` and `kiemtra` on every machine."""
    known_hosts: Path
    """Pins one host key for every address; `bad-key` answers with another."""
    ssh_config: Path
    _supervisor: int
    _first_processes: Mapping[str, int]

    def address(self, name: str) -> str:
        """Give the IPv4 address of a machine."""
        return self.hosts[name].address

    def run(
        self, name: str, *command: str, seconds: float = 30
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command as root inside a machine, in all its namespaces, without SSH.

        Raises:
            subprocess.TimeoutExpired: it did not end in time.

        """
        into_lab = ("nsenter", "--target", str(self._supervisor), "--pid", "--mount", "--")
        first = str(self._first_processes[name])
        into_machine = ("nsenter", "--target", first, "--all", "--root", "--wd", "--")
        return subprocess.run(
            [*into_lab, *into_machine, *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=seconds,
            env=ENVIRONMENT,
        )


@contextlib.contextmanager
def box(hosts: Iterable[str] | None = None, *, bad: bool = False) -> Iterator[Running]:
    """Start the named machines (default: all that behave; with `bad` all), end them on leaving.

    Raises:
        CannotStart: no root, a machine did not come up, or another box is running.
        box_images.CannotBuild: a root file system could not be made.
        KeyError: no machine has that name.

    """
    with _started(_chosen(hosts, bad=bad)) as running:
        yield running


def make_images(hosts: Iterable[str] | None = None) -> None:
    """Make the images of these machines now: where the lab stands, no Debian mirror answers.

    Raises:
        box_images.CannotBuild: a root file system could not be made.
        KeyError: no machine has that name.

    """
    for host in _chosen(hosts):
        _lower(host.layer)
        _lower(host.container)


def _chosen(hosts: Iterable[str] | None, *, bad: bool = False) -> list[Host]:
    known = {each.name: each for each in all_hosts()}
    if hosts is None:
        return [each for each in known.values() if bad or not each.is_bad]
    return [known[name] for name in hosts]


@contextlib.contextmanager
def many(count: int) -> Iterator[Running]:
    """Start so many plain machines with sshd only, `plain-001` and so on, from 10.99.0.101.

    Raises:
        CannotStart: as `box`, or more than the address range holds.

    """
    if count > MOST_OF_MANY:
        message = f"{count} machines: at most {MOST_OF_MANY}"
        raise CannotStart(message)
    names = range(1, count + 1)
    with _started([Host(f"plain-{n:03}", FIRST_OF_MANY + n - 1) for n in names]) as running:
        yield running


@contextlib.contextmanager
def _started(hosts: Sequence[Host]) -> Iterator[Running]:
    if os.geteuid() != 0:
        message = "the lab makes namespaces and mounts: start it as root"
        raise CannotStart(message)
    keys = images.keys()
    machines = [_machine(host, keys["host"].parent) for host in hosts]
    with _supervisor() as holder, _link(holder.pid):
        started = _start(holder, machines)
        yield _running(hosts, holder.pid, started, keys)


@contextlib.contextmanager
def _supervisor() -> Iterator[subprocess.Popen[str]]:
    """Hold a process in new namespaces; with its end everything in them ends."""
    command = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    holder = subprocess.Popen(
        [*command, sys.executable, str(HERE / "box_supervisor.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    to_lab, from_lab = _pipes(holder)
    try:
        if from_lab.readline() != "born\n":
            message = "the supervisor did not start; its error is above"
            raise CannotStart(message)
        yield holder
    finally:
        with contextlib.suppress(BrokenPipeError):
            to_lab.close()
        try:
            holder.wait(timeout=10)
        except subprocess.TimeoutExpired:
            holder.kill()
            holder.wait()
        from_lab.close()


@contextlib.contextmanager
def _link(holder: int) -> Iterator[None]:
    """Plug this process's network into the lab's bridge."""
    _ip(f"link add {LINK} type veth peer name uplink netns {holder}")
    try:
        _ip(*(f"addr add {each} dev {LINK} nodad" for each in OWN_ADDRESSES), f"link set {LINK} up")
        yield
    finally:
        # It would go with the lab's last process, a moment later; gone already is as good.
        subprocess.run(["ip", "link", "delete", LINK], check=False, capture_output=True)


def _machine(host: Host, keys: Path) -> Machine:
    return Machine(
        name=host.name,
        number=host.number,
        lower=_lower(host.layer),
        keys=str(keys),
        host_key=host.host_key,
        container=_lower(host.container) if host.container else "",
        proc_options=host.proc_options,
    )


def _lower(layer: str) -> str:
    folders = [images.ready(layer)] if layer else []
    return ":".join(map(str, [*folders, images.ready()]))


def _start(holder: subprocess.Popen[str], machines: Sequence[Machine]) -> Started:
    """Speak the protocol of box_supervisor.py."""
    to_lab, from_lab = _pipes(holder)
    to_lab.write(json.dumps([asdict(each) for each in machines]) + "\n")
    to_lab.flush()
    answer = from_lab.readline()
    if not answer:
        message = "the supervisor ended while it started the machines"
        raise CannotStart(message)
    started = Started(**json.loads(answer))
    if started.failures:
        message = "; ".join(f"{name}: {said}" for name, said in started.failures.items())
        raise CannotStart(message)
    return started


def _ip(*lines: str) -> None:
    done = subprocess.run(
        ["ip", "-batch", "-"], input="\n".join(lines), capture_output=True, text=True, check=False
    )
    if done.returncode:
        message = f"ip: {done.stderr.strip()} (is another lab running?)"
        raise CannotStart(message)


def _pipes(holder: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert holder.stdin is not None  # both were asked for
    assert holder.stdout is not None
    return holder.stdin, holder.stdout


def _running(
    hosts: Sequence[Host],
    holder: int,
    started: Started,
    keys: Mapping[str, Path],
) -> Running:
    # Written over each time and kept beside the keys: a lab that is killed leaves no litter.
    folder = keys["host"].parent
    supervisor = int(Path(f"/proc/{holder}/task/{holder}/children").read_text(encoding="ascii"))
    pinned = keys["host"].with_name("host.pub").read_text(encoding="ascii")
    known_hosts = folder / "known_hosts"
    lines = (f"{each.name},{each.address},{each.address6} {pinned}" for each in hosts)
    known_hosts.write_text("".join(lines), encoding="ascii")
    config = folder / "ssh_config"
    config.write_text(_ssh_config(hosts, keys["client"], known_hosts), encoding="ascii")
    by_name = {each.name: each for each in hosts}
    return Running(
        hosts=by_name,
        pid=holder,
        key=keys["client"],
        known_hosts=known_hosts,
        ssh_config=config,
        _supervisor=supervisor,
        _first_processes=started.pids,
    )


def _ssh_config(hosts: Sequence[Host], key: Path, known_hosts: Path) -> str:
    named = (f"Host {each.name}\n  HostName {each.address}\n" for each in hosts)
    every = (
        f"Host *\n  User root\n  IdentityFile {key}\n  IdentitiesOnly yes\n"
        f"  UserKnownHostsFile {known_hosts}\n  StrictHostKeyChecking yes\n"
    )
    return "".join(named) + every


def main(arguments: Sequence[str]) -> int:
    """Check, or leave a shell; give the exit code."""
    names = [each for each in arguments if not each.startswith("-")] or None
    with box(names, bad="--bad" in arguments) as running:
        if "--check" in arguments:
            return min(check(running), 1)
        shown = sorted(running.hosts.values(), key=lambda host: host.number)
        table = "".join(f"  {host.address:12}{host.address6:12}{host.name}\n" for host in shown)
        sys.stdout.write(f"{table}\n{HELP}")
        sys.stdout.flush()
        environment = os.environ | {"LAB_SSH": str(running.ssh_config)}
        subprocess.run([os.environ.get("SHELL", "/bin/sh")], check=False, env=environment)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
