"""Sixty sshd, one small script each: our transport against plain `ssh` and `ansible` facts.

`python tests/bench/hosts.py [N] [ROUNDS]`. All of them run in turn, so that a busy machine slows
all. The servers run on the same machine: only ratios carry over. `ansible` takes part if it is on
PATH or in the folder that AUDIT_BENCH_BIN names. Exit 1 where a goal is missed.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))

from sshd import USER, Keys, many

HOSTS, ROUNDS, WORKERS = 60, 3, 8
SCRIPT = b"""\
collect() {
uname -a; cat /etc/os-release; id; hostname; date -u
cat /proc/meminfo /proc/cpuinfo /proc/mounts /proc/net/route /proc/net/dev
ls /etc; ps -ef || ls /proc; df -P
}
collect </dev/null 2>&1
"""
OPTIONS = {"MaxStartups": "100", "UseDNS": "no", "LogLevel": "ERROR"}
TUNED = "-o KexAlgorithms=curve25519-sha256"
"""Shown beside plain `ssh`, and no goal: what it costs without its post-quantum key exchange."""

SSH_GOAL, ANSIBLE_GOAL, MEMORY_GOAL_MIB = 1.0, 7.0, 60.0


class Cost(NamedTuple):
    """What one run of one tool took: wall and client CPU seconds, peak MiB of one process."""

    wall_s: float
    cpu_s: float
    memory_mib: float


def cost(command: list[str], environment: dict[str, str] | None = None) -> Cost:
    """Run a tool in a process of its own, which must succeed, and weigh it and its children."""
    weigh = (
        "import resource,subprocess,sys,time;t=time.perf_counter();"
        "r=subprocess.run(sys.argv[1:],stdin=subprocess.DEVNULL,stdout=subprocess.DEVNULL);"
        "u=resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(r.returncode,time.perf_counter()-t,u.ru_utime+u.ru_stime,u.ru_maxrss/1024)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", weigh, *command],
        check=True,
        stdout=subprocess.PIPE,
        env=environment,
    )
    code, wall_s, cpu_s, memory_mib = ran.stdout.split()
    if int(code) != 0:
        message = f"{command[0]} ended with {int(code)}"
        raise RuntimeError(message)
    return Cost(float(wall_s), float(cpu_s), float(memory_mib))


def ours(ports: Iterable[int], keys: Keys) -> Cost:
    """Read all hosts with the transport, in a process of its own."""
    command = [sys.executable, __file__, "--ours", str(keys.user.parent), *map(str, ports)]
    return cost(command)


def read_all(folder: Path, ports: list[int]) -> None:
    """Be that process. Raises if a host could not be read."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - only in that process

    from sshd import a_context, a_target  # noqa: PLC0415 - the same

    from auditor.transports.ssh import access  # noqa: PLC0415 - the same

    keys = Keys(*(folder / name for name in ("host", "other_host", "user")))
    pin = a_target(ports[0], keys).host_key
    targets = [a_target(port, keys, host_key=pin) for port in ports]
    context = a_context(*targets)

    def read(index: int) -> int:
        link = access(targets[index], context)
        return len(link.collect(SCRIPT, timeout_s=60, max_bytes=10_000_000))

    with ThreadPoolExecutor(WORKERS) as pool:
        sizes = list(pool.map(read, range(len(targets))))
    if min(sizes) < 100:
        raise RuntimeError(sizes)


def plain_ssh(ports: Iterable[int], keys: Keys, *options: str) -> Cost:
    """Run the `ssh` program for each host, as many at a time, as it comes or with options."""
    script = keys.user.parent / "script.sh"
    script.write_bytes(SCRIPT)
    words = " ".join(
        (
            f"ssh -F none -i {keys.user} -o IdentitiesOnly=yes -o BatchMode=yes",
            f"-o UserKnownHostsFile={known_hosts(ports, keys)} -o StrictHostKeyChecking=yes",
            *("-o ControlMaster=no -o LogLevel=ERROR", *options),
            f"-p {{}} {USER}@127.0.0.1 'exec sh -s' < {script} > /dev/null",
        )
    )
    listed = "\\n".join(map(str, ports))
    return cost(["sh", "-c", f"printf '{listed}' | xargs -P {WORKERS} -I{{}} sh -c \"{words}\""])


def known_hosts(ports: Iterable[int], keys: Keys) -> Path:
    """Write the hosts' key where `ssh` looks for it."""
    public = keys.host.with_suffix(".pub").read_text("utf-8").strip()
    path = keys.user.parent / "known_hosts"
    path.write_text("".join(f"[127.0.0.1]:{port} {public}\n" for port in ports), "utf-8")
    return path


