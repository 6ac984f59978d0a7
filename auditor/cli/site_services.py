"""What `audit init` writes of databases, services on the Internet and computing: examples."""

from collections.abc import Iterator

from auditor import wanted
from auditor.language import Language
from auditor.model import Profile


def used_by(criteria: Profile, _: Language, *probes: str) -> str:
    """Return ` (used by: 2.13)`, or nothing where these criteria read the probes nowhere."""
    ids = ", ".join(wanted.readers(criteria, *probes))
    return " " + _("(used by: {ids})", ids=ids) if ids else ""


def lines(criteria: Profile, language: Language) -> Iterator[str]:
    """Yield these sections, commented out."""
    yield from _data(criteria, language)
    yield from _online(criteria, language)
    yield from _computing(criteria, language)


def _data(criteria: Profile, _: Language) -> Iterator[str]:
    yield _("# Databases of the centre, of which only counts are read") + used_by(
        criteria, _, "databases"
    )
    yield _("# (method host_login; an account that may only read).")
    yield _("# Engines: postgresql, mysql, sqlserver, sqlite, file (an export).")
    yield _("# Purposes: experts, technologies, ip_and_models, materials.")
    yield "#data:"
    yield "#  databases:"
    yield "#    - name: chuyen-gia"
    yield "#      purpose: experts"
    yield "#      engine: postgresql"
    yield "#      host: 192.168.10.5"
    yield "#      database: trung_tam"
    yield "#      user: chi_doc"
    yield '#      password_from: "env:CSDL_CHUYEN_GIA"'
    yield "#      table: chuyen_gia"
    yield "#      required: [ho_ten, linh_vuc]"
    yield "#      key: [ma]"
    yield "#      updated: cap_nhat"
    yield "#    - {name: tu-lieu, purpose: materials, engine: file, file: xuat/tu-lieu.csv}"
    yield _("#  # Data held to the table of fields: a file, or a database named above") + used_by(
        criteria, _, "data_standard"
    )
    yield "#  exports:"
    yield "#    - {name: chuyen-gia, database: chuyen-gia, mapping: anh-xa.yaml}"
    yield ""


def _online(criteria: Profile, _: Language) -> Iterator[str]:
    yield _("# Shared platforms and connections to the national platform") + used_by(
        criteria, _, "web_service", "api_endpoint"
    )
    yield _("# (method platform_access; public ones stand in scope.services).")
    yield "#online:"
    yield '#  platforms: [{name: "Nền tảng dùng chung", url: "https://nen-tang.example.vn/"}]'
    yield "#  api_endpoints:"
    yield '#    - {name: quoc-gia, url: "https://nen-tang.example.vn/api", token_from: "env:API"}'
    yield ""


def _computing(criteria: Profile, _: Language) -> Iterator[str]:
    yield _("# Computing: a cluster's login node, or a machine with GPUs") + used_by(
        criteria, _, "hpc_access"
    )
    yield "#hpc:"
    yield "#  - {name: gpu, kind: local_gpu, target: may-chu-1}"
    yield ""
