"""Each test begins in the language of the settings, whatever the last request of another was answered in."""

from __future__ import annotations

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def own_language() -> None:
    """Forget the language that a request has left behind in this thread, as Django does with the next request."""
    translation.deactivate()
