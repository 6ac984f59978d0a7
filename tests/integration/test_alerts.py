"""Alerts on their whole way: from two runs, or a site file, to real receivers on loopback."""

from __future__ import annotations

import base64
import json
import subprocess
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import alert_receivers
import canaries
import pytest
import yaml

from auditor.alerts import message, wording
from auditor.alerts.occasion import Kept
from auditor.model import Text
from auditor.model.alerts import (
    AlertRules,
)
from auditor.transports import alert_services, alert_webhook
from auditor.transports.alert_failure import NotDelivered, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alert_receivers import Inbox

    from tests.integration.conftest import Program

DOCS = Path(__file__).parent.parent.parent / "docs"
NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawX"  # noqa: S105 - made up for these tests
CANARY = "may-chu-bi-mat-7f3a"
"""The name of a machine: it may be in no alert without `details`."""
HOSTILE = (
    "<!channel> <b>*đậm*</b> _x_ [bấm](https://xau.example) @everyone `mã` &lt;i&gt;\r\nBcc: x@y"
)
OPEN_SIGNS = "<>*_`[]@"


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inbox]:
    """Run the receivers."""
    with alert_receivers.receiving(tmp_path_factory.mktemp("inbox")) as running:
        yield running


@pytest.fixture
def keyed(tmp_path: Path, inbox: Inbox) -> Path:
    """Return a folder with the centre's key and the receivers' authority."""
    return alert_receivers.keyed_folder(tmp_path, inbox)


def urls(inbox: Inbox) -> dict[str, str]:
    """Return the address of each service, as a person would write it for Apprise."""
    return {
        "mail": f"mailto://127.0.0.1:{inbox.mail}?from=audit@thu.example&to=it@thu.example",
        "telegram": f"tgram://{TOKEN}/12315544/",
        "zalo": "zalo://123456789:abc-DEF/6ede9afa66b88fe6d6a9/",
        "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#kenh",
        "ntfy": "ntfys://kenh-thu/",
        "own": f"jsons://localhost:{inbox.good}/own",
    }


def site_file(folder: Path, channels: dict[str, str], **rules: Any) -> Path:  # noqa: ANN401
    """Write a site file whose channels have these addresses, each in a private file."""
    listed = []
    for name, url in channels.items():
        secret = folder / f"{name}.url"
        secret.write_text(url + "\n", "utf-8")
        secret.chmod(0o600)
        listed.append({"name": name, "url_from": f"file:{secret}"})
        if url.startswith("https://"):
            listed[-1] |= {"kind": "webhook", "key_file": "khoa.pem", "ca_file": "root.pem"}
    data = {
        "schema": "urn:audit:site:v1",
        "centre": {"id": "thu", "name": "Trung tâm thử"},
        "targets": [{"name": CANARY, "url": "local:"}],
        "alerts": {"channels": listed, **rules},
    }
    file = folder / "site.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    return file


def mail_text(inbox: Inbox) -> str:
    """Return subjects and decoded bodies of the mails."""
    read = [message_from_bytes(m.content, policy=policy.default) for m in inbox.mails]
    bodies = [
        part.get_content() for mail in read for part in mail.walk() if not part.is_multipart()
    ]
    return "\n".join((*(str(mail["subject"]) for mail in read), *bodies))


@pytest.mark.timeout(300)  # eight commands, each with its start
def test_every_channel_is_told_of_a_fall(
    audit: Program, keyed: Path, inbox: Inbox, small_text: str
) -> None:
    """Test, first run, stricter criteria, second run: each channel is told once, with the cause."""
    hook = f"https://localhost:{inbox.good}/hook/bi-mat"
    site = site_file(keyed, urls(inbox) | {"hook": hook})
    tested = audit("alert", "test", site, **inbox.environment)
    assert tested.code == 0, tested.out
    assert len(tested.out.splitlines()) == 7
    assert "TIN THỬ" in mail_text(inbox)
    assert {host for host, _path, _body in inbox.posts} >= {
        *("api.telegram.org", "bot-api.zaloplatforms.com", "hooks.slack.com", "ntfy.sh"),
    }
    inbox.posts.clear()
    inbox.mails.clear()
    profile = keyed / "small.yaml"
    told = {"AUDIT_NO_STORE": "", **inbox.environment}
    for wanted in ("default: 1", "default: 2", "default: 2"):
        profile.write_text(small_text.replace("default: 1", wanted), "utf-8")
        done = audit("run", "--site", site, "--profile", profile, "--quiet", **told)
        assert done.code == (0 if wanted.endswith("1") else 10), done.err
    assert len(inbox.mails) == 1
    assert len(inbox.posts) == 6
    everything = inbox.everything().decode() + mail_text(inbox)
    assert "Đạt → Không đạt" in mail_text(inbox)
    assert "ngưỡng" in mail_text(inbox)
    assert not canaries.found(everything.encode(), [CANARY])
    listed = audit("alert", "list", "--format", "json").json
    assert [item["kind"] for item in listed] == ["drift"]
    assert {line["state"] for line in listed[0]["deliveries"].values()} == {"sent"}
    assert "bi-mat" not in json.dumps(listed)
    quiet = audit("alert", "due", site, "--profile", profile, "--dry-run", "--lang", "en", **told)
    assert quiet.out == "Nothing is to be told.\n"
    (envelope,) = (body for _h, path, body in inbox.posts if path == "/hook/bi-mat")
    assert openssl_says(keyed, envelope) == "Signature Verified Successfully"
    assert openssl_says(keyed, envelope.replace(b'"payload":"e', b'"payload":"f')) != (
        "Signature Verified Successfully"
    )
    payload = json.loads(base64.b64decode(json.loads(envelope)["payload"]))
    assert payload["schema"] == message.SCHEMA
    assert [alert["subject"] for alert in payload["alerts"]] == ["1"]
    assert payload["alerts"][0]["run_id"] in payload["alerts"][0]["text"]["en"]


