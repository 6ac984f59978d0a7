"""A look at the network again, from what was kept of it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from auditor.discovery.hosts import rows as host_rows
from auditor.discovery.sightings import Discovered
from auditor.lan.errands import Carrier, Errand, Outcome, State, Tls
from auditor.lan.keeping import (
    MOMENT,
    SERVICES,
    SNMP,
    SURROUNDINGS,
    VENDORS,
    concluded,
    understood,
)
from auditor.lan.survey import Agent, Surroundings, Survey
from auditor.model import Site

_SEEN: TypeAdapter[Discovered] = TypeAdapter(Discovered)
_AGENTS: TypeAdapter[tuple[Agent, ...]] = TypeAdapter(tuple[Agent, ...])
_AROUND: TypeAdapter[Surroundings] = TypeAdapter(Surroundings)
_TLS: TypeAdapter[Tls] = TypeAdapter(Tls)


def discovered(content: bytes) -> Discovered:
    """Return a discovery again. Raises `ValueError`."""
    return _SEEN.validate_json(content)


def surveyed(seen: Discovered, kept: Mapping[str, bytes], site: Site) -> Survey:
    """Return the whole look again. Raises `KeyError`, `ValueError` where something was not kept."""
    services, makers = json.loads(kept[SERVICES]), json.loads(kept[VENDORS])
    return Survey(
        hosts=tuple(host_rows(seen, site.devices)),
        outcomes=tuple(_read(item) for item in services["ports"]),
        agents=_AGENTS.validate_json(kept.get(SNMP, b"[]")),
        surroundings=_AROUND.validate_json(kept[SURROUNDINGS]),
        at=datetime.strptime(services["at"], MOMENT).replace(tzinfo=UTC),
        has_raw=seen.has_raw,
        asked=(*seen.on_link, *seen.routed),
        vendors=makers["makers"],
        vendor_table=makers["table"],
    )


def _read(item: dict[str, Any]) -> Outcome:
    errand = Errand(
        item["address"], item["port"], Carrier(item["transport"]), tuple(item.get("ask", ()))
    )
    state, spoken = State(item["state"]), tuple(item.get("spoken", ()))
    return Outcome(
        errand,
        state,
        concluded(errand, state, understood(errand, spoken), attempts=item["attempts"]),
        _TLS.validate_python(item["tls"]) if "tls" in item else None,
        spoken,
        item["attempts"],
    )
