"""Services of sixty machines: found against `nmap -sT`, known against `nmap -sV --version-light`.

`python tests/bench/services.py [ROUNDS]` (root): 267 open ports of the chosen list, 149 of them of
real daemons (sshd, nginx with and without TLS, PostgreSQL, Redis), at 0 and 1 % loss each way, in
namespaces on this machine. The tools run in turn, so that a busy machine slows all: only ratios
carry over. nmap's identification runs once, without loss, and for five minutes at most; ours finds
and identifies in one go, and includes the start of Python. Exit 1 where a goal is missed.
"""

import json
import pwd
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))

from lan_lab import CROWD, SCANNER, Lab, missing, python
from service_house import PATH, run

from auditor import ports

HOSTS = [f"10.50.0.{number}" for number in range(3, 123, 2)]
ASK = Path(__file__).parent.parent / "support" / "lan_ask.py"
LOSSES = (0, 1)
RATE = 3000
LONGEST_S = 300
GOAL_TIMES = 20
TALKING = {"ssh": (22, 60), "http": (80, 40), "https": (443, 29)} | {
    "postgresql": (5432, 10),
    "redis": (6379, 10),
}
QUIET = {515: 20, 139: 20, 1720: 20, 5025: 20, 9100: 20, 25: 18}
"""Ports that accept and say nothing, and on how many machines."""

LISTEN = """
import json, socket, sys, time
kept = [socket.create_server((host, port)) for host, port in json.loads(sys.argv[1])]
print("ready", flush=True)
time.sleep(3600)
"""
THEIR_WORDS = {"ssl/http": "https", "ssl|http": "https", "https": "https"}


class Run(NamedTuple):
    """One run: seconds, and protocol by address and port."""

    wall_s: float
    found: dict[tuple[str, int], str]


def truth() -> dict[tuple[str, int], str]:
    """Return what is open, and what it speaks."""
    talking = {
        (host, port): name for name, (port, count) in TALKING.items() for host in HOSTS[:count]
    }
    quiet = {(host, port): "" for port, count in QUIET.items() for host in HOSTS[-count:]}
    return talking | quiet


@contextmanager
def served(lab: Lab, folder: Path) -> Iterator[None]:
    """Start everything in the crowd's namespace; it ends with the block."""
    with ExitStack() as stack:

        def start(*command: str) -> None:
            process = subprocess.Popen(
                [*lab.inside(CROWD), *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"PATH": PATH},
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)

        _sshd(folder, start)
        _nginx(folder, start)
        _databases(folder, start)
        quiet = [place for place, name in truth().items() if not name]
        start(*python("-c", LISTEN, json.dumps(quiet)))
        _wait(lab)
        yield


def _sshd(folder: Path, start: Callable[..., None]) -> None:
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "key"))
    Path("/run/sshd").mkdir(parents=True, exist_ok=True)
    for first in range(0, 60, 15):  # sshd takes 16 addresses at most
        options = [w for host in HOSTS[first : first + 15] for w in ("-o", f"ListenAddress={host}")]
        start("/usr/sbin/sshd", "-D", "-f", "/dev/null", "-h", str(folder / "key"),
              "-o", "PidFile=none", "-o", "MaxStartups=100", *options)  # fmt: skip


def _nginx(folder: Path, start: Callable[..., None]) -> None:
    run(
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
        *("-nodes", "-days", "30", "-subj", "/CN=bench"),
        *("-keyout", str(folder / "tls.key"), "-out", str(folder / "tls.crt")),
    )
    plain = "".join(f"listen {host}:80; " for host in HOSTS[:40])
    secure = "".join(f"listen {host}:443 ssl; " for host in HOSTS[:29])
    places = "".join(
        f"{kind}_temp_path {folder}/{kind}; "
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log /dev/null; user root;"
        f"events {{ worker_connections 512; }} http {{ access_log off; {places}"
        f"server {{ {plain} return 200 x; }}"
        f"server {{ {secure} ssl_certificate {folder}/tls.crt;"
        f" ssl_certificate_key {folder}/tls.key; return 200 x; }} }}"
    )
    start("nginx", "-c", str(folder / "nginx.conf"), "-e", "/dev/null")


def _databases(folder: Path, start: Callable[..., None]) -> None:
    start("redis-server", "--bind", *HOSTS[:10], "--protected-mode", "no", "--save", "",
          "--dir", str(folder))  # fmt: skip
    owner = pwd.getpwnam("postgres")
    folder.chmod(0o755)
    base = folder / "pg"
    base.mkdir()
    shutil.chown(base, owner.pw_uid, owner.pw_gid)
    as_owner = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
    tools = Path("/usr/lib/postgresql/15/bin")
    run(*as_owner, str(tools / "initdb"), "-D", f"{base}/data", "-A", "trust", "--no-sync")
    start(*as_owner, str(tools / "postgres"), "-D", f"{base}/data", "-h", ",".join(HOSTS[:10]),
          "-k", str(base), "-c", "fsync=off")  # fmt: skip


