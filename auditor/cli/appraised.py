"""What `audit verify` says of an appraisal."""

from collections import Counter
from collections.abc import Iterator

from auditor.cli.appraise_words import reasons, results
from auditor.language import _
from auditor.pack.appraising import Checked
from auditor.pack.svr import AppraisalV1, properties_of


def as_json(checked: Checked) -> dict[str, object]:
    """Write an appraisal for other programs."""
    appraisal = checked.appraisal
    return {
        "signer": checked.signer or None,
        "time_created": checked.time_created or None,
        "properties": properties_of(appraisal) if appraisal else [],
        "appraiser": appraisal["appraiser"] if appraisal else None,
        "sample": appraisal["sample"]["items"] if appraisal else [],
        "verdicts": appraisal["verdicts"] if appraisal else [],
    }


def told(checked: Checked) -> Iterator[str]:
    """Say who appraised, what the second looks gave, and where the verdicts differ."""
    appraisal = checked.appraisal
    if appraisal is None:
        return
    yield ""
    by, key = appraisal["appraiser"]["name"], checked.signer
    yield _("Appraised by: {name}, {time}; key {key}", name=by, time=checked.time_created, key=key)
    yield from _sample(appraisal)
    words = {"met": _("Met"), "not_met": _("Not met")}
    rest = {
        "undetermined": _("Insufficient basis to conclude"),
        "not_applicable": _("Not applicable"),
    }
    for opinion in appraisal["verdicts"]:
        yield _(
            "  {id}: appraiser {appraiser}, tool {tool}: {reason}",
            id=opinion["indicator"],
            appraiser=words[opinion["appraiser"]],
            tool={**words, **rest}.get(opinion["tool"], opinion["tool"]),
            reason=opinion["reason"],
        )


def _sample(appraisal: AppraisalV1) -> Iterator[str]:
    items = appraisal["sample"]["items"]
    looks = [
        (item["key"], look)
        for item in items
        for look in (item["rerun"], item["by_hand"])
        if look is not None
    ]
    word, why = results(), reasons()
    counts: Counter[str] = Counter(look["result"] for _key, look in looks)
    shown = ", ".join(f"{text} {counts[code]}" for code, text in word.items())
    yield _("Measurements of the sample: {n} ({counts})", n=len(items), counts=shown)
    for key, look in looks:
        reason = why.get(look["why"], look["why"])
        yield f"  {key}: {word[look['result']]}: {reason} [{look['detail']}]"
