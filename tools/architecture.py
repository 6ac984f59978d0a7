"""The dependency rule: who may import, print, exit, open a socket or catch everything.

The rule is docs/adr/0001-four-verbs.md in code. Import linters cannot see the mapped folders of a
checkout (ADR 0002), so this walks the syntax trees itself. tests/test_architecture.py applies it.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from layers import (
    CLOCKS,
    COMPUTES,
    ESCAPES,
    GATE,
    JUDGES,
    OPENERS,
    PROBE_MAY,
    REACHES_OUT,
    READS_MACHINES,
    RENDERERS,
    REPORT_LIBRARIES,
    REPORT_MAY,
)

ROOT = Path(__file__).parent.parent
MAX_LINES = 300


@dataclass(frozen=True)
class Source:
    """A source file under its import name."""

    name: str
    text: str
    path: str = ""

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the file, whatever it is nested in."""
        return tuple(ast.walk(ast.parse(self.text)))

    @cached_property
    def imports(self) -> frozenset[str]:
        """Full names of everything imported, also lazily, for typing, or by a literal name."""
        found: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                base = self.resolved(node)
                found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Call) and called(node) in {"import_module", "__import__"}:
                found |= {
                    arg.value
                    for arg in node.args[:1]
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                }
        return frozenset(found)

    def resolved(self, node: ast.ImportFrom) -> str:
        """Return the absolute name behind a relative import."""
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        ups = node.level - self.path.endswith("__init__.py")
        return ".".join((*parts[: len(parts) - ups], *(node.module or "").split("."))).strip(".")

    def within(self, *names: str) -> bool:
        """Whether this is one of the modules named, or lies inside one."""
        return any(inside(self.name, name) for name in names)


def inside(module: str, parent: str) -> bool:
    """Whether `module` is `parent` or below it."""
    return module == parent or module.startswith(f"{parent}.")


