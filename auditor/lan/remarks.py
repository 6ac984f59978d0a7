"""The closed list of remarks about a service."""

from enum import StrEnum


class Remark(StrEnum):
    """Something about a service that a reader should know."""

    SMB1 = "smb1"
    SIGNING_REQUIRED = "signing_required"
    NO_PASSWORD = "no_password"  # noqa: S105 - a remark, no password
    ANONYMOUS = "anonymous"
    LOGIN_FORM = "login_form"
    REDIRECTS_TO_TLS = "redirects_to_tls"
    STARTTLS = "starttls"
    NETWORK_LEVEL_AUTHENTICATION = "network_level_authentication"
    PRINTER = "printer"
    PRINT_SERVER = "print_server"
    NFS = "nfs"
    VXI11 = "vxi11"
    ISCSI_TARGET = "iscsi_target"
    NOT_ASKED = "not_asked"
    """The port is open; nothing was sent because it could print or command."""

    NOT_UNDERSTOOD = "not_understood"
    """The port is open; what it said, if anything, belongs to no known protocol."""
