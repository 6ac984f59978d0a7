"""Running to its end what only looks as if it waited."""

from collections.abc import Coroutine
from typing import Any, TypeVar, cast

Result = TypeVar("Result")


def at_once(work: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end what waits for nothing, as nothing is fetched.

    An event loop would need sockets, which a reader's process may not make. Raises `ValueError`
    for work that waits all the same.
    """
    try:
        work.send(None)
    except StopIteration as end:
        return cast("Result", end.value)
    finally:
        work.close()
    message = "validation waits for something from outside"
    raise ValueError(message)
