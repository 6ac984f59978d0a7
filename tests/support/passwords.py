"""An SSH server that asks for a password, made of paramiko's own server side."""

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import paramiko
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_SUCCEEDED
from paramiko.server import InteractiveQuery


@dataclass
class Desk(paramiko.ServerInterface):
    """Lets in who knows the password, runs nothing, prints `answer`, or never answers at all."""

    password: str
    answer: bytes = b"welcome\n"
    is_mute: bool = False
    asks_by_dialogue: bool = False

    def get_allowed_auths(self, username: str) -> str:
        """Name the one method."""
        del username
        return "keyboard-interactive" if self.asks_by_dialogue else "password"

    def check_auth_password(self, username: str, password: str) -> int:
        """Compare."""
        del username
        return AUTH_SUCCESSFUL if password == self.password else AUTH_FAILED

    def check_auth_interactive(self, username: str, submethods: str) -> InteractiveQuery:
        """Ask one question."""
        del username, submethods
        return InteractiveQuery("", "", ("Password: ", False))

    def check_auth_interactive_response(self, responses: list[str]) -> int:
        """Compare."""
        return self.check_auth_password("", responses[0])

    def check_channel_request(self, kind: str, chanid: int) -> int:
        """Allow sessions."""
        del kind, chanid
        return OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        """Print the answer and end; a mute server keeps the asker waiting."""
        del command
        if self.is_mute:
            threading.Event().wait(5)
            return False
        threading.Thread(target=self._answered, args=(channel,)).start()
        return True

    def _answered(self, channel: paramiko.Channel) -> None:
        threading.Event().wait(0.1)  # the reply to the request goes out first
        with suppress(OSError, EOFError):  # the client may have left
            channel.sendall(self.answer)
            channel.send_exit_status(0)
            channel.close()


@dataclass
class Asks:
    """A behaviour for `hostile.server`: a whole SSH session with that desk."""

    host_key: Path
    desk: Desk

    def __call__(self, stream: socket.socket, stop: threading.Event) -> None:
        """Serve one client."""
        transport = paramiko.Transport(stream)
        transport.add_server_key(paramiko.PKey.from_path(self.host_key))
        try:
            transport.start_server(server=self.desk)
            while transport.is_active() and not stop.wait(0.05):
                pass
        except (paramiko.SSHException, EOFError):
            return  # the client left
        finally:
            transport.close()
