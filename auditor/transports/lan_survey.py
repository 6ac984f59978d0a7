"""The shared survey, as an access to the network gives it: measured when first asked for."""

from auditor.discovery.sightings import Discovered
from auditor.lan.survey import Survey
from auditor.model import Row
from auditor.transports.files import opened
from auditor.transports.from_site import FromSite
from auditor.transports.memo import Kept

LISTEN_S = 8.0


class Surveying(FromSite):
    """What an access to the network needs to give the shared survey."""

    def discover(self, *, listen_s: float) -> Discovered:
        """Look for machines; the network access says how. Raises `CannotMeasure`."""
        raise NotImplementedError

    def survey(self) -> Survey:
        """Return machines, services and devices' reports: measured once, then the same for all.

        Needs an authorisation for discovery and for service probes. Raises `CannotMeasure`.
        """
        kept = self._context.shared.once("survey", self._look)
        self._captures.join(kept.captures)
        return kept.result

    def seen_elsewhere(self, probe: str) -> tuple[Row, ...]:
        """Return the rows that a probe gave in the centre's runs from other places. Raises."""
        from auditor.other_runs import (  # noqa: PLC0415 - loads the record's reader
            LARGEST_RECORD,
            rows_of_run,
        )

        rows: list[Row] = []
        for name in self.site.network.other_runs:
            path = self._context.site_folder / name
            with opened(path) as file:
                content = file.read(LARGEST_RECORD + 1)
            rows += rows_of_run(content, name, self.site.centre.name, probe)
            self._captures.content(f"other run {name}", content)
        return tuple(rows)

    def _look(self) -> Kept[Survey]:
        from auditor.transports.lan_look import look  # noqa: PLC0415 - loads TLS and DNS libraries

        seen = self.discover(listen_s=LISTEN_S)
        survey = look(seen, self.site, self._context.gate, self._captures.content)
        return Kept(survey, self._captures.taken)
