"""The dependency rule holds, and each of its clauses catches a planted offence.

A rule that cannot fail protects nothing, so both directions are shown.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import architecture as rules
import layers
import pytest
from architecture import Source, sources

Rule = Callable[[Source], Iterator[str]]

PRODUCT = [
    *sources("auditor", "auditor"),
    *sources("probes", "auditor.probes"),
    *sources("reports", "auditor.reports"),
]
AROUND = [*sources("tests", "tests"), *sources("tools", "tools")]


def name_of(rule: Rule) -> str:
    """Name a case after its rule."""
    return getattr(rule, "__name__", "rule")


@pytest.mark.parametrize("rule", rules.PRODUCT_RULES + rules.EVERYWHERE_RULES, ids=name_of)
def test_the_product_keeps_the_rule(rule: Rule) -> None:
    """No module of the product breaks the rule."""
    assert {s.path: sorted(found) for s in PRODUCT if (found := set(rule(s)))} == {}


@pytest.mark.parametrize("rule", rules.EVERYWHERE_RULES, ids=name_of)
def test_tests_and_tools_keep_the_rule(rule: Rule) -> None:
    """What stands around the product keeps the rules that bind everyone."""
    assert {s.path: sorted(found) for s in AROUND if (found := set(rule(s)))} == {}


def test_every_layer_was_seen() -> None:
    """The rules looked at the modules that they speak of."""
    names = {source.name for source in PRODUCT}
    assert names >= {
        *layers.JUDGES,
        "auditor.cli",
        "auditor.measure",
        "auditor.model.findings",
        "auditor.reports.view",
        "auditor.scope",
        "auditor.transports.local",
    }
    assert any(name.startswith("auditor.probes.") for name in names)


def test_one_place_turns_any_failure_into_data() -> None:
    """`outcome` has the one broad `except` of the project."""
    measure = next(source for source in PRODUCT if source.name == "auditor.outcome")
    handlers = [node for node in measure.nodes if isinstance(node, ast.ExceptHandler)]
    assert [rules.broad(handler.type) for handler in handlers].count(True) == 1


def test_one_place_reads_yaml() -> None:
    """Every YAML file passes the readers that refuse repeated keys and guessed types."""
    readers = {"auditor.yaml_nodes", "auditor.yamlfile"}
    used = {
        (source.name, node.attr)
        for source in PRODUCT
        for node in source.nodes
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "yaml"
    }
    writes = {"safe_dump", "dump", "SafeDumper"}
    assert {name for name, word in used if word not in writes} == readers
    assert not [s.name for s in PRODUCT if any(name.startswith("yaml.") for name in s.imports)]


@pytest.mark.parametrize(
    ("rule", "module", "text"),
    [
        (rules.dependency_rule, "auditor.model.site", "import yaml"),
        (rules.dependency_rule, "auditor.model.site", "from auditor import judge"),
        (rules.dependency_rule, "auditor.probes.mounts", "from auditor.judge import judge"),
        (rules.dependency_rule, "auditor.probes.mounts", "from auditor import judge"),
        (rules.dependency_rule, "auditor.probes.mounts", "import auditor.transports"),
        (rules.dependency_rule, "auditor.probes.mounts", "from auditor.probes import routes"),
        (rules.dependency_rule, "auditor.probes.mounts", "import yaml"),
        (rules.dependency_rule, "auditor.probes.mounts", "from .routes import routes"),
        (rules.dependency_rule, "auditor.probes.clock", "def f() -> None:\n    import socket"),
        (rules.dependency_rule, "auditor.probes.clock", "import importlib"),
        (rules.dependency_rule, "auditor.probes.clock", "from os import system"),
        (rules.dependency_rule, "auditor.judge", "import time"),
        (rules.dependency_rule, "auditor.judge_system", "from pathlib import Path"),
        (rules.dependency_rule, "auditor.operators", "import auditor.measure"),
        (rules.dependency_rule, "auditor.reports.html", "from auditor.judge import judge"),
        (rules.dependency_rule, "auditor.reports.html", "import subprocess"),
        (rules.by_name_rule, "auditor.measure", "from auditor.probes import mounts"),
        (rules.by_name_rule, "auditor.cli", "import_module('auditor.reports.html')"),
        (rules.by_name_rule, "tests.test_mounts", "from auditor.probes.mounts import parse"),
        (rules.by_name_rule, "auditor.reports.html", "from auditor.reports.pdf import render"),
        (rules.by_name_rule, "auditor.reports.html", "from . import pdf"),
        (rules.by_name_rule, "auditor.probes.mounts", "from .routes import parse"),
        (rules.output_rule, "auditor.measure", "print('x')"),
        (rules.output_rule, "auditor.record", "import sys\nsys.exit(1)"),
        (rules.output_rule, "auditor.record", "raise SystemExit(1)"),
        (rules.output_rule, "auditor.record", "import click"),
        (rules.output_rule, "auditor.reports.text", "import sys\nsys.stdout.write('x')"),
        (rules.reach_rule, "auditor.measure", "import socket"),
        (rules.reach_rule, "auditor.cli.doctor", "from subprocess import run"),
        (rules.reach_rule, "auditor.transports.net", "import socket\nsocket.socket()"),
        (rules.reach_rule, "auditor.transports.net", "from socket import getaddrinfo"),
        (rules.reach_rule, "auditor.probes.clock", "import urllib.request"),
        (rules.purity_rule, "auditor.judge", "datetime.now(UTC)"),
        (rules.purity_rule, "auditor.probes.mounts", "open('/etc/passwd')"),
        (rules.purity_rule, "auditor.probes.mounts", "__import__('socket')"),
        (rules.broad_except_rule, "auditor.record", "try:\n    f()\nexcept Exception:\n    g()"),
        (rules.broad_except_rule, "auditor.record", "try:\n    f()\nexcept:\n    g()"),
        (
            rules.broad_except_rule,
            "auditor.record",
            "try:\n    f()\nexcept (A, Exception):\n    g()",
        ),
        (rules.broad_except_rule, "auditor.outcome", "try:\n    f()\nexcept OSError:\n    pass"),
        (rules.broad_except_rule, "auditor.record", "with suppress(Exception):\n    f()"),
        (rules.no_mocks_rule, "tests.test_x", "from unittest import mock"),
        (rules.no_mocks_rule, "tests.test_x", "monkeypatch.setattr(a, 'b', c)"),
        (rules.length_rule, "auditor.record", "x = 1\n" * (rules.MAX_LINES + 1)),
    ],
)
def test_the_rule_catches_an_offence(rule: Rule, module: str, text: str) -> None:
    """Planted offences are found."""
    assert list(rule(Source(module, text)))


@pytest.mark.parametrize(
    ("rule", "module", "text"),
    [
        (
            rules.dependency_rule,
            "auditor.probes.mounts",
            "from auditor.model import Row\nimport json",
        ),
        (
            rules.dependency_rule,
            "auditor.judge",
            "from auditor.model import Row\nimport auditor.rollup",
        ),
        (rules.dependency_rule, "auditor.reports.html", "from auditor.reports.view import View"),
        (rules.by_name_rule, "auditor.reports.html", "from auditor.reports import view"),
        (rules.by_name_rule, "auditor.reports.html", "from .view import Report"),
        (rules.output_rule, "auditor.cli", "import sys, click\nsys.exit(1)"),
        (
            rules.reach_rule,
            "auditor.transports.net",
            "import socket\nfrom auditor.scope import Gate",
        ),
        (rules.reach_rule, "auditor.transports.local", "import socket\nsocket.gethostname()"),
        (rules.broad_except_rule, "auditor.outcome", "try:\n    f()\nexcept Exception:\n    g()"),
        (rules.broad_except_rule, "auditor.atomic", "try:\n    f()\nexcept Exception:\n    raise"),
        (rules.broad_except_rule, "auditor.scope", "try:\n    f()\nexcept A:\n    pass  # a name"),
        (rules.no_mocks_rule, "tests.test_x", "monkeypatch.setenv('A', 'b')"),
    ],
)
def test_the_rule_lets_the_lawful_pass(rule: Rule, module: str, text: str) -> None:
    """The same rules do not cry wolf."""
    assert not list(rule(Source(module, text)))


def test_help_loads_nothing_heavy() -> None:
    """`audit --help` answers before any library that a run needs is loaded."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    ran = subprocess.run(
        [
            sys.executable,
            "-X",
            "importtime",
            "-c",
            "from auditor.cli import main; main()",
            "--help",
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**clean, "AUDIT_LANG": "en"},
    )
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in ran.stderr.splitlines()}
    assert ran.returncode == 0, ran.stderr[-500:]
    assert "audit run" in ran.stdout
    assert "auditor" in loaded
    heavy = {"cel", "click", "jinja2", "psutil", "pydantic", "rich", "sqlite3", "typst", "yaml"}
    assert loaded.isdisjoint(heavy)
