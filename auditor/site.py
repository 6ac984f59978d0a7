"""The centre's own file: from YAML to `Site`, refusing what could mislead before measuring."""

from dataclasses import dataclass
from pathlib import Path

from auditor import ledger, products, yamlfile
from auditor.canonical import dumps, sha256
from auditor.errors import BadInput
from auditor.language import _
from auditor.model import Centre, Profile, Site
from auditor.model.products import Role
from auditor.site_rules import SCHEMA, problems_of
from auditor.yamlfile import Document


@dataclass(frozen=True, slots=True)
class LoadedSite:
    """A site, the folder its paths are relative to, and the digest of its file's bytes."""

    site: Site
    folder: Path
    sha256: str
    data: object


def default() -> LoadedSite:
    """Return the site of somebody who has written none: this machine, no paper, no network."""
    data = {"schema": SCHEMA, "centre": {"id": "this-machine", "name": _("This machine")}}
    site = Site(schema=SCHEMA, centre=Centre(id="this-machine", name=_("This machine")))
    return LoadedSite(site, Path.cwd(), sha256(dumps(data)), data)


def load(path: Path, profile: Profile) -> LoadedSite:
    """Load a site file and its ledger. Raises `BadInput` with every reason found."""
    document, beside = yamlfile.read(path), ledger.beside(path)
    if beside.exists():
        document = ledger.join(document, yamlfile.read(beside))
    return from_document(document, path.resolve().parent, profile)


def from_document(document: Document, folder: Path, profile: Profile) -> LoadedSite:
    """Validate site data whose paths are relative to `folder`. Raises `BadInput`."""
    site = yamlfile.build(document, Site)
    problems = list(problems_of(site, folder, profile, document))
    if problems:
        raise BadInput(*problems)
    if site.products:
        products.extend(products.load(), site.products, document)
    _refuse_unknown_tools(site, document)
    return LoadedSite(site, folder, sha256(dumps(document.data)), document.data)


def _refuse_unknown_tools(site: Site, document: Document) -> None:
    """Hold the approved remote tools to the catalogue: a misspelt one would approve nothing."""
    if not site.approved_remote_tools:
        return
    catalogue = products.of_site(site.products)
    known = [item.id for item in catalogue.products if Role.REMOTE_SUPPORT in item.roles]
    problems = [
        document.problem(
            ("approved_remote_tools", index),
            _("no remote support product: {name}", name=name),
            _("Use one of: {words}.", words=", ".join(known)),
        )
        for index, name in enumerate(site.approved_remote_tools)
        if name not in known
    ]
    if problems:
        raise BadInput(*problems)
