"""A mail server for whoever asks, and outside services that nobody has failed yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.cache.client import cache_server
from core.resilience.services import EMAIL, breaker_get
from tests.notifications.mail_server import MailServer, leads_to, mail_server


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    """A mail server that the settings lead to, and a breaker that has seen nothing."""
    cache_server().redis.flushdb()
    breaker_get(EMAIL).reset()
    with mail_server() as (handler, port):
        leads_to(settings, port)
        yield handler
    breaker_get(EMAIL).reset()
