"""Which store is meant, without opening it."""

import os
from pathlib import Path

import platformdirs

URL_VARIABLE = "AUDIT_STORE"
_FILE = "sqlite:///"


def data_folder() -> Path:
    """Return the user's data folder of this tool."""
    return Path(platformdirs.user_data_dir("centre-audit", appauthor=False))


def default_url() -> str:
    """Return the store that is used when none is named."""
    return os.environ.get(URL_VARIABLE) or f"{_FILE}{(data_folder() / 'store.sqlite').as_posix()}"


def name(url: str = "") -> str:
    """Return what tells one store from another: no password, and a file's whole path."""
    text = (url or default_url()).partition("?")[0]
    if text.startswith(_FILE):
        return f"{_FILE}{Path(text.removeprefix(_FILE)).absolute().as_posix()}"
    scheme, _slashes, rest = text.partition("://")
    login, at, place = rest.rpartition("@")
    return f"{scheme}://{login.partition(':')[0]}{at}{place}"
