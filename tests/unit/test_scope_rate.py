"""The rate that all threads share."""

import pytest

from auditor.scope import Bucket


def test_the_rate_is_shared() -> None:
    """After a second's worth of packets each further one waits its turn."""
    clock = [100.0]
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += seconds

    bucket = Bucket(4, clock=lambda: clock[0], wait=wait)
    for _packet in range(4):
        bucket.take()
    assert waits == []
    for _packet in range(4):
        bucket.take()
    assert waits == pytest.approx([0.25] * 4)
    clock[0] += 10
    for _packet in range(4):
        bucket.take()
    assert len(waits) == 4
