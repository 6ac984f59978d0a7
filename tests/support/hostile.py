"""Servers that misbehave, on loopback, each in a few lines."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Behaviour = Callable[[socket.socket, threading.Event], None]

BANNER = b"SSH-2.0-OpenSSH_9.2p1\r\n"
LINGER_RESET = b"\x01\0\0\0\0\0\0\0"


def silent(_stream: socket.socket, stop: threading.Event) -> None:
    """Accept and never speak."""
    stop.wait()


def resets(stream: socket.socket, _stop: threading.Event) -> None:
    """Break off, as soon as the client can have seen the connection."""
    time.sleep(0.1)
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)


def closes(stream: socket.socket, _stop: threading.Event) -> None:
    """Close politely without a banner, as sshd does beyond MaxStartups."""
    stream.shutdown(socket.SHUT_RDWR)


def floods(stream: socket.socket, stop: threading.Event) -> None:
    """Send text without a line end for ever."""
    while not stop.is_set():
        stream.sendall(b"A" * 65536)


def floods_lines(stream: socket.socket, stop: threading.Event) -> None:
    """Send greeting lines for ever."""
    while not stop.is_set():
        stream.sendall(b"welcome\r\n" * 4096)


def web(stream: socket.socket, stop: threading.Event) -> None:
    """Be a web server."""
    stream.sendall(b"HTTP/1.1 400 Bad Request\r\nServer: \xff\xfe\x1b[31m\r\n\r\n" + b"x" * 8192)
    stop.wait(1)


def binary(stream: socket.socket, stop: threading.Event) -> None:
    """Send bytes that are no text."""
    stream.sendall(b"\x00\x9f\xff\xfe\x80garbage")
    stop.wait()


def old(stream: socket.socket, stop: threading.Event) -> None:
    """Speak SSH 1 only."""
    stream.sendall(b"SSH-1.5-Cisco-1.25\n")
    stop.wait()


def drips(stream: socket.socket, stop: threading.Event) -> None:
    """Send a banner byte by byte, then a key exchange byte by byte."""
    with suppress(OSError):
        for byte in BANNER + b"\0\0\1\x0c\x06\x14" + bytes(1000):
            stream.sendall(bytes([byte]))
            if stop.wait(0.2):
                return


def silent_after_banner(stream: socket.socket, stop: threading.Event) -> None:
    """Never begin the key exchange."""
    stream.sendall(BANNER)
    stop.wait()


def closes_after_banner(stream: socket.socket, _stop: threading.Event) -> None:
    """Close in the middle."""
    stream.sendall(BANNER)
    stream.recv(1000)
    time.sleep(0.05)


def nonsense_after_banner(stream: socket.socket, stop: threading.Event) -> None:
    """Send a key exchange that is none."""
    stream.sendall(BANNER + b"\0\0\0\x2c\x06\x14" + b"\xff" * 60)
    stop.wait()


def huge_packet(stream: socket.socket, stop: threading.Event) -> None:
    """Announce a packet of two gigabytes and begin to send it."""
    stream.sendall(BANNER + b"\x7f\xff\xff\xf4")
    with suppress(OSError):
        while not stop.is_set():
            stream.sendall(b"\0" * 65536)


@contextmanager
def server(behaviour: Behaviour) -> Iterator[int]:
    """Listen on loopback, treat every client like this, give the port."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        acceptor = threading.Thread(target=_accept, args=(listening, behaviour, stop))
        acceptor.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            stop.set()
            acceptor.join()


def _accept(listening: socket.socket, behaviour: Behaviour, stop: threading.Event) -> None:
    clients = []
    while not stop.is_set():
        try:
            stream, _address = listening.accept()
        except TimeoutError:
            continue
        stream.settimeout(5)
        client = threading.Thread(target=_serve, args=(stream, behaviour, stop))
        client.start()
        clients.append(client)
    for client in clients:
        client.join()


def _serve(stream: socket.socket, behaviour: Behaviour, stop: threading.Event) -> None:
    with stream, suppress(OSError):
        behaviour(stream, stop)
