"""Probes that a profile may name before they exist; its checks stay undetermined until then."""

from types import MappingProxyType

PLANNED = MappingProxyType(
    {
        "databases": "the centre's own databases",
        "data_standard": "data against the national platform's standard",
        "hpc_access": "access to high-performance computing",
    }
)
