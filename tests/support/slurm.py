"""A small Slurm cluster in namespaces of its own: munged, slurmctld and, if wanted, slurmd.

The other machines that its configuration names do not exist, so their nodes never answer.
Everything listens in a network namespace; this machine's own /etc/slurm is not touched.
"""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HOST, ADDRESS = "dang-nhap", "10.79.0.1"
_SETTINGS = """\
ClusterName=tinh-toan
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
GresTypes=gpu
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmdParameters=config_overrides
MpiDefault=none
ReturnToService=2
"""
NODES = """\
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 RealMemory=1000 State=UNKNOWN
NodeName=gpu[1-3] NodeAddr=127.0.0.1 Port=7001-7003 CPUs=64 RealMemory=256000 Gres=gpu:a100:4
PartitionName=chung Nodes={host},gpu[1-3] Default=YES State=UP
PartitionName=gpu Nodes=gpu[1-3] State=UP
PartitionName=dong Nodes={host} State=DOWN
"""
"""One node that lives, three that do not; it stands in two partitions, one of them closed."""

NO_NODES = "NodeName={host} NodeAddr=127.0.0.1 CPUs=1\nPartitionName=trong Default=YES State=UP\n"
_HOLD = """\
ip link set lo up && hostname {host} && mount --bind {folder}/etc /etc/slurm &&
mount --bind {folder}/hosts /etc/hosts &&
ip link add eth0 type veth peer name eth1 && ip address add {address}/24 dev eth0 &&
ip link set eth0 up && ip link set eth1 up && echo ready && exec sleep 600
"""


@dataclass
class Cluster:
    """What was started; `inside` is the prefix of commands on the cluster's machine."""

    folder: Path
    inside: tuple[str, ...]
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def run(self, *command: str) -> "subprocess.CompletedProcess[bytes]":
        """Run a command on its machine."""
        return subprocess.run(
            (*self.inside, *command), capture_output=True, check=False, timeout=30
        )

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        """Start a daemon there; it is ended with the cluster."""
        with (self.folder / f"{Path(command[0]).name}.log").open("wb") as log:
            daemon = subprocess.Popen(
                (*self.inside, *command), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self.running.append(daemon)
        return daemon

    def wait_for(self, words: bytes) -> None:
        """Wait until `scontrol ping` or `sinfo` shows these words, at most fifteen seconds."""
        said = b""
        for _attempt in range(150):
            said = self.run("sh", "-c", "scontrol ping; sinfo -h -o '%N|%t'").stdout
            if words in said:
                return
            time.sleep(0.1)
        message = f"{words!r} not in {said!r}"
        raise TimeoutError(message)


def is_possible() -> bool:
    """Whether this machine can start one."""
    path = "/usr/sbin:/usr/bin:/sbin:/bin"
    needed = ("slurmctld", "slurmd", "munged", "sinfo", "unshare", "nsenter", "ip")
    return os.geteuid() == 0 and all(shutil.which(name, path=path) for name in needed)


@contextlib.contextmanager
def machine(folder: Path, nodes: str = NODES) -> Iterator[Cluster]:
    """Make the machine, with Slurm's configuration but no daemon of it."""
    for name in ("etc", "state", "spool"):
        (folder / name).mkdir()
    (folder / "munge.key").write_bytes(os.urandom(128))
    (folder / "munge.key").chmod(0o600)
    (folder / "hosts").write_text(f"127.0.0.1 {HOST} localhost\n")
    text = (_SETTINGS + nodes).format(host=HOST, folder=folder)
    (folder / "etc" / "slurm.conf").write_text(text)
    hold = _HOLD.format(host=HOST, folder=folder, address=ADDRESS)
    holder = subprocess.Popen(
        ("unshare", "--mount", "--net", "--uts", "sh", "-c", hold), stdout=subprocess.PIPE
    )
    inside = ("nsenter", "-t", str(holder.pid), "--mount", "--net", "--uts", "--")
    cluster = Cluster(folder, inside, [holder])
    try:
        if holder.stdout is None or holder.stdout.readline() != b"ready\n":
            message = "no namespaces here"
            raise OSError(message)
        yield cluster
    finally:
        for daemon in reversed(cluster.running):
            daemon.terminate()
            try:
                daemon.wait(5)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait(5)
        if holder.stdout is not None:
            holder.stdout.close()


def munge(cluster: Cluster) -> None:
    """Start what signs messages."""
    files = {"key-file": "key", "socket": "socket", "pid-file": "pid", "log-file": "log"}
    files["seed-file"] = "seed"
    places = [f"--{name}={cluster.folder}/munge.{end}" for name, end in files.items()]
    cluster.start("munged", "--foreground", "--force", *places)
    for _attempt in range(100):
        if (cluster.folder / "munge.socket").exists():
            return
        time.sleep(0.05)
    message = "munged did not start"
    raise TimeoutError(message)


@contextlib.contextmanager
def cluster_in(folder: Path, nodes: str = NODES, *, with_node: bool = True) -> Iterator[Cluster]:
    """Start a controller and, if wanted, the one node that lives."""
    with machine(folder, nodes) as cluster:
        munge(cluster)
        cluster.start("slurmctld", "-D")
        cluster.wait_for(b" is UP")
        if with_node:
            cluster.start("slurmd", "-D", "-N", HOST)
            cluster.wait_for(f"{HOST}|idle".encode())
        yield cluster
