"""A Zabbix server as far as an agent needs one: hands out one active check, takes the values."""

import json
import socketserver
import struct

HEADER = struct.Struct("<4sBII")  # magic, flags, length, reserved
MAGIC = b"ZBXD"
PROTOCOL = 1
CHECKS = [
    {
        "key": "agent.ping",
        "key_orig": "agent.ping",
        "itemid": 1,
        "delay": "2",
        "lastlogsize": 0,
        "mtime": 0,
    }
]


class Agent(socketserver.StreamRequestHandler):
    """One request of an agent, answered and closed, as the real server does."""

    timeout = 5

    def handle(self) -> None:
        """Answer `active checks` with the list, everything else with success."""
        head = self.rfile.read(HEADER.size)
        if len(head) < HEADER.size:
            return
        magic, _flags, length, _reserved = HEADER.unpack(head)
        if magic != MAGIC:
            return
        request = json.loads(self.rfile.read(length))
        if request["request"] == "active checks":
            self.answer({"response": "success", "data": CHECKS})
        else:
            self.answer({"response": "success", "info": "processed: 1; failed: 0; total: 1"})

    def answer(self, content: dict[str, object]) -> None:
        """Send one framed answer."""
        body = json.dumps(content).encode()
        self.wfile.write(HEADER.pack(MAGIC, PROTOCOL, len(body), 0) + body)


class Server(socketserver.ThreadingTCPServer):
    """Several agents at once."""

    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    Server(("0.0.0.0", 10051), Agent).serve_forever()  # noqa: S104 the lab's own network
