"""All conversations by the names that `profiles/ports.yaml` uses."""

from collections.abc import Mapping
from types import MappingProxyType

from auditor.lan import banners, data, desktop, ipp, smb, ssh, storage, web
from auditor.lan.datagrams import DATAGRAMS
from auditor.lan.talk import Conversation
from auditor.vpn import gateways, openvpn

STREAMS: Mapping[str, Conversation] = MappingProxyType(
    {
        "ftp": banners.ftp,
        "greeting": banners.greeting,
        "http": web.http,
        "https": web.https,
        "ipp": ipp.ipp,
        "ipps": ipp.ipps,
        "iscsi": storage.iscsi,
        "mongodb": data.mongodb,
        "mqtt": data.mqtt,
        "mqtts": data.mqtts,
        "mssql": data.mssql,
        "mysql": data.mysql,
        "nfs": storage.nfs,
        "nut": data.nut,
        "openvpn": openvpn.openvpn,
        "pjlink": banners.pjlink,
        "postgresql": data.postgresql,
        "rdp": desktop.rdp,
        "redis": data.redis,
        "rpcbind": storage.rpcbind,
        "rtsp": web.rtsp,
        "sip": web.sip,
        "smb": smb.smb,
        "smb1": smb.smb1,
        "ssh": ssh.ssh,
        "sstp": gateways.sstp,
        "telnet": banners.telnet,
        "tls": gateways.tls,
        "vnc": banners.vnc,
    }
)
"""Over TCP."""

__all__ = ["DATAGRAMS", "STREAMS"]
