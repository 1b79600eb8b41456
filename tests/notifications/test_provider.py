"""Mails that go through a provider's HTTP API instead of SMTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.cache.client import cache_server
from core.models import Effect
from core.resilience.services import EMAIL, breaker_get
from tests.factories.notifications import notification
from tests.outbox import run_effects
from tests.receiver import Receiver, receiving, status

pytestmark = pytest.mark.django_db

TAKEN = {"ErrorCode": 0, "Message": "OK", "MessageID": "b7bc2f4a", "To": "ana@example.com"}

INACTIVE = (
    "Found inactive addresses: ana@example.com.\n"
    "Inactive recipients are ones that have generated a hard bounce or a spam complaint. "
)


@pytest.fixture
def provider(settings: Any) -> Iterator[Receiver]:
    """A provider that takes everything unless told otherwise."""
    cache_server().redis.flushdb()
    breaker_get(EMAIL).reset()
    with receiving(default=status(200, json.dumps(TAKEN).encode())) as receiver:
        settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
        settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "a-token", "POSTMARK_API_URL": f"{receiver.url}/"}
        yield receiver
    breaker_get(EMAIL).reset()


def refusal(code: int, error: int, words: str) -> Any:
    return status(code, json.dumps({"ErrorCode": error, "Message": words}).encode())


def effect() -> Effect:
    return Effect.objects.get(kind="notifications.email_send")


def test_a_mail_is_handed_to_the_provider_once(provider: Receiver) -> None:
    stored = notification()

    assert run_effects().outcomes == {"done": 1}

    (request,) = provider.received
    assert request.headers["x-postmark-server-token"] == "a-token"
    assert json.loads(request.body)["To"] == "ana@example.com"
    stored.refresh_from_db()
    assert (stored.status, stored.attempts) == ("sent", 1)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            406,
            "You tried to send to a recipient that has been marked as inactive.\n" + INACTIVE,
        ),
        (300, "Error parsing 'From': Illegal email address."),
    ],
)
def test_what_the_provider_refuses_for_good_is_a_dead_letter_at_once(
    provider: Receiver, error: int, words: str
) -> None:
    provider.default = refusal(422, error, words)
    stored = notification()

    assert run_effects().outcomes == {"dead": 1}
    assert run_effects(at=timezone.now() + timedelta(days=1)).outcomes == {}

    assert len(provider.received) == 1
    stored.refresh_from_db()
    assert (stored.status, stored.attempts) == ("failed", 1)
    assert stored.failure
    assert (effect().status, effect().last_error) == ("dead", stored.failure)
    assert breaker_get(EMAIL).circuit().failures_in_a_row == 0


def test_a_provider_that_fails_is_asked_again(provider: Receiver) -> None:
    provider.answers = [status(503)]
    stored = notification()

    assert run_effects().outcomes == {"failed": 1}
    assert run_effects(at=timezone.now() + timedelta(minutes=1)).outcomes == {"done": 1}

    stored.refresh_from_db()
    assert (stored.status, stored.attempts) == ("sent", 2)


def test_a_token_that_is_not_valid_says_nothing_about_the_mail(provider: Receiver) -> None:
    provider.answers = [refusal(401, 10, "No Account or Server API tokens were supplied.")]
    stored = notification()

    assert run_effects().outcomes == {"postponed": 1}

    stored.refresh_from_db()
    assert (stored.status, effect().attempts) == ("pending", 0)
