"""What the enemies in the office say: configurations of real daemons, and stand-ins."""

from pathlib import Path

ESCAPE = "\x1b]0;hacked\x07\x1b[2J"
MARKUP = "<script>alert(1)</script>"

WEB = f"""daemon off; pid FOLDER/nginx.pid; error_log stderr; user root;
events {{ worker_connections 64; }}
http {{ access_log off; default_type text/html;
  client_body_temp_path FOLDER/b; proxy_temp_path FOLDER/p; fastcgi_temp_path FOLDER/f;
  uwsgi_temp_path FOLDER/u; scgi_temp_path FOLDER/s;
  server {{ listen ADDRESS:80; return 301 http://PUBLIC/{MARKUP}; }}
  server {{ listen ADDRESS:443 ssl; ssl_certificate FOLDER/tls.crt;
            ssl_certificate_key FOLDER/tls.key; return 307 https://TENANT/; }}
  server {{ listen ADDRESS:5985; return 307 http://PUBLIC:5985/wsman; }}
  server {{ listen ADDRESS:3000; return 302 http://mixed.centre.test/; }}
  server {{ listen ADDRESS:8080; add_header Refresh "0; url=http://OTHER/";
            return 200 '<title>{MARKUP}{ESCAPE}</title><script src="http://PUBLIC/x.js"></script>
<meta http-equiv="refresh" content="0; url=http://OTHER/"><img src="http://TENANT/x.png">'; }} }}
"""

LISTENER = """
import selectors, socket
waiting = selectors.DefaultSelector()
for port in (22, 80, 443, 5985):
    made = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
    waiting.register(made, selectors.EVENT_READ)
while True:
    for key, _ in waiting.select():
        key.fileobj.accept()[0].close()
"""
"""Somebody at home outside, so that a connection there would succeed."""

GREETINGS = r"""
import socket, sys, threading, time
EVIL = b"\x1b]0;hacked\x07\x1b[2J<script>alert(2)</script>"
HEAD = b"HTTP/1.1 302 Found\r\nLocation: http://203.0.113.10/" + EVIL + b"\r\n Set-Cookie: a\r\n"
WORDS = {22: b"SSH-2.0-" + EVIL + b"\r\n", 21: b"220 " + EVIL + b"\r\n",
         25: b"220 " + EVIL + b"\r\n", 8080: HEAD + b"Refresh: 0; url=//8.8.8.8/\r\n\r\n"}
def serve(listener, words):
    while True:
        caller, _ = listener.accept()
        try:
            caller.sendall(words)
            time.sleep(0.3)
        except OSError:
            pass
        caller.close()
for port, words in WORDS.items():
    listener = socket.create_server((sys.argv[1], port))
    threading.Thread(target=serve, args=(listener, words), daemon=True).start()
time.sleep(3600)
"""
"""Escape codes and markup in greetings; a redirect whose field goes on over the line."""

LOCATE = r"""
import http.server, json, sys
words = ("ndt/v7/download", "ndt/v7/upload")
way = {f"ws:///{word}": f"ws://{sys.argv[2]}/{word}" for word in words}
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        said = json.dumps({"results": [{"urls": way}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)
http.server.HTTPServer((sys.argv[1], 8081), Answer).serve_forever()
"""
"""A locate service of M-Lab's kind that names a server outside."""

REBINDING = """
import socket, sys
import dns.message, dns.rrset
good, bad = sys.argv[2:4]
opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
opened.bind((sys.argv[1], 5354))
asked = 0
while True:
    query, peer = opened.recvfrom(512)
    question = dns.message.from_wire(query)
    answer = dns.message.make_response(question)
    if question.question[0].rdtype == 1:
        asked += 1
        where = good if asked % 2 else bad
        answer.answer = [dns.rrset.from_text(question.question[0].name, 0, "IN", "A", where)]
    opened.sendto(answer.to_wire(), peer)
"""
"""A name that is inside when it is asked the first time, and outside the next."""


def names(folder: Path, address: str, link: str, outside: tuple[str, ...]) -> Path:
    """Configure dnsmasq: names with good and bad addresses, leases whose options point outside."""
    good = "10.50.0.13"
    hosts = folder / "hosts"
    entries = [(good, "mixed"), *((bad, "mixed") for bad in outside), (outside[0], "outside")]
    entries += [("fd50::66", "six"), (outside[2], "six"), (outside[4], "tenant"), (good, "good")]
    hosts.write_text("".join(f"{where} {name}.centre.test\n" for where, name in entries))
    conf = folder / "dnsmasq.conf"
    conf.write_text(
        f"no-resolv\nno-hosts\nno-ping\nuser=root\npid-file=\naddn-hosts={hosts}\n"
        f"interface={link}\nbind-interfaces\nexcept-interface=lo\n"
        f"server=/rebind.centre.test/{address}#5354\n"
        f"dhcp-range=10.50.0.112,10.50.0.119,2m\ndhcp-broadcast\ndhcp-leasefile={folder}/leases\n"
        f"dhcp-option=3,{outside[0]}\ndhcp-option=6,{outside[1]}\ndhcp-option=42,{outside[0]}\n"
        f"dhcp-boot=pxelinux.0,boss,{outside[0]}\n"
    )
    return conf


def snmp(folder: Path, outside: str) -> Path:
    """Configure snmpd: escape codes and markup in the system group, LLDP neighbours outside."""
    evil = f"{ESCAPE}{MARKUP}"
    remote = "1.0.8802.1.1.2.1.4"
    management = ".".join(("1", "4", *outside.split(".")))
    conf = folder / "snmpd.conf"
    conf.write_text(
        f"rocommunity bimat\nsysDescr Switch {evil}\nsysLocation http://{outside}/{evil}\n"
        f"sysContact http://{outside}/\nsysName {MARKUP}\n"
        f'override {remote}.1.1.5.0.1.1 octet_str "{outside}"\n'
        f'override {remote}.1.1.7.0.1.1 octet_str "{MARKUP}"\n'
        f'override {remote}.1.1.9.0.1.1 octet_str "{evil}"\n'
        f"override {remote}.2.1.3.0.1.1.{management} integer 2\n"
    )
    return conf
