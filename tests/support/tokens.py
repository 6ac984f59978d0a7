"""Tokens for tests: SoftHSM2 (Debian), filled by pkcs11-tool of OpenSC, as a person fills one."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN, SO_PIN = "271828", "31415926"
LABEL = "Sở KH&CN; mẫu"
TRIES = Path(__file__).with_name("tries_module.c")


@dataclass(frozen=True)
class Tokens:
    """A drawer of tokens that are all plugged in."""

    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What the module wants to know."""
        return {"SOFTHSM2_CONF": str(self.folder / "softhsm2.conf")}

    def ran(self, *command: str | Path) -> str:
        """Run a program of the drawer's."""
        done = subprocess.run(
            [*map(str, command)], env={"PATH": "/usr/bin:/bin", **self.environment},
            capture_output=True, text=True, check=True, cwd=self.folder,
        )  # fmt: skip
        return done.stdout

    def plug_in(self, label: str = LABEL) -> str:
        """Initialise one more token and return its serial number."""
        before = self._serials()
        pins = ("--pin", PIN, "--so-pin", SO_PIN)
        self.ran("softhsm2-util", "--init-token", "--free", "--label", label, *pins)
        (serial,) = self._serials() - before
        return serial

    def _serials(self) -> set[str]:
        return set(re.findall(r"Serial number: +(\w+)", self.ran("softhsm2-util", "--show-slots")))

    def tool(self, *arguments: str | Path) -> str:
        """Let pkcs11-tool do something on the first token."""
        who = ("--token-label", LABEL, "--login", "--pin", PIN)
        return self.ran("pkcs11-tool", "--module", MODULE, *who, *arguments)

    def make(self, name: str, kind: str, number: str) -> None:
        """Make a key that never leaves the token."""
        self.tool("--keypairgen", "--key-type", kind, "--label", name, "--id", number)

    def certify(self, certificate: bytes, number: str) -> None:
        """Write a certificate (DER) under the id of a key."""
        file = self.folder / f"{number}.der"
        file.write_bytes(certificate)
        self.tool("--write-object", file, "--type", "cert", "--id", number)

    def options(self, key: str, module: Path = MODULE, **more: str) -> tuple[str, ...]:
        """Return the options that name a key on the first token."""
        path = {"token": LABEL, "object": key, **more}
        parts = [f"{name}={quote(value, safe='')}" for name, value in path.items()]
        return ("--token", "pkcs11:" + ";".join(parts), "--pkcs11-module", str(module))

    @property
    def counter(self) -> Path:
        """The module that counts wrong PINs."""
        return self.folder / "tries.so"

    def counting(self, file: Path) -> dict[str, str]:
        """Return what that module wants to know: it counts in `file`."""
        if not self.counter.exists():
            self.ran("gcc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", self.counter, TRIES)
        return {"TRIES": str(file), "BELOW": str(MODULE), **self.environment}


def drawer(folder: Path) -> Tokens:
    """Return a drawer with one token, or skip where Debian's packages are missing."""
    for program, package in (
        ("softhsm2-util", "softhsm2"),
        ("pkcs11-tool", "opensc"),
        ("gcc", "gcc"),
    ):
        if shutil.which(program) is None:
            pytest.skip(f"needs the Debian package {package}")
    kept = folder / "tokens"
    kept.mkdir()
    lines = (f"directories.tokendir = {kept}", "objectstore.backend = file", "log.level = ERROR")
    (folder / "softhsm2.conf").write_text("\n".join(lines) + "\n", "utf-8")
    tokens = Tokens(folder)
    tokens.plug_in()
    return tokens
