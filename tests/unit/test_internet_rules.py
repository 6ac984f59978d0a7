"""Internet sections that are refused before anything is measured."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from probe_letter import letter_of_november

from auditor.internet_rules import refusals
from auditor.model import (
    Centre,
    Internet,
    Method,
    Scope,
    ServiceConsent,
    Site,
    SpeedBackend,
    SpeedServer,
)

OWN = SpeedServer(backend=SpeedBackend.HTTP_MULTI, url="http://127.0.0.1/")
FAR = SpeedServer(
    backend=SpeedBackend.HTTP_MULTI, url="https://do.example.vn/", allowed_by="Sở KH&CN"
)
NDT7 = SpeedServer(backend=SpeedBackend.NDT7)
MLAB = "https://locate.measurementlab.net/v2/nearest/ndt/ndt7"
AGREED = ServiceConsent(backend=SpeedBackend.NDT7, by="A", position="B", on=date(2026, 11, 1))
LETTER = letter_of_november(Method.SPEED_TEST)
SCOPE = Scope(speed_servers=("do.example.vn", ".measurementlab.net"), authorisation=LETTER)


def fields(internet: Internet, scope: Scope = SCOPE) -> list[str]:
    """Return the fields that are refused."""
    site = Site(schema="t", centre=Centre(id="a", name="A"), scope=scope, internet=internet)
    return [".".join(map(str, path[1:])) for path, _problem, _remedy in refusals(site, Path())]


@pytest.mark.parametrize(
    "internet",
    [
        Internet(servers=(OWN,)),
        Internet(servers=(OWN, FAR), ip_versions=(4, 6), samples=5),
        Internet(servers=(NDT7,), consents=(AGREED,)),
        Internet(servers=(FAR,), samples=0, series="do"),
        Internet(servers=(replace(FAR, backend=SpeedBackend.NDT7),)),
    ],
    ids=["own", "far", "ndt7", "series", "own-ndt7"],
)
def test_accepts(internet: Internet) -> None:
    """What is complete and allowed."""
    assert fields(internet) == []


@pytest.mark.parametrize(
    ("internet", "field"),
    [
        (Internet(servers=()), "servers"),
        (Internet(servers=(replace(OWN, url=""),)), "servers.0.url"),
        (Internet(servers=(replace(OWN, url="127.0.0.1"),)), "servers.0.url"),
        (Internet(servers=(replace(OWN, url="http://u:p@127.0.0.1/"),)), "servers.0.url"),
        (Internet(servers=(replace(OWN, country="Vietnam"),)), "servers.0.country"),
        (Internet(servers=(replace(OWN, ca_file="no.pem"),)), "servers.0.ca_file"),
        (Internet(servers=(replace(FAR, allowed_by=""),)), "servers.0.allowed_by"),
        (Internet(servers=(replace(FAR, url="https://other.vn/"),)), "servers.0.url"),
        (Internet(servers=(NDT7,)), "servers.0.backend"),
        (Internet(servers=(replace(NDT7, url=MLAB),)), "servers.0.backend"),
        (Internet(servers=(OWN,), samples=0), "samples"),
        (Internet(servers=(OWN,), samples=-1), "samples"),
        (Internet(servers=(OWN,), connections=33), "connections"),
        (Internet(servers=(OWN,), window_s=1.0), "window_s"),
        (Internet(servers=(OWN,), warmup_s=11.0), "warmup_s"),
        (Internet(servers=(OWN,), pause_s=-1.0), "pause_s"),
        (Internet(servers=(OWN,), max_bytes=10), "max_bytes"),
        (Internet(servers=(OWN,), ip_versions=()), "ip_versions"),
        (Internet(servers=(OWN,), ip_versions=(5,)), "ip_versions"),
    ],
)
def test_refuses(internet: Internet, field: str) -> None:
    """One fault, one refusal, at its field."""
    assert fields(internet) == [field]


def test_needs_the_letter() -> None:
    """A listed server without the method in the letter."""
    silent = replace(SCOPE, authorisation=replace(LETTER, methods=(Method.DISCOVERY,)))
    assert fields(Internet(servers=(FAR,)), silent) == ["servers.0.url"]
    assert fields(Internet(servers=(FAR,)), replace(SCOPE, authorisation=None)) == ["servers.0.url"]
    inside = Scope(networks=("10.1.0.0/16",), authorisation=LETTER)
    near = replace(FAR, url="http://10.1.2.3/")
    assert fields(Internet(servers=(near,)), inside) == []
