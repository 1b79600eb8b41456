"""A moment at which the tests of a module begin, so that dates written in them are never over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

import pytest
from django.utils import timezone


def clock_at(moment: datetime) -> Callable[..., None]:
    """A fixture for a module or a directory: its tests begin at this moment of Django's clock, which goes on.

    The clock of the database stays as it is.
    """
    ahead = moment - timezone.now()

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + ahead

    @pytest.fixture(autouse=True)
    def then(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(timezone, "datetime", Clock)

    return then
