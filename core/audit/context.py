"""From where a change comes when no request brings it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pghistory
import structlog

PLACE_LENGTH = 300


@contextmanager
def audit_origin(origin: str, place: str) -> Iterator[None]:
    """Say for the block where changes come from: a command, a job or an effect, and its name.

    What runs inside a request keeps the request; a job or an effect inside a command is named instead of it. The
    request id is that of the log context: an effect has the one of the request that wanted it. No query of its own.
    """
    with pghistory.context() as context:
        about = context.metadata
        before = dict(about)
        if about.get("origin", "command") == "command":
            request_id = structlog.contextvars.get_contextvars().get("request_id", "")
            about.update(origin=origin, place=place[:PLACE_LENGTH], request_id=str(request_id or ""))
        try:
            yield
        finally:
            about.clear()
            about.update(before)
