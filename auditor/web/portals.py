"""Whether a portal to high-performance computing answers as it is declared to be.

JupyterHub: `GET /hub/api` tells its version without a login (REST API of JupyterHub).
Open OnDemand: its root redirects to `/pun/sys/dashboard`, behind the site's own login
(ood-portal.conf of ood-portal-generator). A cloud of GPUs has no form of its own: any web server
answers a health check, so it is an access point only where it turns a stranger away and answers the
centre's token.
"""

import json
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from auditor.model import ComputingKind, ComputingResource
from auditor.web.declared import DENIED, GOOD, HTML, NOT_ASKED, DeclaredTrouble, looks
from auditor.web.place import place_of
from auditor.web.visit import Call, Trouble, Visit

_HUB = "/hub/api"
_APPS = "/pun/sys/"
_WANTS_LOGIN = 401
_VERSION = re.compile(r"[0-9]{1,9}(\.[0-9A-Za-z+-]{1,20}){1,5}")


class Judged(NamedTuple):
    """What a visit shows. `is_reachable` and `is_access_point` None: not known."""

    is_reachable: bool | None
    is_access_point: bool | None
    answered_as: str | None = None
    version: str | None = None
    trouble: str | None = None


def call_of(portal: ComputingResource) -> Call:
    """Return the one address that is read: only the root of Open OnDemand leads to its apps."""
    url = portal.url
    if portal.kind is ComputingKind.JUPYTERHUB and not url.rstrip("/").endswith(_HUB):
        url = url.rstrip("/") + _HUB
    elif portal.kind is ComputingKind.OPEN_ONDEMAND:
        url = place_of(url).origin + "/"
    return Call(url, token_from=portal.token_from, ca_file=portal.ca_file)


def judged(visit: Visit, kind: ComputingKind) -> Judged:
    """Judge an answer by its form; `kind` is a portal's."""
    is_dashboard = kind is ComputingKind.OPEN_ONDEMAND and _leads_to_apps(visit)
    has_login = visit.trouble is Trouble.REDIRECT_OUTSIDE  # elsewhere, and nothing was sent there
    has_login = has_login or (visit.trouble is None and visit.status == _WANTS_LOGIN)
    if is_dashboard and has_login:
        return _good(kind)
    if visit.trouble is not None:
        return _without(visit.trouble, is_known=visit.trouble not in NOT_ASKED)
    if visit.status in DENIED:
        return _without(DeclaredTrouble.DENIED, is_known=False)
    seen, version = looks(visit), None
    if kind is ComputingKind.JUPYTERHUB:
        version = _version(visit.body)
        fits = version is not None
    else:
        fits = is_dashboard or (kind is ComputingKind.GPU_CLOUD and seen != HTML)
    if visit.status not in GOOD or not fits:
        return _without(DeclaredTrouble.NOT_AS_DECLARED, is_known=True)._replace(answered_as=seen)
    if kind is ComputingKind.GPU_CLOUD:
        shown_by = DeclaredTrouble.ACCESS_NOT_SHOWN.value
        return _good(kind)._replace(is_access_point=None, trouble=shown_by)
    return _good(kind)._replace(version=version)


def with_stranger(found: Judged, stranger: Visit) -> Judged:
    """Judge a cloud that answered the token by what it tells a visitor who has none."""
    is_closed = stranger.trouble is None and stranger.status in DENIED
    return found._replace(is_access_point=True, trouble=None) if is_closed else found


def _good(kind: ComputingKind) -> Judged:
    return Judged(is_reachable=True, is_access_point=True, answered_as=kind.value)


def _without(trouble: Trouble | DeclaredTrouble, *, is_known: bool) -> Judged:
    answer = False if is_known else None
    return Judged(is_reachable=answer, is_access_point=answer, trouble=trouble.value)


def _leads_to_apps(visit: Visit) -> bool:
    """Whether the portal itself, not the site file, named the address of its apps."""
    return any(urlsplit(hop.url).path.startswith(_APPS) for hop in visit.hops[1:])


def _version(body: bytes) -> str | None:
    """Return the version of a hub's API, or nothing when the answer is no such thing."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        return None
    version = told.get("version") if isinstance(told, dict) else None
    return version if isinstance(version, str) and _VERSION.fullmatch(version) else None
