"""The page of the technical measures that machines are judged by."""

from nouns import table

from auditor import measures


def measures_page(notice: str) -> str:
    """Return docs/measures.md: what a machine can be judged by for indicator 2.13."""
    head = (
        *("Mã / Id", "Biện pháp / Measure", "Cấp / Level", "Hệ điều hành / Platforms"),
        *("Yêu cầu / Expected", "Nguồn / Source"),
    )
    rows = (
        (
            f"`{item.id}`",
            f"{item.title.vi}<br>{item.title.en}",
            item.level,
            ", ".join(item.platforms),
            item.expected.format(threshold=item.threshold),
            "<br>".join(
                (item.source.value, *(f"{r.citation} · {r.confidence}" for r in item.references))
            ),
        )
        for item in measures.load().measures
    )
    intro = (
        "Biện pháp kỹ thuật mà công cụ đo được trên máy, dùng cho chỉ số 2.13; ghi mã vào "
        "`plan_measures` của hệ thống.\n"
        "Technical measures that are measured on machines, for indicator 2.13; their ids go into a "
        "system's `plan_measures`.\n"
        "`audit explain measure ID` nói cách đo / says how each is judged.\n"
    )
    return "\n".join(("# Biện pháp kỹ thuật / Measures\n", notice + "\n", intro, table(head, rows)))
