"""What the tests of pages share."""

from datetime import datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone

from core.cache import pages


@pytest.fixture(autouse=True)
def quarter(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The moment whose quarter of an hour pages are stored for: it does not end while a test runs."""
    now = timezone.now()
    monkeypatch.setattr(pages, "timezone", SimpleNamespace(now=lambda: now))
    return now
