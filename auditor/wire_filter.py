"""What a packet socket may hear: a classic BPF program, run by the kernel before we see a frame.

ARP; ICMPv6 echo replies, neighbour solicitations and advertisements; and UDP to groups on the ports
of DHCP, SSDP and mDNS. Nothing that one machine says to another.
"""

import struct

_LD_BYTE, _LD_HALF, _LD_HALF_X, _LDX_HEADER = 0x30, 0x28, 0x48, 0xB1
_IF_EQUAL, _IF_ANY_BIT, _RETURN = 0x15, 0x45, 0x06
_ACCEPT, _REJECT = "accept", "reject"
Step = tuple[str, int, int, str, str]
"""A label, an operation, its operand, and where to go on if true and if false."""

_STEPS: tuple[Step, ...] = (
    ("", _LD_HALF, 12, "", ""),
    ("", _IF_EQUAL, 0x0806, _ACCEPT, ""),
    ("", _IF_EQUAL, 0x86DD, "v6", ""),
    ("", _IF_EQUAL, 0x0800, "", _REJECT),
    ("", _LD_BYTE, 0, "", ""),
    ("", _IF_ANY_BIT, 1, "", _REJECT),  # to a group
    ("", _LD_BYTE, 23, "", ""),
    ("", _IF_EQUAL, 17, "", _REJECT),
    ("", _LD_HALF, 20, "", ""),
    ("", _IF_ANY_BIT, 0x1FFF, _REJECT, ""),  # no later fragment
    ("", _LDX_HEADER, 14, "", ""),
    ("", _LD_HALF_X, 16, "", ""),
    ("", _IF_EQUAL, 67, _ACCEPT, ""),
    ("", _IF_EQUAL, 68, _ACCEPT, ""),
    ("", _IF_EQUAL, 1900, _ACCEPT, ""),
    ("", _IF_EQUAL, 5353, _ACCEPT, _REJECT),
    ("v6", _LD_BYTE, 20, "", ""),
    ("", _IF_EQUAL, 58, "icmp", ""),
    ("", _IF_EQUAL, 17, "", _REJECT),
    ("", _LD_BYTE, 0, "", ""),
    ("", _IF_ANY_BIT, 1, "", _REJECT),
    ("", _LD_HALF, 56, "", ""),
    ("", _IF_EQUAL, 1900, _ACCEPT, ""),
    ("", _IF_EQUAL, 5353, _ACCEPT, _REJECT),
    ("icmp", _LD_BYTE, 54, "", ""),
    ("", _IF_EQUAL, 129, _ACCEPT, ""),
    ("", _IF_EQUAL, 135, _ACCEPT, ""),
    ("", _IF_EQUAL, 136, _ACCEPT, _REJECT),
    (_ACCEPT, _RETURN, 65535, "", ""),
    (_REJECT, _RETURN, 0, "", ""),
)


def assembled(steps: tuple[Step, ...]) -> bytes:
    """Return the program as `struct sock_filter[]`."""
    places = {step[0]: index for index, step in enumerate(steps) if step[0]}

    def away(label: str, index: int) -> int:
        return places[label] - index - 1 if label else 0

    return b"".join(
        struct.pack("HBBI", operation, away(yes, index), away(no, index), operand)
        for index, (_, operation, operand, yes, no) in enumerate(steps)
    )


PROGRAM = assembled(_STEPS)
