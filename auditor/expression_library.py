"""The library of CEL without its own command line, whose terminal takes long to load."""

import importlib
import importlib.util
import sys
from types import ModuleType


def library() -> tuple[ModuleType, ModuleType]:
    """Return the compiler, and the functions beyond the language itself."""
    if "cel" in sys.modules:
        return importlib.import_module("cel.cel"), importlib.import_module("cel.stdlib")
    found = importlib.util.find_spec("cel")
    if found is None:
        raise ModuleNotFoundError(name="cel")
    # Its modules need a package that they are in; who imports it later gets the real one.
    sys.modules["cel"] = importlib.util.module_from_spec(found)
    try:
        return importlib.import_module("cel.cel"), importlib.import_module("cel.stdlib")
    finally:
        del sys.modules["cel"]
