"""Probes that a profile may name before they exist; its checks stay undetermined until then."""

from types import MappingProxyType

PLANNED = MappingProxyType(
    {
        "hpc_access": "access to high-performance computing",
    }
)
