"""What all tests share."""

import os
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, settings

if find_spec("auditor.probes") is None:
    pytest.exit("the folders are not mapped to packages: run `pip install -e .` first.", 2)

# No test depends on wall-clock: a busy machine, or the first run's building of Unicode tables, is
# no failure. CI tries the same examples each time; a person's machine goes on looking for others.
settings.register_profile(
    "audit",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("audit")


@pytest.fixture
def in_english() -> Iterator[None]:
    """Let messages of this process be in English."""
    from auditor.language import activate, current  # noqa: PLC0415 - not before the check above

    before = current().code
    activate("en")
    yield
    activate(before)
