"""The effective layer of a sealed record again, from its findings and the sealed ledger."""

from collections.abc import Iterator, Mapping

from auditor.canonical import dumps, sha256
from auditor.errors import BadInput
from auditor.language import _
from auditor.model import AuditRecord
from auditor.pack.container import Fault
from auditor.record_layer import waivers_v1
from auditor.record_v1 import RecordV1
from auditor.runfolder import RECORD
from auditor.waivers import NAME, parse


def against_ledger(
    files: Mapping[str, bytes], sealed: RecordV1, record: AuditRecord
) -> Iterator[Fault]:
    """Say where ledger and layer do not belong to each other."""
    content = files.get(NAME)
    if "waivers" not in sealed:
        if content is not None:
            yield Fault(NAME, _("the record knows of no exceptions"))
        return
    if content is None:
        yield Fault(NAME, _("missing: the record speaks of exceptions"))
        return
    if sha256(content) != sealed["waivers"]["sha256"]:
        yield Fault(NAME, _("not the file that the record was made with"))
        return
    try:
        derived = parse(content, NAME).layer(record)
    except BadInput as error:
        yield Fault(NAME, str(error))
        return
    if dumps(waivers_v1(derived)) != dumps(sealed["waivers"]):
        problem = _("its effective layer does not follow from its findings and its ledger")
        yield Fault(RECORD, problem)
