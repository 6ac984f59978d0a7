"""The plan of a site: its schedule with all that decides when something may be done."""

from pathlib import Path

from auditor import profile, site, yamlfile
from auditor.errors import BadInput
from auditor.language import _
from auditor.model import Profile, Site
from auditor.model.schedule import Plan
from auditor.site import LoadedSite


def load(file: Path) -> Plan:
    """Read a site file's plan. Raises `BadInput` for whatever `audit run` would refuse as well."""
    return read(file)[0]


def read(file: Path) -> tuple[Plan, LoadedSite, Profile]:
    """Read a site file's plan, with the site and its criteria. Raises `BadInput`."""
    document = yamlfile.read(file)
    wanted = yamlfile.build(document, Site).schedule.profile
    beside = file.resolve().parent / wanted
    try:
        chosen = profile.load(str(beside) if beside.is_file() else wanted).profile
    except BadInput as error:
        problem = _("these criteria cannot be used: {error}", error=error)
        told = _("Name criteria of `audit profile list`, or a file beside the site file.")
        raise BadInput(document.problem(("schedule", "profile"), problem, told)) from error
    loaded = site.load(file, chosen)
    centre = loaded.site
    found = Plan(
        centre=centre.centre.id,
        site=str(file.resolve()),
        timezone=centre.timezone,
        schedule=centre.schedule,
        windows=centre.scope.windows,
        letter=centre.scope.authorisation,
    )
    return found, loaded, chosen
