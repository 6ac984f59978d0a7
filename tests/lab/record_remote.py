"""Record what the probes of remote work and of artificial intelligence see in two small centres.

Each centre lives in network namespaces (tests/support/remote_lab.py) and is looked at from a place
outside. In the orderly one OpenVPN and a TLS gateway answer and its firewall shuts off the remote
desktops; in the other one nothing answers as declared, the certificate ends in ten days, Telnet
stands open to the Internet, and a page of HTML stands in for a model. Needs root, nftables,
nginx-light, openvpn and busybox.
`python tests/lab/record_remote.py` rewrites profiles/recordings/remote-*.json.
"""

import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import record_lan
import recordings
import yaml
from centre_folder import paper

from auditor import DEFAULT_PROFILE, profile
from auditor.site_rules import SCHEMA

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
import ai_server
import remote_lab
import service_daemons
import vpn_daemons
from service_house import SETTERS, House, run

PROBES = frozenset({"remote_work", "ai_use", "declarations"})
AI_PORT = 8811


def site_of(folder: Path, *, in_order: bool) -> Path:
    """Write the site file and the papers that it rests on."""
    today = datetime.now(UTC).date()
    (folder / "letter.pdf").write_bytes(paper("Văn bản cho phép rà soát"))
    (folder / "dia-chi.pdf").write_bytes(paper("Hợp đồng cấp địa chỉ IP"))
    host = remote_lab.SHUT if in_order else remote_lab.OPEN
    gateway = {"name": "cong-tls", "kind": "tls" if in_order else "sstp", "host": host}
    openvpn = {"name": "openvpn", "kind": "openvpn_udp", "host": host}
    base = f"http://127.0.0.1:{AI_PORT}"
    letter = {
        **record_lan.LETTER,
        "methods": ["service_probes", "platform_access"],
        "issued_on": today.isoformat(),
        "expires_on": (today + timedelta(days=1)).isoformat(),
        "file": "letter.pdf",
    }
    site = {
        "schema": SCHEMA,
        "centre": {"id": "lam-viec-tu-xa", "name": "Bản ghi làm việc từ xa mẫu"},
        "scope": {
            "networks": [remote_lab.PUBLIC],
            "ownership": [{"network": remote_lab.PUBLIC, "file": "dia-chi.pdf"}],
            "packets_per_second": 500,
            "authorisation": letter,
        },
        "remote_work": {
            "endpoints": [openvpn, gateway],
            "public_addresses": [host],
            "outside": [{"place": "đường 4G", "network": f"{remote_lab.OUTSIDE}/32"}],
        },
        "ai_uses": [
            {
                "purpose": "Tóm tắt văn bản đến",
                "process": "Văn thư",
                "users": 5,
                "endpoint": {
                    "url": f"{base}/v1" if in_order else f"{base}/page",
                    "kind": "openai_models",
                },
            }
        ],
    }
    path = folder / "centre.yaml"
    path.write_text(yaml.safe_dump(site, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def _people(house: House, *, in_order: bool) -> None:
    """Start what answers in the centre."""
    vpn_daemons.certificates(house)
    if in_order:
        vpn_daemons.openvpn(house)
    else:
        SETTERS["telnet"](house)
    run(
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
        *("-nodes", "-days", "365" if in_order else "10", "-subj", "/CN=vpn.trung-tam.test"),
        *("-keyout", str(house.folder / "tls.key"), "-out", str(house.folder / "tls.crt")),
    )
    SETTERS["web"](house)


def record(name: str, *, in_order: bool) -> None:
    """Build a centre, look at it from outside, keep the recording."""
    if not service_daemons.__doc__:
        raise ImportError(service_daemons.__name__)  # it registers the daemons
    criteria = profile.load(DEFAULT_PROFILE).profile
    with (
        tempfile.TemporaryDirectory() as daemons,
        tempfile.TemporaryDirectory() as folder,
        remote_lab.lab(Path(daemons)) as house,
    ):
        _people(house, in_order=in_order)
        outside = remote_lab.elsewhere(house, "o")
        with (
            remote_lab.standing(outside),
            ai_server.ai_server(Path(daemons), [AI_PORT]),
        ):
            site = site_of(Path(folder), in_order=in_order)
            recordings.record(name, site, criteria, only=PROBES)


def main() -> None:
    """Record both."""
    for name, in_order in (("remote-in-order", True), ("remote-in-disorder", False)):
        record(name, in_order=in_order)


if __name__ == "__main__":
    main()
