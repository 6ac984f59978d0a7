"""Probes that a profile may name before they exist; its checks stay undetermined until then."""

from types import MappingProxyType

PLANNED = MappingProxyType(
    {
        "databases": "the centre's own databases",
        "data_standard": "data against the national platform's standard",
        "api_endpoint": "connection to the national platform",
        "web_service": "reachability of libraries and platforms",
        "remote_work": "VPN and remote access",
        "ai_use": "use of artificial intelligence",
    }
)
