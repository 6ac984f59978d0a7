"""Programs that tests run where no Debian package plays the part."""

PJLINK = """
import socketserver
ANSWERS = {b"%1INF1 ?": b"%1INF1=Epson", b"%1INF2 ?": b"%1INF2=EB-2250U",
           b"%1NAME ?": b"%1NAME=May chieu hoi truong"}
class Projector(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.sendall(b"PJLINK 0\\r")
        while data := self.request.recv(200):
            for line in data.split(b"\\r"):
                if line:
                    self.request.sendall(ANSWERS.get(line, b"%1ERR=ERR1") + b"\\r")
socketserver.ThreadingTCPServer.allow_reuse_address = True
socketserver.ThreadingTCPServer(("", 4352), Projector).serve_forever()
"""
"""A projector for tests: greeting and answers in the form of PJLink class 1, version 1.04."""

INETD = """
import socket, subprocess
server = socket.create_server(("", 23))
while True:
    caller, _ = server.accept()
    subprocess.Popen(["/usr/sbin/telnetd"], stdin=caller, stdout=caller, stderr=caller)
    caller.close()
"""
"""What inetd does for inetutils' telnetd, which takes a connection as its standard input."""

RAW_PRINTER = """
import socket, sys
server = socket.create_server(("", 9100))
print("ready", flush=True)
while True:
    caller, _ = server.accept()
    caller.settimeout(3)
    try:
        printed = caller.recv(100)
    except OSError:
        printed = b""
    if printed:
        print("PRINTED", printed, flush=True)
    caller.close()
"""
"""Port 9100 of a printer: whatever arrives is written down as printed."""

WINRM = "add_header WWW-Authenticate NTLM always; return 401;"
"""What nginx does at /wsman: asks for a login as Windows would, and lets nobody in."""