def ansible(program: str, ports: Iterable[int], keys: Keys) -> Cost:
    """Gather facts with fifty forks and pipelining, the way Ansible's own guide tunes it."""
    folder = keys.user.parent
    (folder / "inventory").write_text(
        "".join(
            f"h{port} ansible_host=127.0.0.1 ansible_port={port} ansible_user={USER}"
            f" ansible_ssh_private_key_file={keys.user}"
            " ansible_python_interpreter=/usr/bin/python3\n"
            for port in ports
        ),
        "utf-8",
    )
    environment = {
        **os.environ,
        "ANSIBLE_PIPELINING": "True",
        "ANSIBLE_HOST_KEY_CHECKING": "False",
        "ANSIBLE_SSH_ARGS": (
            "-F none -o ControlMaster=auto -o ControlPersist=5s -o UserKnownHostsFile=/dev/null"
        ),
        "ANSIBLE_LOCAL_TEMP": str(folder / "ansible"),
        "ANSIBLE_HOME": str(folder / "ansible"),
    }
    return cost(
        [program, "all", "-i", str(folder / "inventory"), "-f", "50", "-m", "setup"], environment
    )


def median(costs: list[Cost]) -> Cost:
    """Return the median of each figure."""
    return Cost(*(statistics.median(figures) for figures in zip(*costs, strict=True)))


def main(hosts: int, rounds: int) -> int:
    """Print medians and ratios; return the number of goals that were missed."""
    say = sys.stdout.write
    found = shutil.which("ansible", path=os.environ.get("AUDIT_BENCH_BIN", "")) or shutil.which(
        "ansible"
    )
    with tempfile.TemporaryDirectory() as place:
        keys = Keys.made(Path(place))
        with many(hosts, Path(place), keys, OPTIONS) as ports:
            tools: dict[str, Callable[[], Cost]] = {
                "audit": lambda: ours(ports, keys),
                "ssh": lambda: plain_ssh(ports, keys),
                "ssh-kex": lambda: plain_ssh(ports, keys, TUNED),
            }
            taken: dict[str, list[Cost]] = {name: [] for name in tools}
            for tool in tools.values():  # once unweighed: caches are warm for all
                tool()
            for _round in range(rounds):
                for name, tool in tools.items():
                    taken[name].append(tool())
            start = cost([sys.executable, "-c", "import auditor.transports.ssh"])
            if found:
                taken["ansible"] = [ansible(found, ports, keys)]
    medians = {name: median(costs) for name, costs in taken.items()}
    say(f"{hosts} hosts, {WORKERS} at a time, median of {rounds} rounds\n")
    say(f"{'':8}  {'wall s':>7}  {'client CPU s':>12}  {'MiB':>6}  {'wall/ours':>9}\n")
    base = medians["audit"]
    for name, it in medians.items():
        ratio = it.wall_s / base.wall_s
        say(f"{name:8}  {it.wall_s:7.2f}  {it.cpu_s:12.2f}  {it.memory_mib:6.1f}  {ratio:9.2f}\n")
    say(f"of ours, {start.wall_s:.2f} s wall is the start of Python and its libraries\n")
    missed = misses(medians)
    for miss in missed:
        say(f"missed: {miss}\n")
    return len(missed)


def misses(medians: dict[str, Cost]) -> list[str]:
    """Return the goals that were missed. A tool that is not installed is not compared with."""
    ours_, ssh = medians["audit"], medians["ssh"]
    found = []
    if ours_.wall_s > ssh.wall_s * SSH_GOAL:
        found.append(f"slower than ssh: {ours_.wall_s / ssh.wall_s:.2f} times")
    if ours_.memory_mib > MEMORY_GOAL_MIB:
        found.append(f"{ours_.memory_mib:.0f} MiB, goal {MEMORY_GOAL_MIB:.0f}")
    if "ansible" not in medians:
        sys.stdout.write("ansible: not installed, not compared\n")
    elif medians["ansible"].wall_s < ours_.wall_s * ANSIBLE_GOAL:
        found.append(f"only {medians['ansible'].wall_s / ours_.wall_s:.1f} times ansible")
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ours"]:
        read_all(Path(sys.argv[2]), [int(port) for port in sys.argv[3:]])
        sys.exit(0)
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(numbers + [HOSTS, ROUNDS][len(numbers) :])))
