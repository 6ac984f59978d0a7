"""Words for the machines that a run knows of, inspected or not."""

from enum import StrEnum


class KnownFrom(StrEnum):
    """How a machine is known: the site file, a neighbour table, a DHCP server, or discovery."""

    SITE = "site"
    ARP = "arp"
    NDP = "ndp"
    LEASE = "lease"
    DISCOVERY = "discovery"


class MachineState(StrEnum):
    """What became of a known machine. `failed`: it was tried, and the failure is named.

    `hidden` is no machine but a list that nobody could read, or a network that nobody could count.
    """

    INSPECTED = "inspected"
    FAILED = "failed"
    NEVER_TRIED = "never_tried"
    NOT_A_MACHINE = "not_a_machine"
    HIDDEN = "hidden"
