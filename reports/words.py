"""The fixed wording of reports: one place, so that every format says the same.

Each function takes the language as `_`, the name that Babel looks for.
"""

from collections.abc import Mapping

from auditor.language import Language
from auditor.model import Basis, Confidence, Effective, KnownFrom, MachineState, Source, Verdict

MARKS: Mapping[Verdict, str] = {
    Verdict.MET: "✓",
    Verdict.NOT_MET: "✗",
    Verdict.UNDETERMINED: "?",
    Verdict.NOT_APPLICABLE: "–",
}
"""A sign beside each verdict's word, never instead of it."""

EFFECTIVE_MARKS: Mapping[Effective, str] = {
    **{Effective(verdict.value): mark for verdict, mark in MARKS.items()},
    Effective.WAIVED: "!",
}
"""The same for the effective layer."""


def verdicts(_: Language) -> dict[Verdict, str]:
    """Return the word for each verdict."""
    return {
        Verdict.MET: _("Met"),
        Verdict.NOT_MET: _("Not met"),
        Verdict.UNDETERMINED: _("Insufficient basis to conclude"),
        Verdict.NOT_APPLICABLE: _("Not applicable"),
    }


def effective(_: Language) -> dict[Effective, str]:
    """Return the word for each verdict of the effective layer."""
    raw = {Effective(verdict.value): word for verdict, word in verdicts(_).items()}
    return {**raw, Effective.WAIVED: _("Under an exception")}


def bases(_: Language) -> dict[Basis, str]:
    """Return the word for each kind of evidence."""
    return {
        Basis.MEASURED: _("measured"),
        Basis.DOCUMENT: _("document"),
        Basis.DECLARED: _("declared"),
    }


def sources(_: Language) -> dict[Source, str]:
    """Return where a threshold comes from, in words."""
    return {
        Source.LAW: _("legal text"),
        Source.APPROVED_PLAN: _("approved plan"),
        Source.REFERENCE: _("reference document"),
        Source.TOOL_DEFAULT: _("the tool's own threshold"),
    }


def confidences(_: Language) -> dict[Confidence, str]:
    """Return how well a citation's wording is known."""
    return {
        Confidence.READ: _("wording read in a copy"),
        Confidence.SECONDARY: _("known from a secondary text"),
        Confidence.FROM_MEMORY: _("not verified"),
        Confidence.UNCERTAIN: _("uncertain"),
    }


def known_from(_: Language) -> dict[KnownFrom, str]:
    """Return how a machine is known."""
    return {
        KnownFrom.SITE: _("site file"),
        KnownFrom.ARP: _("ARP table"),
        KnownFrom.NDP: _("IPv6 neighbour table"),
        KnownFrom.LEASE: _("DHCP leases"),
        KnownFrom.DISCOVERY: _("network discovery"),
    }


def machine_states(_: Language) -> dict[MachineState, str]:
    """Return what became of a known machine."""
    return {
        MachineState.INSPECTED: _("inspected"),
        MachineState.FAILED: _("not inspected"),
        MachineState.NEVER_TRIED: _("never tried"),
        MachineState.NOT_A_MACHINE: _("stated to be no machine, not counted"),
        MachineState.HIDDEN: _("machines that could not be counted"),
    }


def essentials(_: Language) -> tuple[str, ...]:
    """Return what even the shortest report must say."""
    return (
        _(
            "The tool proposes verdicts from what it measured and from the documents it was given. "
            "The conclusion belongs to the appraiser: the appraiser's column is left empty."
        ),
        _(
            "Every threshold states its source. Where it reads “the tool's own threshold”, neither "
            "the official text nor a law gives it."
        ),
    )


def explanations(_: Language) -> tuple[str, ...]:
    """Return what the report is and is not: the essentials, and what follows from them."""
    return (
        *essentials(_),
        _(
            "“Met” and “Not met” are the words of the appraisal form (Form IV.5.1.1, "
            "Decree 268/2025/NĐ-CP). “Insufficient basis to conclude” and “Not applicable” are the "
            "tool's own words."
        ),
        _(
            "The basis is the kind of evidence that a verdict rests on: measured, document or "
            "declared. For “Insufficient basis to conclude” it is the kind of evidence that is "
            "still awaited."
        ),
        _(
            "Missing evidence never counts as “Met”. What could not be measured is listed with its "
            "cause."
        ),
        _(
            "This is a self-check aid and technical evidence. It is not an assessment result under "
            "Article 31.2.c of Decree 331/2026/NĐ-CP, which only a unit independent of the "
            "operating unit may give."
        ),
    )


def labels(_: Language) -> dict[str, str]:
    """Return headings and field names by key. Keys must not be names of `dict` methods."""
    return {**_headings(_), **_fields(_), **_methods(_)}


