"""What the files of the tool call by a key, as a reader of documents calls it.

Reasons name keys, for whoever fills in the site file; those of older runs, systems
by theirs too. A document of the dossier names things.
"""

import re
from collections.abc import Mapping

from auditor.model import Profile, Site

from ..clean import clipped

_HINT = r" – [^;]*?(?<![\w/-])[a-z][a-z0-9]*[_.][a-z0-9]+[^;]*"
"""What follows a dash and names a key tells how to fill in the site file, not what was found."""


class Names:
    """The names behind the keys of criteria, measurements and information systems."""

    def __init__(self, profile: Profile, site: Site, measurements: Mapping[str, str]) -> None:
        """Take names from the criteria and the site file; `measurements` holds titles by id."""
        self._names = {
            **{key: _short(title) for key, title in measurements.items()},
            **{key: name.vi for key, name in profile.document_kinds.items()},
            **{key: value.name.vi for key, value in profile.declared_values.items()},
        }
        self._systems = {each.id: clipped(each.name) for each in site.information_systems}
        compound = [key for key in self._names if "_" in key]
        # A key of one word may be a word of a sentence: it counts where it is quoted.
        self._keys = re.compile(
            f"“({_any(self._names)})”|(?<![\\w./-])({_any(compound)})(?![\\w/-])"
        )
        named = _any(list(self._systems.values()))
        self._hints = re.compile(f"((?:{named})(?: \\([^)]*\\))?: )|{_HINT}")
        system = _any(self._systems)
        self._places = re.compile(
            f"(?<=hệ thống thông tin )(?:{system})(?=;)|(?<![\\w.-])(?<!\\w )(?:{system})(?=: )"
        )

    def plain(self, text: str) -> str:
        """Return a sentence with names in place of keys, without hints for the site file."""
        told = self._hints.sub(lambda found: found[1] or "", text)
        told = self._keys.sub(lambda found: f"“{self._names[found[1] or found[2]]}”", told)
        return self._places.sub(lambda found: self._systems[found[0]], told)

    def listed(self, keys: str) -> str:
        """Return a list of information systems with their names."""
        return ", ".join(map(self.system, keys.split(", ")))

    def measurement(self, key: str) -> str:
        """Return the title of a measurement beside its key, which names it in the pack."""
        title = self._names.get(key.partition("(")[0])
        return f"{title} ({key})" if title else key

    def system(self, key: str) -> str:
        """Return the name of an information system; its key if the site file is not at hand."""
        return self._systems.get(key, key)


def _short(title: str) -> str:
    """Return the title of a measurement as far as it says what is measured."""
    return re.split("[:;(]", title)[0].rstrip(" .")


def _any(words: Mapping[str, str] | list[str]) -> str:
    """Return a pattern of any of these words, the longest first; of none, what never matches."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)"