def called(node: ast.Call) -> str:
    """Return the last word of what is called: `b` for `a.b()`."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def offends(source: Source, allowed: frozenset[str], standard: frozenset[str]) -> set[str]:
    """Return imports that are neither allowed, nor beneath the allowed, nor harmless."""
    return {
        name
        for name in source.imports
        if not any(inside(name, good) for good in allowed | standard)
        and not any(inside(good, name) for good in allowed & source.imports)
    }


def dependency_rule(source: Source) -> Iterator[str]:
    """Say what a module imports beyond its layer."""
    if source.within("auditor.model"):
        allowed = {"auditor.model"}
        if source.name == "auditor.model":
            allowed.add("lazy_loader")  # the nouns are loaded when they are asked for
        yield from offends(source, frozenset(allowed), frozenset(sys.stdlib_module_names))
    elif source.within("auditor.probes", *PROBE_MAY - {"auditor.model", "auditor.errors"}):
        yield from offends(source, PROBE_MAY, COMPUTES | {"secrets", "time"})
    elif source.within("auditor.hardening"):
        yield from offends(source, READS_MACHINES, COMPUTES)
    elif is_judge(source):
        yield from offends(source, frozenset({"auditor.model", "cel", *JUDGES}), COMPUTES)
    elif source.within("auditor.reports"):
        mine = REPORT_MAY | REPORT_LIBRARIES | {"importlib.resources"}
        yield from offends(source, mine, COMPUTES | {"pathlib"})


def is_judge(source: Source) -> bool:
    """Whether a module takes part in judging: `judge`, `judge_…` and what they rest on."""
    return source.within(*JUDGES) or source.name.startswith("auditor.judge")


def by_name_rule(source: Source) -> Iterator[str]:
    """Say where a probe or a renderer is imported by name instead of through the catalogue."""
    for name in source.imports:
        for package in ("auditor.probes", "auditor.reports"):
            own = source.within(package) and package == "auditor.reports" and not renderer(name)
            if name.startswith(f"{package}.") and not own:
                yield f"imports {name} by name"


def renderer(name: str) -> bool:
    """Whether a name is, or comes out of, the module of one output format."""
    return any(inside(name, f"auditor.reports.{word}") for word in RENDERERS)


def output_rule(source: Source) -> Iterator[str]:
    """Say where anything but the command line prints or exits."""
    if source.within("auditor.cli"):
        return
    yield from (f"imports {name}" for name in source.imports if inside(name, "click"))
    for node in source.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in {"print", "exit", "quit"}:
                yield f"calls {node.func.id}()"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if (node.value.id, node.attr) in {
                ("sys", "exit"),
                ("sys", "stdout"),
                ("sys", "stderr"),
                ("os", "_exit"),
            }:
                yield f"uses {node.value.id}.{node.attr}"
        elif isinstance(node, ast.Name) and node.id == "SystemExit":
            yield "raises SystemExit"


def reach_rule(source: Source) -> Iterator[str]:
    """Say where a machine or a network is reached outside the transports, or past the scope."""
    reached = {name for name in source.imports for out in REACHES_OUT if inside(name, out)}
    if source.within(*GATE):
        return
    if not source.within("auditor.transports"):
        yield from (f"imports {name} outside auditor.transports" for name in reached)
    elif not any(inside(name, "auditor.scope") for name in source.imports):
        yield from (f"uses socket.{word} past auditor.scope" for word in opened(source))


def opened(source: Source) -> set[str]:
    """Return the words of the socket module that resolve or send; constants are harmless."""
    words = {name.removeprefix("socket.") for name in source.imports if name.startswith("socket.")}
    words |= {
        node.attr
        for node in source.nodes
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "socket"
    }
    return words & OPENERS


def purity_rule(source: Source) -> Iterator[str]:
    """Say where judging reads a clock, or judging or probing leaves the given interfaces."""
    reads = source.within(
        "auditor.probes", "auditor.sections", "auditor.collection", "auditor.hardening"
    )
    if not (is_judge(source) or reads):
        return
    for node in source.nodes:
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in ESCAPES:
                yield f"calls {node.func.id}()"
            if is_judge(source) and called(node) in CLOCKS:
                yield f"reads the clock with {called(node)}()"


def broad_except_rule(source: Source) -> Iterator[str]:
    """Say where errors of every kind are caught, or an error disappears."""
    for node in source.nodes:
        if isinstance(node, ast.ExceptHandler):
            passed_on = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            if broad(node.type) and not passed_on and source.name != "auditor.outcome":
                yield f"line {node.lineno}: catches everything"
            last = source.text.splitlines()[node.body[-1].lineno - 1]
            if all(isinstance(part, ast.Pass) for part in node.body) and "#" not in last:
                yield f"line {node.lineno}: an error disappears, and nobody says why"
        elif (
            isinstance(node, ast.Call) and called(node) == "suppress" and any(map(broad, node.args))
        ):
            yield f"line {node.lineno}: suppresses everything"


def broad(kind: ast.expr | None) -> bool:
    """Whether an `except` clause catches every error."""
    if isinstance(kind, ast.Tuple):
        return any(broad(item) for item in kind.elts)
    return kind is None or (
        isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException", "ExceptionGroup"}
    )


def no_mocks_rule(source: Source) -> Iterator[str]:
    """Say where a test replaces the thing that it tests."""
    yield from (f"imports {name}" for name in source.imports if name in {"mock", "unittest.mock"})
    for node in source.nodes:
        if (
            isinstance(node, ast.Call)
            and called(node) in {"setattr", "setitem", "delattr"}
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "monkeypatch"
        ):
            yield f"monkeypatch.{node.func.attr}"


def length_rule(source: Source) -> Iterator[str]:
    """Say when a file is longer than a person reads in one go."""
    lines = source.text.count("\n")
    if lines > MAX_LINES:
        yield f"{lines} lines, more than {MAX_LINES}"


PRODUCT_RULES = (dependency_rule, output_rule, reach_rule, purity_rule)
EVERYWHERE_RULES = (by_name_rule, broad_except_rule, no_mocks_rule, length_rule)


def sources(folder: str, package: str) -> list[Source]:
    """Read the files of a folder under the package name that the build map gives it."""
    found = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = path.relative_to(ROOT / folder).with_suffix("").parts
        name = ".".join((package, *parts)).removesuffix(".__init__")
        found.append(Source(name, path.read_text("utf-8"), str(path.relative_to(ROOT))))
    return found
