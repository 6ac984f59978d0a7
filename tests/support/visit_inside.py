"""Visit web addresses where this runs, by its own resolver, and print what came of each as JSON.

Arguments: a folder, and addresses. Names under `.example.vn` are listed as public services.
"""

import json
import sys
from pathlib import Path

from probe_letter import keep, letter_for

from auditor import guard
from auditor.model import Centre, Method, Scope, Site
from auditor.scope import Gate
from auditor.transports import Context
from auditor.transports.net import GatedNetwork
from auditor.web.visit import Call


def main(folder: Path, urls: list[str]) -> None:
    """Visit each once, with the real gate and guard of a run."""
    scope = Scope(services=(".example.vn",), authorisation=letter_for(Method.PLATFORM_ACCESS))
    site = Site(schema="test", centre=Centre(id="test", name="Trung tâm"), scope=scope)
    gate = Gate(scope, site.timezone)
    network = GatedNetwork(Context(site, folder, gate, keep))
    told = []
    for url in urls:
        with guard.probing(gate):
            visit = network.visit(Call(url, timeout_s=5))
        hop = visit.hops[-1] if visit.hops else None
        told.append(
            {
                "trouble": visit.trouble.value if visit.trouble else None,
                "detail": visit.detail,
                "status": visit.status,
                "is_reachable": visit.is_reachable,
                "address": hop.address if hop else None,
                "ip_version": hop.ip_version if hop else None,
            }
        )
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
