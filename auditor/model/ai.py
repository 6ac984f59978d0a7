"""How the centre uses artificial intelligence, as it says itself."""

from datetime import date
from enum import StrEnum

from auditor.model.vocabulary import noun


class AiEndpointKind(StrEnum):
    """What an endpoint answers: a list of models, or no more than that it is there."""

    OPENAI_MODELS = "openai_models"
    OLLAMA = "ollama"
    HEALTH = "health"


@noun
class AiEndpoint:
    """A service of artificial intelligence that can be asked.

    `url` is the base address of the service (`https://ai.trung-tam.vn/v1`); of kind `health` the
    whole address. `token_from` is "env:NAME" or "keyring:SERVICE/USER"; `ca_file` holds an
    authority that signed its certificate.
    """

    url: str
    kind: AiEndpointKind
    token_from: str = ""
    ca_file: str = ""


@noun
class AiUse:
    """One use: what for, in which work process, by how many people, since when.

    `evidence` is a kind of document of the criteria, or a file.
    """

    purpose: str
    process: str = ""
    users: int | None = None
    since: date | None = None
    evidence: str = ""
    endpoint: AiEndpoint | None = None
