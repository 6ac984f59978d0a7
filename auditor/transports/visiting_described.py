"""Descriptions of interfaces and schemas, read as data that may be hostile."""

import json
import re
from xml.parsers import expat

import jsonschema
import referencing

from auditor import yamlfile
from auditor.errors import BadInput, CannotMeasure
from auditor.model import Failure
from auditor.web.platforms import Described, DocumentKind

_METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options", "trace"})
_ODATA_ROOTS = frozenset(
    {
        "http://docs.oasis-open.org/odata/ns/edmx Edmx",
        "http://schemas.microsoft.com/ado/2007/06/edmx Edmx",
    }
)
_DEEPEST = 100
_LIKE_OPENAPI = re.compile(rb"(?m)^openapi\s{0,9}:")
_LONGEST_REASON = 200


def described(body: bytes) -> Described:
    """Say what a description is, as `Platforms.described`."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        return _odata(body)
    return _openapi(body, is_json=start == b"{")


def _openapi(body: bytes, *, is_json: bool) -> Described:
    try:
        found = json.loads(body) if is_json else yamlfile.parse(body, "").data
    except (ValueError, RecursionError):
        return Described(None, "no JSON")
    except BadInput:  # aliases, say, which OpenAPI may have and the reader refuses
        if _LIKE_OPENAPI.search(body):
            return Described(None, "YAML that the tool does not read", is_read=False)
        return Described(None, "neither JSON nor YAML nor XML")
    problem = _lacks(found)
    return Described(None, problem) if problem else Described(DocumentKind.OPENAPI)


def _lacks(found: object) -> str:
    """Say what keeps data from being a description by OpenAPI 3 that can be used."""
    if not isinstance(found, dict):
        return "no description of an interface"
    version, info, paths = found.get("openapi"), found.get("info"), found.get("paths")
    if not isinstance(version, str) or not version.startswith("3."):
        return "no OpenAPI 3: the field `openapi` is missing or another version"
    if not isinstance(info, dict) or not info.get("title") or not info.get("version"):
        return "OpenAPI without info.title or info.version"
    operations = (
        method
        for path, item in (paths.items() if isinstance(paths, dict) else ())
        if isinstance(path, str) and path.startswith("/") and isinstance(item, dict)
        for method, operation in item.items()
        if method in _METHODS and isinstance(operation, dict)
    )
    return "OpenAPI that describes no operation" if next(operations, None) is None else ""


class _Refused(Exception):
    """XML that is not read on."""


def _odata(body: bytes) -> Described:
    parser = expat.ParserCreate(namespace_separator=" ")
    names: list[str] = []
    depth = 0
    root = ""

    def begin(name: str, _attributes: object) -> None:
        nonlocal depth, root
        depth += 1
        if depth > _DEEPEST:
            message = "XML nested too deep"
            raise _Refused(message)
        root = root or name
        names.append(name.rpartition(" ")[2])

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_arguments: object) -> None:
        message = "XML with a DOCTYPE, which is not read"
        raise _Refused(message)

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body, True)  # noqa: FBT003 - the library's own signature
    except _Refused as error:
        return Described(None, str(error))
    except (expat.ExpatError, ValueError, LookupError):
        return Described(None, "XML that is not well-formed")
    if root not in _ODATA_ROOTS or not {"Schema", "EntityType"}.issubset(names):
        return Described(None, "XML that is no OData $metadata")
    return Described(DocumentKind.ODATA)


def against(schema: bytes, name: str, body: bytes) -> str:
    """Say what is wrong with an answer by a schema; nothing is fetched. Raises `CannotMeasure`."""
    try:
        rules = json.loads(schema)
        kind = jsonschema.validators.validator_for(rules, jsonschema.Draft202012Validator)
        kind.check_schema(rules)
    except (ValueError, TypeError, RecursionError, jsonschema.SchemaError) as error:
        raise CannotMeasure(Failure.UNPARSABLE, f"{name}: no JSON schema") from error
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return "no JSON"
    try:
        # an empty registry: no reference is looked up anywhere else
        checking = kind(rules, registry=referencing.Registry())
        wrong = next(iter(checking.iter_errors(answer)), None)
    except (referencing.exceptions.Unresolvable, RecursionError) as error:
        raise CannotMeasure(
            Failure.UNPARSABLE, f"{name}: refers to what is not in the file, or without end"
        ) from error
    if wrong is None:
        return ""
    # the place and the rule, not the value: it may be somebody's data
    return f"{wrong.json_path}: {wrong.validator}"[:_LONGEST_REASON]
