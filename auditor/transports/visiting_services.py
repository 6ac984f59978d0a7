"""What an access to the network gives probes of services on the Internet, beside visits."""

from auditor.canonical import dumps, sha256
from auditor.errors import CannotMeasure
from auditor.model import Failure, Library
from auditor.transports.files import opened
from auditor.transports.from_site import FromSite
from auditor.web.platforms import Described

LARGEST_FILE = 32 * 1024 * 1024


class Serving(FromSite):
    """`Platforms` without its visits."""

    @property
    def libraries(self) -> tuple[Library, ...]:
        """The libraries that come with the tool, as the site changes them."""
        from auditor import libraries  # noqa: PLC0415 - reads YAML

        return libraries.of_site(self.site.online)

    def text_of(self, file: str) -> str:
        """Read a text file as `Platforms.text_of` says."""
        content = self._content(file)
        return content.decode("utf-8-sig", "replace")

    def described(self, body: bytes) -> Described:
        """Read a description as `Platforms.described` says."""
        from auditor.transports.visiting_described import described  # noqa: PLC0415 - loads parsers

        return described(body)

    def against_schema(self, schema_file: str, body: bytes) -> str:
        """Check an answer as `Platforms.against_schema` says."""
        from auditor.transports.visiting_described import against  # noqa: PLC0415 - loads parsers

        return against(self._content(schema_file), schema_file, body)

    def _content(self, file: str) -> bytes:
        with opened(self._context.site_folder / file) as source:
            content = source.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise CannotMeasure(Failure.UNPARSABLE, f"{file}: more than {LARGEST_FILE} bytes")
        facts = {"file": file, "sha256": sha256(content), "size_bytes": len(content)}
        self._captures.content(f"digest {file}", dumps(facts))
        return content