def _wait(lab: Lab) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        told = subprocess.check_output([*lab.inside(CROWD), "ss", "-Hltn"], text=True)
        places = {line.split()[3] for line in told.splitlines()}
        if {f"{host}:{port}" for host, port in truth()} <= places:
            return
        time.sleep(0.1)
    message = "the services did not start"
    raise TimeoutError(message)


def ours(lab: Lab) -> Run:
    """Find and identify."""
    wanted = {"addresses": HOSTS, "network": "10.50.0.0/24", "packets_per_second": RATE}
    wall_s, printed = timed(lab, python(str(ASK), json.dumps(wanted)))
    return Run(wall_s, {(host, port): name for host, port, name in json.loads(printed)["open"]})


def theirs(lab: Lab, *options: str) -> Run:
    """Run nmap on the same ports of the same machines."""
    chosen = ",".join(str(port.port) for port in ports.load().tcp)
    command = ("nmap", "-n", "-Pn", "-sT", "-T4", "-p", chosen, "-oG", "-", *options, *HOSTS)
    wall_s, printed = timed(lab, command)
    found = {}
    for line in printed.splitlines():
        host = re.match(r"Host: (\S+)", line)
        for port, word in re.findall(r"(\d+)/open/tcp//([^/]*(?:\|[^/]*)?)", line):
            if host:
                found[host[1], int(port)] = THEIR_WORDS.get(word, word)
    return Run(wall_s, found)


def timed(lab: Lab, command: tuple[str, ...]) -> tuple[float, str]:
    """Run a tool; one that takes too long is ended, and what it found is lost."""
    started = time.perf_counter()
    try:
        done = subprocess.run(
            [*lab.inside(SCANNER), *command],
            check=True,
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
        )
    except subprocess.TimeoutExpired:
        return time.perf_counter() - started, ""
    return time.perf_counter() - started, done.stdout


def compare(lab: Lab, rounds: int) -> list[str]:
    """Print the table; return the goals that were missed."""
    wanted, misses = truth(), []
    talkers = {place: name for place, name in wanted.items() if name}
    sys.stdout.write(f"{len(wanted)} open ports, {len(talkers)} of them talk; {RATE} packets/s\n")
    for loss in LOSSES:
        lab.lose(loss)
        mine = [ours(lab) for _ in range(rounds)]
        peer = [theirs(lab) for _ in range(rounds)]
        for name, runs in (("audit", mine), ("nmap -sT -T4", peer)):
            wall_s = statistics.median(item.wall_s for item in runs)
            lost = max(len(wanted.keys() - item.found.keys()) for item in runs)
            invented = max(len(item.found.keys() - wanted.keys()) for item in runs)
            sys.stdout.write(
                f"{loss} % loss  {name:16} {wall_s:7.2f} s  lost {lost}  invented {invented}\n"
            )
            if name == "audit" and (lost or invented):
                misses.append(f"at {loss} % loss: lost {lost}, invented {invented}")
        known = min(_right(item, talkers) for item in mine)
        sys.stdout.write(f"{loss} % loss  audit identified {known} of {len(talkers)}\n")
        if known < len(talkers):
            misses.append(f"at {loss} % loss: identified {known} of {len(talkers)}")
    lab.lose(0)
    return misses + _identification(lab, talkers)


def _right(found: Run, talkers: dict[tuple[str, int], str]) -> int:
    return sum(found.found.get(place) == name for place, name in talkers.items())


def _identification(lab: Lab, talkers: dict[tuple[str, int], str]) -> list[str]:
    mine, peer = ours(lab), theirs(lab, "-sV", "--version-light")
    times = peer.wall_s / mine.wall_s
    sys.stdout.write(
        f"identify  audit {mine.wall_s:.2f} s, {_right(mine, talkers)} right;  nmap -sV"
        f" --version-light {peer.wall_s:.1f} s, {_right(peer, talkers)} right"
        f"{' (ended)' if peer.wall_s >= LONGEST_S else ''};  {times:.0f} times\n"
    )
    misses = [] if times >= GOAL_TIMES else [f"identification {times:.0f} times, {GOAL_TIMES}"]
    if _right(mine, talkers) < _right(peer, talkers):
        misses.append("fewer identified than nmap")
    return misses


def main(rounds: int) -> int:
    """Compare."""
    also = {"nmap": "nmap", "nginx": "nginx-light", "redis-server": "redis-server"}
    if problem := missing(also=also):
        sys.stderr.write(f"{problem}\n")
        return 1
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        lab = Lab(HOSTS, 24, with_traps=False)
        stack.callback(lab.close)
        with served(lab, Path(name)):
            misses = compare(lab, rounds)
    for miss in misses:
        sys.stdout.write(f"missed: {miss}\n")
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
