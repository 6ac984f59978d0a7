"""The documentation says what the program does: names, commands, examples, links, languages."""

import hashlib
import re
import runpy
import shlex
import subprocess
import sys
import unicodedata
from functools import cache
from pathlib import Path

import architecture
import pytest
import references

from auditor import DEFAULT_PROFILE, profile, site, wanted
from auditor.catalogue import probes
from auditor.model import Basis, ExitCode, Failure, Operator, Source, Verdict
from auditor.probing import Probe

ROOT = Path(__file__).parent.parent
GUIDES = ("docs/guide.md", "docs/guide.en.md")
PAGES = sorted(
    str(path.relative_to(ROOT)) for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
)
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.DOTALL | re.MULTILINE)
INDENTED_FENCE = re.compile(r"^   ```(\w+)\n(.*?)^   ```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]*)#?([^)\s]*)\)")


def read(page: str) -> str:
    """Return a page of the documentation."""
    return (ROOT / page).read_text("utf-8")


def fenced(text: str, kind: str) -> list[str]:
    """Return the code blocks of one kind."""
    return [body for found, body in FENCE.findall(text) if found == kind]


def section(text: str, start: str, end: str = "") -> str:
    """Return what stands between two headings."""
    rest = text.partition(f"\n{start}\n")[2]
    return rest.partition(f"\n{end}\n")[0] if end else rest


README = {
    "vi": section(read("README.md"), "## Tiếng Việt", "## English"),
    "en": section(read("README.md"), "## English"),
}


def commands(text: str) -> list[list[str]]:
    """Return the commands of shell blocks, as words, without comments."""
    lines = "".join(fenced(text, "sh")).splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def every(pattern: str, text: str) -> list[str]:
    """Return every match of a pattern in which ^ and $ stand for lines."""
    return re.findall(pattern, text, re.MULTILINE)


@cache
def audit(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the real program."""
    program = Path(sys.executable).with_name("audit")
    return subprocess.run([program, *words], capture_output=True, text=True, check=False)


def anchor(heading: str) -> str:
    """Return the anchor that a Markdown viewer gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_generated_parts_are_up_to_date() -> None:
    """`make docs` would change nothing."""
    assert [str(file) for file in references.stale()] == []


def test_every_probe_has_its_section() -> None:
    """Each probe can be looked up, with every column."""
    text = read("docs/probes.md")
    assert probes()
    for probe in probes().values():
        body = section(text, f"## {probe.id}").partition("\n## ")[0]
        assert {c.name for c in probe.columns} <= set(every(r"^\| `(\w+)`", body))


def test_every_operator_is_explained() -> None:
    """An author of criteria finds each operator."""
    text = section(read("docs/criteria.md"), "## Operator").partition("\n## ")[0]
    assert set(every(r"^\| `(\w+)`", text)) == set(Operator)


def test_every_parameter_names_its_source() -> None:
    """Each threshold of our profiles stands in the reference beside its source."""
    text = read("docs/criteria.md")
    assert DEFAULT_PROFILE in profile.names()
    for name in profile.names():
        ours = profile.load(name).profile
        body = section(text, f"## {ours.id}").partition("\n## ")[0]
        assert wanted.parameters(ours)
        for key in wanted.parameters(ours):
            parameter = ours.parameters[key]
            row = next(line for line in body.splitlines() if line.startswith(f"| `{key}` |"))
            assert f"| {parameter.source}" in row


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_exit_code_is_in_the_readme(language: str) -> None:
    """Both halves of the README list all codes, in order."""
    codes = every(r"^\| (\d+) \|", README[language])
    assert codes == [str(code.value) for code in ExitCode]


@pytest.mark.parametrize("page", GUIDES)
def test_every_word_of_a_result_is_in_the_guide(page: str) -> None:
    """Whoever reads a record finds each closed word explained."""
    cells = set(re.findall(r"\| `(\w+)` \|", read(page)))
    assert {*Verdict, *Basis, *Source, *Failure} <= cells


@pytest.mark.parametrize("page", GUIDES)
def test_every_command_is_in_the_guide(page: str) -> None:
    """What `audit --help` lists and what the guide lists are the same commands."""
    documented = {words.split()[0] for words in every(r"^\| `audit ([\w -]+)` \|", read(page))}
    told = audit("--help")
    assert told.returncode == ExitCode.MET, told.stderr
    assert documented == set(every(r"^  ([a-z][a-z-]+) {2,}\S", told.stdout))


@cache
def options(*path: str) -> frozenset[str]:
    """Return the options of a command, which is asked once."""
    told = audit(*path, "--help")
    assert told.returncode == ExitCode.MET, (path, told.stderr)
    return frozenset(re.findall(r"--[a-z][a-z0-9-]*", told.stdout))


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *GUIDES])
def test_every_command_shown_exists(page: str) -> None:
    """Each `audit …` in prose or in a block is a command, and has the options shown with it."""
    inline = [shlex.split(code) for code in re.findall(r"`(audit [^`]+)`", read(page))]
    shown = [words for words in (*commands(read(page)), *inline) if words[0] == "audit"]
    assert shown
    for words in shown:
        groups = {"alert", "measure", "profile", "schedule"}
        path = words[1:3] if words[1] in groups else words[1:2]
        assert {word for word in words if word.startswith("--")} <= options(*path), words


