"""The ports that are tried, as data."""

from auditor.model.vocabulary import noun


@noun
class Port:
    """One port: which conversations are begun, in this order, and where its number comes from."""

    port: int
    ask: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    source: str


@noun
class PortList:
    """All ports that `lan_services` tries."""

    schema: str
    tcp: tuple[Port, ...]
    udp: tuple[Port, ...] = ()
