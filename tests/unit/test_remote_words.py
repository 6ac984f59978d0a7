"""The sentences about endpoints of remote work."""

from auditor.vpn.vocabulary import Trouble
from auditor.vpn.words import TROUBLES, said


def test_each_trouble_has_a_sentence_with_a_remedy() -> None:
    """No two alike; those that concern all rows alike are told once, by `remarks`."""
    assert set(TROUBLES) == set(Trouble) - {Trouble.FROM_INSIDE, Trouble.NOT_ASKED}
    assert len({text.vi for text in TROUBLES.values()}) == len(TROUBLES)
    assert all(" – " in text.vi and " – " in text.en for text in TROUBLES.values())
    assert said("vpn", Trouble.REFUSED).vi.startswith("vpn: máy chủ từ chối")
