"""What types cannot say about the centre's device list."""

import re
from collections.abc import Iterator

from auditor.addresses import address_of
from auditor.language import _
from auditor.model import ListedDevice, Site
from auditor.yamlfile import FieldPath

_MAC = re.compile(r"[0-9a-fA-F]{2}([:-])[0-9a-fA-F]{2}(\1[0-9a-fA-F]{2}){4}")
Refusal = tuple[FieldPath, str, str]


def refusals(site: Site) -> Iterator[Refusal]:
    """Yield every reason to refuse the list: each entry must be findable, and only once."""
    systems = {system.id for system in site.information_systems}
    taken: dict[str, str] = {}
    for index, device in enumerate(site.devices):
        for field, problem, remedy in (*_marks(device, taken), *_dossiers(device, systems)):
            yield (("devices", index, *field), problem, remedy)


def _marks(device: ListedDevice, taken: dict[str, str]) -> Iterator[Refusal]:
    if not device.addresses and not device.macs:
        yield (
            ("macs",),
            _("the device has neither MAC nor IP address"),
            _("Write at least one, or nobody can find it on the network."),
        )
    for position, text in enumerate(device.macs):
        if not _MAC.fullmatch(text):
            yield (
                ("macs", position),
                _("{value} is no MAC address", value=text),
                _("Write it like {example}.", example="00:1b:63:84:45:e6"),
            )
    for position, text in enumerate(device.addresses):
        if not address_of(text):
            yield (
                ("addresses", position),
                _("{value} is no IP address", value=text),
                _("Write it like {example}.", example="192.168.10.5"),
            )
    for text in (*device.macs, *device.addresses):
        mark = text.lower().replace("-", ":")
        if taken.setdefault(mark, device.name) != device.name:
            yield (
                ("name",),
                _("{value} also belongs to {name}", value=text, name=taken[mark]),
                _("Leave it with one device."),
            )


def _dossiers(device: ListedDevice, systems: set[str]) -> Iterator[Refusal]:
    for system in device.level_dossiers:
        if system not in systems:
            yield (
                ("level_dossiers",),
                _("unknown information system {name}", name=system),
                _("Name it in `information_systems`."),
            )
