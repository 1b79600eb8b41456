from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from notifications.models import Notification
from notifications.services import language_supported, notification_enqueue
from notifications.types import MESSAGE_TYPES
from tests.factories.notifications import confirmed_context, notification

pytestmark = pytest.mark.django_db


def test_a_message_is_written_with_its_context():
    context = confirmed_context()

    written = notification_enqueue(
        type="booking_confirmed",
        recipient="ana@example.com",
        context=context,
        dedup_key="booking_confirmed:1",
        language="pt",
    )

    assert written == Notification.objects.get()
    assert (written.type, written.recipient, written.language, written.status, written.channel) == (
        "booking_confirmed",
        "ana@example.com",
        "pt",
        "pending",
        "email",
    )
    assert written.context == context


def test_the_same_effect_is_written_once():
    first = notification(dedup_key="effect-1")
    second = notification(dedup_key="effect-1", recipient="somebody@example.com")

    assert second == first
    assert Notification.objects.get().recipient == "ana@example.com"


def test_nobody_to_tell_writes_nothing():
    written = notification_enqueue(
        type="booking_confirmed", recipient="", context=confirmed_context(), dedup_key="nobody"
    )

    assert written is None
    assert not Notification.objects.exists()


def test_an_unknown_type_is_refused():
    with pytest.raises(ValueError, match="unknown type of message: booking_conformed"):
        notification(type="booking_conformed")

    assert not Notification.objects.exists()


@pytest.mark.parametrize("message_type", MESSAGE_TYPES.values(), ids=lambda kind: kind.key)
def test_a_context_that_lacks_something_is_refused(message_type):
    lacking = ", ".join(sorted(message_type.required_keys - {"guest_name"}))
    with pytest.raises(ValueError, match=rf"^the context of {message_type.key} lacks {lacking}$"):
        notification(type=message_type.key, context={"guest_name": "Ana"})

    assert not Notification.objects.exists()


def test_a_change_that_is_rolled_back_tells_nobody():
    with transaction.atomic():
        notification()
        transaction.set_rollback(True)

    assert not Notification.objects.exists()


def test_it_costs_three_queries(django_assert_num_queries):
    with django_assert_num_queries(3):
        notification()


def test_a_message_can_wait():
    at = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)

    assert notification(scheduled_at=at).scheduled_at == at


@pytest.mark.parametrize(
    ("asked", "given"),
    [("de", "de"), ("pt-br", "pt"), ("fr-CA", "fr"), ("ja", "en"), ("", "en"), ("x y", "en")],
)
def test_languages_are_ours(asked, given):
    assert language_supported(asked) == given
