"""What the collector must gather so that the catalogue can be judged: commands and file names."""

import re
from collections.abc import Collection
from functools import lru_cache

from auditor.detection.known import Known, known_products
from auditor.model import noun
from auditor.model.products import ProductCatalogue

SIDE_EFFECTS = re.compile(
    r"""-restart|-sendhb|\s-sp\b|UpdateDefinitions|EnableRTP|cmdagent\s+-[pce]\b|connectivity\s+test
    |test\s+output|epctrl\s+register|\bsrun\b|\bupd\s+(-u\b|--update)|\bwg\s+(show\s+\S+\s+dump|showconf)
    |\bsinfo\b|\bscontrol\s+ping|\bpbsnodes\b|\bqstat\b|\bbhosts\b|\blshosts\b|\blsid\b|cmk-agent-ctl\s+status(?!.*--no-query-remote)
    |POWR\s*=?\s*[01]|\bfreshclam\b|\bkillall\b|\brm\s|\bsystemctl\s+(re)?start|>\s*[/\w]|--force""",
    re.VERBOSE | re.IGNORECASE,
)
"""Commands that change something, send traffic or print secrets (detection.md, 7): never run."""


@noun
class Question:
    """One thing to ask a machine. The answer comes back as a row of `status_outputs`.

    `key` is that row's `command`. Either `command` is run (no input, time limit) or the `lines` of
    files are read; in both cases only the parts that match `keep` (POSIX extended regular
    expression, `grep -aoE`) may leave the machine. Lines of files come as `path:line`.
    A command is given up after `patience_s` seconds.
    """

    key: str
    keep: str
    command: str = ""
    lines: tuple[str, ...] = ()
    needs_root: bool = False
    patience_s: int = 5


def wanted(
    catalogue: ProductCatalogue, platform: str
) -> tuple[tuple[Question, ...], tuple[str, ...]]:
    """Return the questions and the paths (with `*`, `~/` for each home) to gather on a platform.

    Only what may decide is gathered: no memory, no guesses, nothing marked active.
    """
    products = known_products(catalogue, platform)
    questions = {
        status.key: Question(
            key=status.key,
            keep=status.keep,
            command=status.command,
            lines=status.lines,
            needs_root=status.needs_root,
        )
        for known in products
        for status in known.status
        if status.key and not SIDE_EFFECTS.search(status.command)
    }
    paths = sorted({path for known in products for path in known.asked_paths})
    return tuple(questions[key] for key in sorted(questions)), tuple(paths)


def unasked(
    catalogue: ProductCatalogue, platform: str, keys: Collection[str], paths: Collection[str]
) -> frozenset[str]:
    """Return the products for which a machine was not asked all that could show them.

    Machines are asked alike, so it is worked out once for many.
    """
    return _unasked(known_products(catalogue, platform), frozenset(keys), frozenset(paths))


@lru_cache(maxsize=16)
def _unasked(
    products: tuple[Known, ...], keys: frozenset[str], paths: frozenset[str]
) -> frozenset[str]:
    return frozenset(
        known.product.id
        for known in products
        if not known.asked_paths <= paths
        or any(
            status.key and status.key not in keys and not SIDE_EFFECTS.search(status.command)
            for status in known.status
        )
    )
