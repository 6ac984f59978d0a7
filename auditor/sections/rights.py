"""What could not be read or recognised on a machine, in words."""

import re

from auditor.collection import Collection
from auditor.model import Text

_DENIED = re.compile(rb"permission denied|operation not permitted|access is denied", re.IGNORECASE)
_LINUX = Text(
    vi="chương trình và cổng của tiến trình thuộc tài khoản khác; nhóm fanotify",
    en="programs and sockets of other accounts' processes; fanotify groups",
)
_OTHER = Text(vi="những gì chỉ quản trị viên được đọc", en="whatever only administrators may read")


def lacking(collection: Collection) -> tuple[Text, ...]:
    """Say which rights were lacking, in one sentence; nothing where all rights were there."""
    if collection.is_root:
        return ()
    refused = [
        section.name
        for section in collection.sections.values()
        if section.state == "denied" or _DENIED.search(section.stderr)
    ]
    known = _LINUX if collection.platform == "linux" else _OTHER
    vi, en = ("; ".join((words, *refused)) for words in (known.vi, known.en))
    return (
        Text(
            vi=f"Đo không có quyền quản trị, nên không đọc được: {vi}. Những gì không thấy thì "
            "để «chưa biết».",
            en=f"Measured without administrator rights, so not readable: {en}. What was not seen "
            "stays not known.",
        ),
    )


def unseen(products: tuple[str, ...]) -> tuple[Text, ...]:
    """Say which products the catalogue cannot recognise on this system; nothing if it can all."""
    if not products:
        return ()
    names = ", ".join(products)
    return (
        Text(
            vi="Danh mục chưa có dấu hiệu đã kiểm chứng trên hệ điều hành này, nên không nhận ra "
            f"được: {names}.",
            en="The catalogue has no checked signal on this system for, and so cannot recognise: "
            f"{names}.",
        ),
    )
