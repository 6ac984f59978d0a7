"""Probes that a profile may name before they exist; its checks stay undetermined until then."""

from types import MappingProxyType

PLANNED = MappingProxyType(
    {
        "api_endpoint": "connection to the national platform",
        "web_service": "reachability of libraries and platforms",
        "hpc_access": "access to high-performance computing",
        "remote_work": "VPN and remote access",
        "ai_use": "use of artificial intelligence",
    }
)
