"""The closed vocabularies of a speed sample."""

from enum import StrEnum

_HOME = "VN"


class Direction(StrEnum):
    """Which way the payload goes, as this machine sees it."""

    DOWN = "down"
    UP = "up"


class MetricClass(StrEnum):
    """What kind of quantity a sample is; samples of different classes are never averaged."""

    CAPACITY_DOMESTIC = "capacity_domestic"
    CAPACITY_INTERNATIONAL = "capacity_international"
    CAPACITY_EDGE = "capacity_edge"
    SINGLE_FLOW_DOMESTIC = "single_flow_domestic"
    SINGLE_FLOW_INTERNATIONAL = "single_flow_international"
    LEGACY_REFERENCE = "legacy_reference"

    @classmethod
    def capacity(cls, country: str) -> "MetricClass":
        """Capacity; domestic only if somebody says that the server stands in Viet Nam."""
        return cls.CAPACITY_DOMESTIC if is_home(country) else cls.CAPACITY_INTERNATIONAL

    @classmethod
    def single_flow(cls, country: str) -> "MetricClass":
        """One flow; domestic only if somebody says that the server stands in Viet Nam."""
        return cls.SINGLE_FLOW_DOMESTIC if is_home(country) else cls.SINGLE_FLOW_INTERNATIONAL

    @property
    def is_capacity(self) -> bool:
        """Whether samples of this class can show that a line is slow; the others only "met"."""
        return self in {
            MetricClass.CAPACITY_DOMESTIC,
            MetricClass.CAPACITY_INTERNATIONAL,
            MetricClass.CAPACITY_EDGE,
        }


def is_home(country: str) -> bool:
    """Whether an ISO 3166 code is Viet Nam's."""
    return country.upper() == _HOME


class CountedAt(StrEnum):
    """Who counted the payload bytes, best first.

    `receiver`: whoever received them (this machine for a download, the server for an upload);
    `acked`: the kernel, from the receiver's acknowledgements; `answered`: complete requests that
    the server answered; `client`: this machine, when it handed them to its own kernel.
    """

    RECEIVER = "receiver"
    ACKED = "acked"
    ANSWERED = "answered"
    CLIENT = "client"


class Status(StrEnum):
    """How a sample ended."""

    OK = "ok"
    OK_FLAGGED = "ok_flagged"
    FAILED = "failed"
