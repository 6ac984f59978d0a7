"""Probes that a profile may name before they exist; its checks stay undetermined until then."""

from types import MappingProxyType

PLANNED = MappingProxyType(
    {
        "internet_quality": "speed, latency, jitter and loss of the Internet line",
        "lan_hosts": "machines on the centre's network",
        "lan_services": "services on the centre's network",
        "lan_devices": "devices by class",
        "lan_topology": "segments, gateways and links against the diagram",
        "zone_reachability": "which zone reaches which",
        "document_content": "what documents say",
        "document_signature": "digital signatures of documents",
        "databases": "the centre's own databases",
        "data_standard": "data against the national platform's standard",
        "api_endpoint": "connection to the national platform",
        "web_service": "reachability of libraries and platforms",
        "hpc_access": "access to high-performance computing",
        "remote_work": "VPN and remote access",
        "ai_use": "use of artificial intelligence",
    }
)
