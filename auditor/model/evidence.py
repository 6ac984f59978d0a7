"""What was seen: targets, planned measurements and observations."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from auditor.model.vocabulary import Failure, Row, Scalar, Text, noun


@noun
class Target:
    """A thing to measure. `url` says how to reach it and never holds a secret.

    Role `storage` marks what stores the centre's data; `server` and `workstation` say what a
    machine is used as, where its system does not tell.

    `local:`, `ssh://user@host:port`, `winrm://user@host:port`, `facts:FILE` (a collector's output
    carried by hand), `replay:folder`, `doc:` (the site file and the documents it names), `net:`.

    For `ssh:`: `host_key` pins the machine's key ("SHA256:…"); `via` names another target to go
    through; `key_file` is a private key; `password_from` says where the password is, "env:NAME" or
    "keyring:SERVICE/USER"; `platform` is "posix" or "windows"; `sudo` asks for `sudo -n`.
    """

    name: str
    url: str
    roles: tuple[str, ...] = ()
    information_systems: tuple[str, ...] = ()
    host_key: str = ""
    via: str = ""
    key_file: str = ""
    password_from: str = ""
    platform: str = "posix"
    sudo: bool = False

    @property
    def scheme(self) -> str:
        """The part of the URL that chooses the transport."""
        return self.url.partition(":")[0]


@noun
class Capture:
    """Raw bytes behind an observation, kept in the evidence folder under their digest.

    `exit_code` and `stderr_sha256` are set for commands only.
    """

    request: str
    sha256: str
    size_bytes: int
    exit_code: int | None = None
    stderr_sha256: str = ""


@noun
class Measured:
    """Rows with the probe's declared columns. `limitations` say what the rows cannot tell."""

    rows: tuple[Row, ...]
    limitations: tuple[Text, ...] = ()


@noun
class NotMeasured:
    """A measurement that did not happen, and why. `detail` is technical and comes from outside."""

    failure: Failure
    detail: str


@noun
class Measurement:
    """One planned act: this probe, with these parameters, on that target."""

    probe: str
    target: str
    params: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Stable identity of the act inside one run, readable in findings and in the journal."""
        if not self.params:
            return f"{self.probe}@{self.target}"
        params = ",".join(f"{name}={self.params[name]}" for name in sorted(self.params))
        return f"{self.probe}({params})@{self.target}"


@noun
class Challenge:
    """What an appraiser asks a run to carry, so that it cannot be older than the question.

    `nonce_sha256` commits to 32 random bytes that the appraiser keeps until the pack is there.
    """

    nonce_sha256: str
    issuer: str
    issued_at: datetime


@noun
class Observation:
    """What one measurement saw. `vantage` names the machine that looked.

    `challenge` is the `nonce_sha256` under which it was measured, empty for none.
    """

    measurement: Measurement
    probe_version: int
    vantage: str
    started_at: datetime
    duration_s: float
    result: Measured | NotMeasured
    captures: tuple[Capture, ...] = ()
    challenge: str = ""
