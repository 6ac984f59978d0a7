"""What a centre lets the tool do to measure its Internet line."""

from datetime import date
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import urlsplit

from auditor.model.vocabulary import noun


class SpeedBackend(StrEnum):
    """Ways to measure a line; `auditor.transports.speed` has a module for each."""

    HTTP_MULTI = "http-multi"
    IPERF3 = "iperf3"
    NDT7 = "ndt7"
    CLOUDFLARE = "cloudflare"
    SPEEDTEST_CLI = "speedtest-cli"


SERVICES = MappingProxyType(
    {
        SpeedBackend.NDT7: (
            "locate.measurementlab.net",
            ".measurementlab.net",
            ".measurement-lab.org",
        ),
        SpeedBackend.CLOUDFLARE: ("speed.cloudflare.com", ".cloudflare.com"),
        SpeedBackend.SPEEDTEST_CLI: ("www.speedtest.net", ".speedtest.net", ".ookla.com"),
    }
)
"""Public services: the host that each begins with when no server is named, and its domains."""


@noun
class SpeedServer:
    """A server to measure against. `url` may be empty where the backend finds one itself.

    `country` is the ISO 3166 code of where it stands; "" means not known. `allowed_by` says who
    let the centre use it. Paths are relative to `url` and follow LibreSpeed; `ca_file` holds the
    certificate of the authority that signed the server's, where the system does not know it.
    """

    backend: SpeedBackend
    url: str = ""
    name: str = ""
    operator: str = ""
    country: str = ""
    allowed_by: str = ""
    download_path: str = "garbage.php"
    upload_path: str = "empty.php"
    ping_path: str = "empty.php"
    ca_file: str = ""

    @property
    def host(self) -> str:
        """The host of its URL; "" where there is none or it cannot be read."""
        try:
            return urlsplit(self.url).hostname or ""
        except ValueError:
            return ""

    @property
    def is_public(self) -> bool:
        """Whether it belongs to a public service, whose terms somebody has to agree to."""
        domains = SERVICES.get(self.backend, ())[1:]
        return self.backend in SERVICES and (not self.url or f".{self.host}".endswith(domains))


@noun
class ServiceConsent:
    """A named person's consent to use a public service after reading its terms.

    M-Lab publishes the public IP address and the result of every test, for ever.
    """

    backend: SpeedBackend
    by: str
    position: str
    on: date


@noun
class Internet:
    """How the Internet line is measured.

    `samples` is how many pairs (down, up) each server gives in one run, `pause_s` the time between
    two transfers. `max_bytes` holds for one run, both directions together, all servers.
    `ip_versions` are measured one after the other. `series` is the folder that keeps every sample,
    so that several runs on several days count together.
    """

    servers: tuple[SpeedServer, ...]
    consents: tuple[ServiceConsent, ...] = ()
    samples: int = 1
    connections: int = 4
    warmup_s: float = 2.0
    window_s: float = 8.0
    pause_s: float = 10.0
    max_bytes: int = 10_000_000_000
    ip_versions: tuple[int, ...] = (4,)
    series: str = ""
