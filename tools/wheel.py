"""Build the wheel as a user would get it, look inside, install it aside and ask it for help."""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = {
    "auditor": "auditor",
    "probes": "auditor/probes",
    "profiles": "auditor/profiles",
    "reports": "auditor/reports",
}
NOT_SHIPPED = {".pyc", ".po", ".pot"}


def expected() -> set[str]:
    """Return the place in the wheel of every file that the four folders hold."""
    return {
        f"{package}/{path.relative_to(ROOT / folder).as_posix()}"
        for folder, package in FOLDERS.items()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix not in NOT_SHIPPED
    }


def build(into: Path) -> Path:
    """Build from a copy, so that nothing left over in build/ can slip in."""
    copy = into / "source"
    ignored = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "audit-runs")
    shutil.copytree(ROOT, copy, ignore=ignored)
    pip = [sys.executable, "-m", "pip", "-qq", "wheel", "--no-deps", "--wheel-dir", str(into)]
    subprocess.run([*pip, str(copy)], check=True)
    return next(into.glob("*.whl"))


def problems(wheel: Path) -> list[str]:
    """Compare the wheel's content with the tree."""
    names = [name for name in zipfile.ZipFile(wheel).namelist() if not name.endswith("/")]
    code = {name for name in names if ".dist-info/" not in name}
    found = [f"missing: {name}" for name in sorted(expected() - code)]
    found += [f"not from the tree: {name}" for name in sorted(code - expected())]
    tops = {name.partition("/")[0] for name in code}
    return [*found, *(f"second top-level name: {top}" for top in sorted(tops - {"auditor"}))]


def use(wheel: Path, aside: Path) -> None:
    """Install the wheel beside its dependencies and run it from there; also check its types."""
    subprocess.run(
        [sys.executable, "-m", "pip", "-qq", "install", "--no-deps", "--target", aside, wheel],
        check=True,
    )
    environment = {**os.environ, "PYTHONPATH": str(aside), "MYPYPATH": str(aside)}
    check = (
        "import sys, auditor.catalogue as c; from auditor.cli import main; "
        "assert c.__file__.startswith(sys.argv[1]), c.__file__; assert c.probes(); "
        "sys.argv[1:] = ['--help']; sys.exit(main())"
    )
    for command in (["-c", check, str(aside)], ["-m", "mypy", "--strict", "-p", "auditor"]):
        subprocess.run(
            [sys.executable, *command],
            cwd=aside,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL if command[0] == "-c" else None,
        )


def main() -> int:
    """Return 1 if the wheel is not what the tree promises."""
    with tempfile.TemporaryDirectory() as folder:
        wheel = build(Path(folder))
        found = problems(wheel)
        print(*found, sep="\n", end="\n" if found else "")
        if found:
            return 1
        use(wheel, Path(folder) / "aside")
        print(f"{wheel.name}: {len(expected())} files, all of the tree and nothing else")
    return 0


if __name__ == "__main__":
    sys.exit(main())
