"""`audit serve-speed`: a server that centres measure their lines against."""

from pathlib import Path

import click

from auditor import saying
from auditor.cli.options import FILE, language_option
from auditor.cli.page import echo
from auditor.errors import BadInput, CannotPerform, Problem
from auditor.language import _
from auditor.transports.speed.server import SpeedServer, TlsContext, public_addresses, tls_context

EVERYWHERE = "0.0.0.0"  # noqa: S104 - refused below where the machine has a public address
_USUAL_PORT = 8989


@click.command(
    "serve-speed",
    help=_("Be a server for speed tests, with LibreSpeed's paths; Ctrl-C ends it."),
    epilog=_(
        "Example: audit serve-speed --port 8989 --certificate server.pem --key server.key. It needs"
        " a faster line than those that are measured, and keeps nothing of what it receives."
    ),
)
@click.option("--bind", default="", help=_("address to listen on; needed for a public one"))
@click.option(
    "--port", type=click.IntRange(0, 65535), default=_USUAL_PORT, show_default=True, help=_("port")
)
@click.option(
    "--most-mbps",
    type=click.FloatRange(0.1, 100_000),
    help=_("hold each connection to so many Mbit/s, to spare the line"),
)
@click.option("--certificate", type=FILE, help=_("certificate chain (PEM), for https"))
@click.option("--key", type=FILE, help=_("its key (PEM)"))
@language_option
def command(
    *, bind: str, port: int, most_mbps: float | None, certificate: Path | None, key: Path | None
) -> None:
    """Be a server for speed tests."""
    if not bind and (public := public_addresses()):
        raise CannotPerform(
            _(
                "This machine has a public address ({addresses}), so anybody could use the server."
                " Say where to listen with --bind ADDRESS",
                addresses=", ".join(public),
            )
        )
    tls = _tls(certificate, key)
    try:
        server = SpeedServer(bind or EVERYWHERE, port, tls, most_mbps)
    except (OSError, OverflowError) as error:
        reason = saying.system(error) if isinstance(error, OSError) else str(error)
        raise CannotPerform(
            _("{place}: {error}", place=f"{bind or EVERYWHERE}:{port}", error=reason)
        ) from error
    shown = f"[{bind}]" if ":" in bind else bind or EVERYWHERE
    scheme = "https" if tls else "http"
    with server:
        echo(_("Listening on {url}", url=f"{scheme}://{shown}:{server.port}/"))
        server.serve_forever()


def _tls(certificate: Path | None, key: Path | None) -> TlsContext | None:
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise BadInput(
            Problem("--certificate", _("missing field"), _("Give both --certificate and --key."))
        )
    try:
        return tls_context(certificate, key)
    except OSError as error:
        raise BadInput(
            Problem(
                str(certificate),
                _("no usable certificate with its key ({error})", error=error),
                _("Give PEM files that belong together."),
            )
        ) from error
