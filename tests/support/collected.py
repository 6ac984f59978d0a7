"""Collections made for a test, in the frame of the real collector."""

from collections.abc import Mapping
from hashlib import sha256

from auditor import collecting, products
from auditor.collection import Collection, parse
from auditor.model import Target
from auditor.recognition import MachineFacts
from auditor.scripts import wanted
from auditor.site import default
from auditor.transports.capturing import Captures
from auditor.transports.local import LocalHost

MARK = "0123456789abcdef0123456789abcdef"
HEADER = (
    b"platform=%s\nuid=%d\nhostname=h\nrelease=6.1\nmachine=x86_64\n"
    b"clock_start=1795296196 +0700\nlocale=C\nshell=sh\npid=999999\n"
)

Printed = bytes | tuple[bytes, int, bytes]
"""What a section printed; or that, its exit code and its standard error."""

_STATES = {0: "ok", 124: "timeout", 126: "denied", 127: "missing"}


def framed(sections: Mapping[str, Printed], platform: str = "linux", uid: int = 0) -> bytes:
    """Return what the collector would have printed."""
    mark = MARK.encode()
    text = b"#audit-collector 1 " + mark + b"\n"
    said = b""
    header = {"header": HEADER % (platform.encode(), uid)}
    for name, printed in {**header, **sections}.items():
        out, code, err = printed if isinstance(printed, tuple) else (printed, 0, b"")
        state = _STATES.get(code, "failed").encode()
        text += b"#%s begin %s\n%s\n#%s end %d %s whole\n" % (
            *(mark, name.encode(), out),
            *(mark, code, state),
        )
        if err:
            said += b"#%s stderr %s\n%s\n" % (mark, name.encode(), err)
    end = b"#%s stdout %d\n" % (mark, len(text))
    return text + end + said + b"#%s end-of-collection\n" % mark


def made(sections: Mapping[str, Printed], platform: str = "linux", uid: int = 0) -> Collection:
    """Return that collection, taken apart."""
    return parse(framed(sections, platform, uid))


def texts(files: Mapping[str, bytes]) -> bytes:
    """Return the section that holds whole files."""
    return b"".join(
        path.encode() + b":" + line + b"\n"
        for path, content in files.items()
        for line in content.splitlines()
    )


def raw_here(wanted: collecting.Wanted | None = None) -> bytes:
    """Collect this machine, for real."""
    host = LocalHost(Captures(lambda _request, content: sha256(content).hexdigest()))
    script = collecting.script("posix", wanted or collecting.Wanted())
    return host.collect(script, timeout_s=60, max_bytes=1 << 25)


def facts_of(collection: Collection, name: str = "may") -> MachineFacts:
    """Return what a probe is given of a collection, with the shipped catalogue."""
    return MachineFacts(
        collection, products.load(), Target(name=name, url="local:"), default().site
    )


def here() -> MachineFacts:
    """Return what this machine says now, asked as a run asks it."""
    return facts_of(parse(raw_here(wanted(products.load(), "posix"))))