@pytest.mark.parametrize("page", GUIDES)
def test_every_option_of_a_run_is_in_the_guide(page: str) -> None:
    """Whoever reads the guide knows each option of the command that matters most."""
    options = set(every(r"^ +(--[a-z]+)", audit("run", "--help").stdout))
    assert "--site" in options
    assert options <= set(every(r"--[a-z]+", read(page)))


def test_every_make_target_named_exists() -> None:
    """The documentation names real targets, and each is one line that a person can read."""
    rules = re.findall(r"^([a-z]+):[^\n=]*\n((?:\t[^\n]*\n)*)", read("Makefile"), re.MULTILINE)
    named = {
        target
        for page in ("README.md", "CONTRIBUTING.md", *GUIDES)
        for words in every(r"(?:`|^)make ((?:[a-z]+ ?)+)", read(page))
        for target in words.split()
    }
    assert {"run", "test", "check"} <= named <= {name for name, _ in rules}
    assert {name: recipe for name, recipe in rules if recipe.count("\n") > 1} == {}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    """Links between pages, and to headings, resolve."""
    for target, heading in LINK.findall(read(page)):
        if target.startswith(("http:", "https:")):
            continue
        file = (ROOT / page).parent / target if target else ROOT / page
        assert file.exists(), target
        if heading:
            titles = every(r"^#+ (.+)$", file.read_text("utf-8"))
            assert heading in {anchor(title) for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_vietnamese_is_written_in_one_form(page: str) -> None:
    """Letters with marks are composed (NFC), so that searching finds them."""
    assert unicodedata.is_normalized("NFC", read(page))


@pytest.mark.parametrize("page", [*PAGES, "auditor/locale/vi/LC_MESSAGES/audit.po"])
def test_the_reader_is_addressed_in_one_way(page: str) -> None:
    """As “bạn”, in the commands as in the guide."""
    assert "quý vị" not in read(page).lower()


@pytest.mark.parametrize(
    ("vietnamese", "english"),
    [(README["vi"], README["en"]), (read(GUIDES[0]), read(GUIDES[1]))],
    ids=["README", "guide"],
)
def test_both_languages_say_the_same(vietnamese: str, english: str) -> None:
    """Both have the same outline, the same tables row by row, and the same commands."""

    def outline(text: str) -> list[str]:
        return every(r"^(#+ [\d.]*|- |\| |```\w*)", text)

    assert outline(vietnamese) == outline(english)
    assert commands(vietnamese) == commands(english)
    assert fenced(vietnamese, "yaml") == fenced(english, "yaml")
    assert commands(vietnamese)


@pytest.mark.parametrize("page", GUIDES)
def test_the_site_file_of_the_guide_is_accepted(page: str, tmp_path: Path) -> None:
    """Whoever copies the examples into one file, and has the papers, can run it."""
    blocks = fenced(read(page), "yaml")
    (tmp_path / "van-ban").mkdir()
    for name in every(r"(?:file|sync_log|mapping): ([\w./-]+)", "".join(blocks)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"test")
    file = tmp_path / "centre.yaml"
    file.write_text("".join(blocks), "utf-8")
    told = site.load(file, profile.load(DEFAULT_PROFILE).profile).site
    assert [system.level for system in told.information_systems] == [2]
    assert [paper.exists for paper in told.documents] == [True, False]
    assert told.documents[0].confirmation is not None
    assert told.documents[0].confirmation.sha256 == hashlib.sha256(b"test").hexdigest()
    assert told.scope.authorisation is not None


def test_the_province_of_the_recipe_is_accepted(tmp_path: Path) -> None:
    """The example of a child profile drops one indicator, renames one and keeps the others."""
    (example,) = fenced(read("CONTRIBUTING.md"), "yaml")
    file = tmp_path / "province.yaml"
    file.write_text(example, "utf-8")
    base = profile.load(DEFAULT_PROFILE).profile
    child = profile.load(str(file)).profile
    dropped = [i.id for i in base.indicators if i.id not in {c.id for c in child.indicators}]
    renamed = [
        c.id for c in child.indicators for i in base.indicators if c.id == i.id and c.name != i.name
    ]
    assert (dropped, renamed) == (["2.9"], ["2.1"])


def test_the_probe_of_the_recipe_is_a_probe(tmp_path: Path) -> None:
    """The example probe loads, is named after its file and keeps the dependency rule."""
    blocks = INDENTED_FENCE.findall(read("CONTRIBUTING.md"))
    (example,) = (
        re.sub(r"^   ", "", body, flags=re.MULTILINE) for kind, body in blocks if kind == "python"
    )
    file = tmp_path / "disk_free.py"
    file.write_text(example, "utf-8")
    made = runpy.run_path(str(file))["disk_free"]
    assert isinstance(made, Probe)
    assert made.title == "Free space on each mounted filesystem."
    source = architecture.Source("auditor.probes.disk_free", example)
    rules = (*architecture.PRODUCT_RULES, *architecture.EVERYWHERE_RULES)
    assert [fault for rule in rules for fault in rule(source)] == []