def _headings(_: Language) -> dict[str, str]:
    return {
        "report": _("Review of technical infrastructure"),
        "subtitle": _("Technical evidence for the recognition dossier"),
        "draft": _("Produced by a tool; not signed, not an appraisal"),
        "skip": _("Skip to the summary"),
        "contents": _("Contents"),
        "about": _("What this report is and is not"),
        "summary": _("Summary by group"),
        "pictures": _("Pictures"),
        "figures": _("Figures of this picture"),
        "table": _("Table of indicators"),
        "details": _("Indicators in detail"),
        "plan": _("What to do, first things first"),
        "steps_counted": _("steps: {n}"),
        "plan_note": _(
            "What closes most for the least work stands first; efforts are the tool's own estimate."
            " The next run alone says whether something is met."
        ),
        "nothing_open": _("Nothing is open."),
        "exceptions": _("Exceptions"),
        "changes": _("Changes since the previous run"),
        "limits": _("What limits this result"),
        "unmeasured": _("What could not be measured"),
        "machines": _("Known machines"),
        "annex": _("List of evidence"),
        "filter": _("Filter"),
        "all_systems": _("all, and the centre as a whole"),
        "system_note": _(
            "With a system chosen, its own verdict counts; lines not judged for it are left out."
        ),
        "show_all": _("Show everything"),
        "shown_of": _("Shown: {shown} of {total} lines. On paper all are printed."),
        "raw": _("Raw evidence"),
        "raw_text": _("raw"),
        "raw_file": _("raw file"),
        "open_file": _("open the file"),
        "raw_rule": _(
            "A file is shown whole, if it is text of at most 256 KiB and all that is shown is at "
            "most 4 MiB, the smallest first; any other only lies in evidence/ beside this page. "
            "Characters that act unseen are written out. This is what machines answered: give this "
            "page only to those who may read that."
        ),
        "annex_note": _(
            "Each file lies in the run folder under evidence/, named by its SHA-256. The codes in "
            "this report lead here."
        ),
        "methods": _("Methods"),
        "probe_table": _("Probes used"),
        "all_measured": _("Every planned measurement was carried out."),
    }


def _fields(_: Language) -> dict[str, str]:
    return {
        "indicator": _("Indicator"),
        "number": _("No."),
        "verdict": _("Proposed verdict"),
        "before": _("Before"),
        "after": _("Now"),
        "basis": _("Basis"),
        "reason": _("Reason"),
        "appraiser": _("Appraiser's opinion"),
        "group": _("Group"),
        "total": _("Total"),
        "indicator_count": _("Indicators"),
        "footnote": _("Note of the official text"),
        "optional": _("“if any” item"),
        "threshold": _("Threshold in the official text"),
        "machine": _("Measured by machine"),
        "declared": _("Declared by the centre"),
        "documents": _("Documents needed"),
        "papers": _("Documents in the dossier"),
        "paper": _("Document, file and its SHA-256"),
        "issued": _("Number and date"),
        "valid_until": _("Valid until"),
        "confirmed": _("Confirmed by"),
        "if_any": _("if any"),
        "systems": _("By information system"),
        "system": _("Information system"),
        "checks": _("Checks"),
        "actual": _("Found"),
        "expected": _("Expected"),
        "source": _("Source of the threshold"),
        "supporting": _("for information, does not decide"),
        "evidence": _("Evidence"),
        "no_evidence": _("No observation stands behind this verdict."),
        "references": _("References"),
        "caution": _("Caution"),
        "effective": _("Effective, with exceptions"),
        "raw_verdict": _("Verdict itself"),
        "state": _("State"),
        "granted_by": _("Document; people"),
        "remedy": _("What to do"),
        "or_else": _("or"),
        "effort": _("Effort"),
        "helps": _("Helps"),
        "closes": _("nothing else is open in"),
        "responsible": _("Responsible"),
        "captures": _("Files kept"),
        "more_evidence": _("More evidence"),
        "no_captures": _("no raw output kept"),
        "code": _("Code"),
        "probe": _("Probe"),
        "version": _("Version"),
        "target": _("Target"),
        "result": _("Result"),
        "cause": _("Cause"),
        "known_machine": _("Machine"),
        "known_from": _("Known from"),
        "inspection": _("Inspection"),
        "local_mac": _("random or virtual hardware address"),
    }


def _methods(_: Language) -> dict[str, str]:
    return {
        "centre": _("Centre"),
        "decision": _("Official text"),
        "issuer": _("Issued by"),
        "profile": _("Criteria profile"),
        "period": _("Time of the review"),
        "run": _("Run"),
        "record_digest": _("SHA-256 of the record (record.json)"),
        "code_note": _("Code to compare with the record of this run."),
        "public_copy": _("Public copy"),
        "full_pack": _("Full pack, SHA-256 of its index"),
        "vantage": _("Measured from"),
        "tool": _("Tool"),
        "profile_digest": _("Profile file, SHA-256"),
        "site_digest": _("Site file, SHA-256"),
        "authorisation": _("Authorisation letter"),
        "authorisation_digest": _("Authorisation letter, SHA-256"),
        "ledger_digest": _("Ledger of exceptions, SHA-256"),
        "no_authorisation": _("no authorisation letter: only this machine was read"),
        "clock": _("Clock"),
        "targets": _("Targets"),
        "observations": _("Observations"),
        "uses": _("Measurements"),
        "failed": _("Not measured"),
    }
