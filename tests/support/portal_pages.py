"""What portals to high-performance computing answer: JupyterHub as captured, others as documented.

A page of the captures is told by `captured`; `PAGES` are for `ai_server.ai_server(pages=...)`.
"""

from pathlib import Path

_CAPTURES = Path(__file__).parents[1] / "captures" / "portals"
_NGINX_BRACES = str.maketrans({"{": "{{", "}": "}}"})


def captured(name: str) -> tuple[int, bytes]:
    """Return status and body of an answer that a real hub gave."""
    head, _gap, body = (_CAPTURES / name).read_bytes().partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), body


def _location(path: str, name: str) -> str:
    status, body = captured(name)
    text = body.decode().translate(_NGINX_BRACES)
    return f"    location = {path} {{{{ return {status} '{text}'; }}}}\n"


PAGES = (
    _location("/hub/api", "jupyterhub-api.txt")
    + _location("/closed/hub/api", "jupyterhub-users.txt")
    + """
    location = /old/hub/api {{ return 200 '{{"version": 5}}'; }}
    location = /words/hub/api {{ return 200 '{{"version": "<b>1.0</b>"}}'; }}
    location = /broken/hub/api {{ return 500; }}
    location = / {{ return 302 /pun/sys/dashboard; }}
    location = /pun/sys/dashboard {{ return 302 /dex/auth; }}
    location = /dex/auth {{ default_type text/html;
      return 200 "<!doctype html><form><input type='password'></form>"; }}
    location = /health {{ return 200 "OK"; }}
    location = /health.json {{ return 200 '{{"status": "ok"}}'; }}
    location = /secret {{ if ($http_authorization = "Bearer {token}") {{ return 204; }}
      return 401; }}
    location /page {{ default_type text/html; return 200 "<!doctype html><title>Cổng</title>"; }}
"""
)
"""The root is that of an Open OnDemand whose login (Dex) stands on the same host."""


ROOT = """
    location = / {{ return 302 TARGET; }}
    location /pun/sys/ {{ return 401; }}
    location /pun/sys/shut {{ return 403; }}
    location /pun/sys/broken {{ return 500; }}
    location /pun/sys/gone {{ return 404; }}
    location /pun/sys/away {{ return 302 https://out.example/login; }}
    location /portal {{ default_type text/html; return 200 "<!doctype html>"; }}
"""
"""`TARGET` is where the root leads."""


def root(target: str) -> str:
    """Return pages of a server whose root leads to `target`, and whose apps want a login."""
    return ROOT.replace("TARGET", target)
