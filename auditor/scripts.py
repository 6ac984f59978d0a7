"""What a machine has to be asked so that a catalogue of products can be judged."""

from dataclasses import replace
from functools import lru_cache

from auditor import collecting, computing, vpn_servers
from auditor.collecting import Wanted
from auditor.detection.wanted import Question
from auditor.detection.wanted import wanted as wanted_of
from auditor.model import Site, Target
from auditor.model.products import ProductCatalogue

PLATFORMS = {"posix": ("linux", "darwin"), "windows": ("windows",)}
"""The platforms that each collector may find itself on."""


def wanted(catalogue: ProductCatalogue, collector: str) -> Wanted:
    """Return what a collector has to ask for so that a catalogue can be judged."""
    asked = [wanted_of(catalogue, platform) for platform in PLATFORMS[collector]]
    return Wanted(
        paths=tuple(dict.fromkeys(path for _questions, paths in asked for path in paths)),
        questions=tuple(
            {
                question.key: question for questions, _paths in asked for question in questions
            }.values()
        ),
    )


def script(
    catalogue: ProductCatalogue,
    collector: str,
    site: Site | None = None,
    target: Target | None = None,
) -> bytes:
    """Return the collector with all that a catalogue asks for, the same for every machine.

    A machine that the site names under `hpc` or `remote_work.servers` is asked about that besides.
    """
    if site is None or target is None:
        return _script(catalogue, collector, ())
    besides = (*(each.asked_of(site, target, collector) for each in (computing, vpn_servers)),)
    return _script(catalogue, collector, tuple(question for part in besides for question in part))


@lru_cache(maxsize=8)
def _script(catalogue: ProductCatalogue, collector: str, besides: tuple[Question, ...]) -> bytes:
    asked = wanted(catalogue, collector)
    return collecting.script(collector, replace(asked, questions=(*asked.questions, *besides)))
