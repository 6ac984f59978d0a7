"""Showing who we are: with what the site names and nothing else, never asking anyone."""

import os
from functools import lru_cache
from pathlib import Path

from paramiko import Agent, AuthenticationException, PasswordRequiredException, PKey, Transport
from paramiko.ssh_exception import SSHException

from auditor import guard
from auditor.model import Failure, Target
from auditor.transports import Context
from auditor.transports.secrets import looked_up
from auditor.transports.ssh_stages import FAULTS, Progress, Stage

_AUTH_WAIT_S = 20.0
_MOST_AGENT_KEYS = 5
"""sshd ends the connection at the sixth refused key (MaxAuthTries)."""


def authenticate(
    transport: Transport, user: str, target: Target, context: Context, progress: Progress
) -> str:
    """Log in and return by what. Raises `CannotMeasure` or one of paramiko's errors.

    With `key_file` or `password_from` only these are used, in this order (both, where the server
    asks for both); with neither, the keys of the user's SSH agent.
    """
    progress.stage = Stage.AUTH
    transport.auth_timeout = progress.deadline.left(_AUTH_WAIT_S)
    used: list[str] = []
    if target.key_file:
        key = _key(context.site_folder / Path(target.key_file).expanduser(), progress)
        used.append(f"key_file ({key.get_name()} {key.fingerprint})")
        if _accepted(transport, user, key, is_last=not target.password_from):
            return used[0]
    if target.password_from:
        secret = looked_up(target.password_from, context.gate)
        used.append(f"password_from {target.password_from}")
        if not transport.auth_password(user, secret.reveal()):
            return " + ".join(used)
        raise progress.failure(Failure.AUTH_FAILED, "the server asks for more than a password")
    if used:
        raise progress.failure(Failure.AUTH_FAILED, "the server asks for more than a key")
    return _by_agent(transport, user, context, progress)


def _accepted(transport: Transport, user: str, key: PKey, *, is_last: bool) -> bool:
    """Offer a key; where a password may follow, a refused key is no end."""
    try:
        return not transport.auth_publickey(user, key)
    except AuthenticationException:
        if is_last or not transport.is_active():
            raise
        return False


def _by_agent(transport: Transport, user: str, context: Context, progress: Progress) -> str:
    if not os.environ.get("SSH_AUTH_SOCK") and os.name != "nt":
        raise progress.failure(
            Failure.AUTH_FAILED, "no SSH agent, and the site names neither key_file nor password"
        )
    with guard.through(context.gate):  # the agent answers on a local socket
        agent = Agent()
    try:
        keys = agent.get_keys()[:_MOST_AGENT_KEYS]
        if not keys:
            raise progress.failure(Failure.AUTH_FAILED, "the SSH agent holds no key")
        for key in keys:
            if _accepted(transport, user, key, is_last=key is keys[-1]):
                return f"agent ({key.get_name()} {key.fingerprint})"
        raise progress.failure(Failure.AUTH_FAILED, "no key of the agent is enough")
    finally:
        agent.close()


def _key(path: Path, progress: Progress) -> PKey:
    """Read a private key, once for all machines. Raises `CannotMeasure` without its content."""
    problem = ""
    try:
        stat = path.stat()
        return _loaded(path, stat.st_mtime_ns, stat.st_size)
    except (PasswordRequiredException, TypeError):  # TypeError: cryptography's word for it
        problem = "has a passphrase: add it to the SSH agent and leave key_file out"
    except OSError as error:
        problem = error.strerror or type(error).__name__
    except (SSHException, *FAULTS) as error:
        problem = f"is no usable private key ({type(error).__name__})"
    raise progress.failure(Failure.AUTH_FAILED, f"key_file {path}: {problem}")


@lru_cache(maxsize=32)
def _loaded(path: Path, _changed_at: int, _size: int) -> PKey:
    return PKey.from_path(path)