def openssl_says(folder: Path, envelope: bytes) -> str:
    """Verify an alert by the commands of the guide."""
    (folder / "alert.json").write_bytes(envelope)
    blocks = (DOCS / "guide.en.md").read_text("utf-8").split("```sh\n")
    (commands,) = (block.split("```")[0] for block in blocks if message.PAYLOAD_TYPE in block)
    told = subprocess.run(["sh", "-c", commands], cwd=folder, capture_output=True, check=False)
    return told.stdout.decode().strip()


def test_what_goes_wrong_is_named_with_a_remedy(audit: Program, keyed: Path, inbox: Inbox) -> None:
    """Wrong certificate, refused, 500, 429, redirect, nobody there: no secret in any message."""
    apprise = {
        "wrong": (f"jsons://localhost:{inbox.wrong}/bi-mat", "certificate"),
        "server": (f"jsons://localhost:{inbox.good}/500/bi-mat", "HTTP 500"),
        "many": (f"jsons://localhost:{inbox.good}/429/bi-mat", "HTTP 429"),
        "away": (f"jsons://localhost:{inbox.good}/away/bi-mat", "elsewhere"),
        "nobody": ("jsons://localhost:1/bi-mat", "cannot be reached"),
        "open": ("json://192.0.2.1/bi-mat", "jsons://"),
        "careless": (f"jsons://localhost:{inbox.wrong}/bi-mat?verify=no", "verify=yes"),
        "led": (f"jsons://localhost:{inbox.good}/away/bi-mat?redirect=yes", "redirect=no"),
        "nonsense": ("bi-mat", "address"),
        "hook-wrong": (f"https://localhost:{inbox.wrong}/bi-mat", "certificate"),
        "hook-server": (f"https://localhost:{inbox.good}/500/bi-mat", "HTTP 500"),
        "hook-away": (f"https://localhost:{inbox.good}/away/bi-mat", "elsewhere"),
        "hook-nobody": ("https://localhost:1/bi-mat", "cannot be reached"),
    }
    site = site_file(keyed, {name: url for name, (url, _expected) in apprise.items()})
    done = audit("alert", "test", site, "--lang", "en", **inbox.environment)
    assert done.code == 1
    lines = dict(line.split(": ", 1) for line in done.out.splitlines())
    assert {name: expected in lines[name] for name, (_url, expected) in apprise.items()} == (
        dict.fromkeys(apprise, True)
    ), done.out
    assert "bi-mat" not in done.out + done.err
    assert not [path for _host, path, _body in inbox.posts if "stolen" in path]
    (keyed / "nonsense.url").chmod(0o644)
    readable = audit("alert", "test", site, "--lang", "en", **inbox.environment)
    assert "chmod 600" in readable.out


def test_a_slow_receiver_and_one_that_asks_for_patience(inbox: Inbox) -> None:
    """One is given up, one is believed; http and a login in the address are refused."""
    ca_file, place = inbox.folder / "root.pem", f"https://localhost:{inbox.good}"

    def trouble(url: str, patience_s: float = 5.0) -> NotDelivered:
        with pytest.raises(NotDelivered) as caught:
            alert_webhook.post(url, b"{}", ca_file, NOW, patience_s)
        return caught.value

    assert trouble(f"{place}/slow/0.6", 0.2).trouble is Trouble.TIMEOUT
    assert trouble(f"{place}/429").asked == timedelta(hours=2)
    plain = place.replace("https", "http")
    login = place.replace("//", "//a:b@")
    for url in (plain, login, "https://", "https://[x", "", f"https://localhost:{10**6}"):
        assert trouble(url).trouble is Trouble.ADDRESS, url


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # Apprise's own
def test_hostile_names_become_no_markup(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """With details: no tag, link, emphasis, call to everybody or header, in any channel."""
    for name, value in inbox.environment.items():
        monkeypatch.setenv(name, value)
    inbox.posts.clear()
    inbox.mails.clear()
    text = wording.with_details(Text(vi="Chỉ số 1", en="Indicator 1"), HOSTILE, HOSTILE)
    rules, zone = AlertRules(), ZoneInfo("UTC")
    letter = message.message(
        [Kept(alert_receivers.an_occasion(text), NOW, 1)], "thu", rules, zone, NOW
    )
    for url in urls(inbox).values():
        alert_services.send(url, letter.title, letter.body)
    bodies = {host: json.loads(body) for host, _path, body in inbox.posts}
    assert len(bodies) == 5
    told = {
        "telegram": bodies["api.telegram.org"]["text"],
        "zalo": bodies["bot-api.zaloplatforms.com"]["text"],
        "slack": json.dumps(bodies["hooks.slack.com"]["attachments"], ensure_ascii=False),
        "ntfy": bodies["ntfy.sh"]["message"],
        "mail": mail_text(inbox),
    }
    for channel, words in told.items():
        assert "đậm" in words, channel
        start = words.index("Chỉ số 1")
        said = words[start : words.index("x＠y") + 3]
        assert not set(said) & set(OPEN_SIGNS), (channel, said)
        assert "://" not in said, channel
    read = message_from_bytes(inbox.mails[0].content, policy=policy.default)
    assert read["bcc"] is None
    assert inbox.mails[0].recipients == ("it@thu.example",)
