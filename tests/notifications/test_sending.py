"""Mails go out through a real server: once, with everything they need, and what fails is told apart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.models import Effect
from core.outbox.dispatching import effects_run_due
from core.resilience.services import EMAIL, breaker_get
from notifications.channels import smtp
from notifications.composing import message_id
from notifications.models import MailSubscription, Notification
from notifications.samples import sample_context
from tests.factories.notifications import notification
from tests.notifications.mail_server import MailServer, leads_to, mail_server
from tests.outbox import run_effects

pytestmark = pytest.mark.django_db


def settled(stored: Notification) -> Notification:
    stored.refresh_from_db()
    return stored


def effect() -> Effect:
    return Effect.objects.get(kind="notifications.email_send")


def later(minutes: int) -> Any:
    return timezone.now() + timedelta(minutes=minutes)


def test_a_mail_arrives_with_everything_it_needs(server: MailServer) -> None:
    stored = notification(dedup_key="confirmed:1", language="de")

    assert run_effects().outcomes == {"done": 1}

    (mail,) = server.accepted
    assert str(mail["Message-ID"]) == message_id("confirmed:1")
    assert str(mail["Message-ID"]).endswith("@localhost>")
    assert str(mail["From"]) == "Casa do Cais <noreply@localhost>"
    assert str(mail["To"]) == "ana@example.com"
    assert str(mail["Reply-To"]) == "stay@casa.example"
    assert str(mail["Content-Language"]) == "de"
    assert str(mail["Auto-Submitted"]) == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "VQ7KM2XD" in text.get_content()
    assert 'style="' in html.get_content()
    assert (settled(stored).status, stored.attempts, stored.failure) == ("sent", 1, "")
    assert stored.sent_at is not None


def test_what_was_sent_is_not_sent_again(server: MailServer) -> None:
    stored = notification()
    run_effects()
    Effect.objects.update(status="pending", finished_at=None)

    run_effects()

    assert len(server.accepted) == 1
    assert settled(stored).attempts == 1


def test_a_receipt_brings_its_document(server: MailServer) -> None:
    notification(type="payment_receipt", context=sample_context("payment_receipt"))

    run_effects()

    (attached,) = server.accepted[0].iter_attachments()
    assert attached.get_filename() == "receipt-VQ7KM2XD-1.pdf"
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content().startswith(b"%PDF-")


def test_a_mailbox_that_is_not_there_ends_it(server: MailServer) -> None:
    server.rcpt = ["550 5.1.1 no such user"]
    stored = notification()

    assert run_effects().outcomes == {"dead": 1}

    assert (settled(stored).status, stored.failure) == ("failed", "550 5.1.1 no such user")
    assert effect().last_error == "550 5.1.1 no such user"
    assert breaker_get(EMAIL).circuit().failures_in_a_row == 0


def test_a_mail_that_is_not_wanted_ends_it(server: MailServer) -> None:
    server.data = ["554 looks like spam"]
    stored = notification()

    assert run_effects().outcomes == {"dead": 1}
    assert settled(stored).failure == "554 looks like spam"


def test_a_server_that_asks_to_wait_is_asked_three_times(server: MailServer) -> None:
    server.rcpt = ["450 mailbox busy", "451 try later", "452 full"]
    stored = notification()

    outcomes = [run_effects(at=later(minutes)).outcomes for minutes in (0, 1, 2, 3)]

    assert outcomes == [{"failed": 1}, {"failed": 1}, {"dead": 1}, {}]
    assert (settled(stored).status, stored.attempts, stored.failure) == ("failed", 3, "452 full")
    assert breaker_get(EMAIL).circuit().failures_in_a_row == 0


def test_a_second_try_sends_it_once(server: MailServer) -> None:
    server.data = ["451 try later"]
    stored = notification()

    run_effects()
    run_effects(at=later(1))

    assert server.ids == [message_id(stored.dedup_key)]
    assert (settled(stored).status, stored.attempts) == ("sent", 2)


def test_a_dead_letter_that_is_driven_again_is_sent(server: MailServer) -> None:
    server.rcpt = ["550 no such user"]
    stored = notification()
    run_effects()
    Effect.objects.update(status="pending", finished_at=None, attempts=0)

    run_effects()

    assert len(server.accepted) == 1
    assert (settled(stored).status, stored.failure) == ("sent", "")


def test_a_connection_that_breaks_is_tried_again_under_the_same_id(server: MailServer) -> None:
    server.data = ["drop"]
    stored = notification()

    assert run_effects().outcomes == {"failed": 1}
    assert breaker_get(EMAIL).circuit().failures_in_a_row == 1
    assert run_effects(at=later(1)).outcomes == {"done": 1}

    assert server.ids == [message_id(stored.dedup_key)]


def test_a_goodbye_that_fails_says_nothing_about_the_mail(server: MailServer) -> None:
    server.quit_hangs = True
    stored = notification()

    assert run_effects().outcomes == {"done": 1}

    assert len(server.accepted) == 1
    assert settled(stored).status == "sent"


def test_a_server_that_is_away_costs_no_attempt(settings: Any, server: MailServer) -> None:
    with mail_server() as (_gone, port):
        pass
    leads_to(settings, port)
    stored = notification()

    assert run_effects().outcomes == {"postponed": 1}
    assert (effect().attempts, settled(stored).status) == (0, "pending")

    with mail_server(port) as (back, _port):
        assert run_effects(at=later(1)).outcomes == {"done": 1}
    assert back.ids == [message_id(stored.dedup_key)]


def test_after_five_failures_nobody_is_asked_for_half_a_minute(server: MailServer) -> None:
    server.data = ["drop"] * 5
    for _number in range(8):
        notification()

    before = timezone.now()
    outcomes = run_effects().outcomes
    after = timezone.now()

    assert outcomes == {"failed": 5, "postponed": 3}
    assert server.connections == 5
    assert breaker_get(EMAIL).circuit().status == "open"
    least, most = before + timedelta(seconds=29), after + timedelta(seconds=31)
    assert all(least < row.due_at < most for row in Effect.objects.filter(attempts=0))


def test_a_server_that_does_not_answer_is_left(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "READ_TIMEOUT_SECONDS", 0.2)
    server.answer_delay_seconds = 1.0
    notification()

    assert run_effects().outcomes == {"postponed": 1}
    assert server.accepted == []


def test_taking_a_mail_may_take_longer_than_an_answer(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        smtp, "READ_TIMEOUT_SECONDS", 3
    )  # on a busy machine every other answer takes its time too
    server.delay_seconds = 3.5
    notification()

    assert run_effects().outcomes == {"done": 1}
    assert len(server.accepted) == 1


def test_who_sits_and_waits_is_written_to_first(server: MailServer) -> None:
    for number in range(3):
        notification(dedup_key=f"patient:{number}")
    notification(
        type="account_login_code", context={"email": "ana@example.com", "code": "1"}, dedup_key="waiting"
    )

    run_effects()

    assert server.ids[0] == message_id("waiting")
    assert len(server.ids) == 4


@pytest.mark.parametrize(
    ("type_key", "expiry_key"), [("booking_held", "hold_expires_at"), ("waitlist_offered", "expires_at")]
)
def test_what_comes_too_late_is_not_sent(server: MailServer, type_key: str, expiry_key: str) -> None:
    gone = (timezone.now() - timedelta(seconds=1)).isoformat()
    stored = notification(type=type_key, context=sample_context(type_key) | {expiry_key: gone})

    assert run_effects().outcomes == {"done": 1}

    assert server.accepted == []
    assert (settled(stored).status, stored.failure) == ("skipped", "too late")


def test_mails_that_can_be_declined_say_how(server: MailServer) -> None:
    notification(type="thank_you", context=sample_context("thank_you"))

    run_effects()

    (mail,) = server.accepted
    link = str(mail["List-Unsubscribe"]).strip()
    assert link.startswith("<http://localhost:8000/unsubscribe/")
    assert str(mail["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    body = mail.get_body(("plain",))
    assert body is not None
    assert link.strip("<>") in body.get_content().replace("\n", "")


def test_what_was_declined_meanwhile_is_not_sent(server: MailServer) -> None:
    stored = notification(type="thank_you", context=sample_context("thank_you"))
    MailSubscription.objects.create(
        address="ana@example.com", category="reviews", unsubscribed_at=timezone.now()
    )

    run_effects()

    assert server.accepted == []
    assert (settled(stored).status, stored.failure) == ("skipped", "declined")


def test_without_a_server_mails_are_kept_here(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    stored = notification()

    assert effects_run_due().outcomes == {"done": 1}
    assert settled(stored).status == "sent"


def test_a_forgotten_mail_is_found(server: MailServer) -> None:
    from notifications.services import notifications_resend_overdue

    stored = notification()
    Effect.objects.all().delete()
    Notification.objects.update(scheduled_at=timezone.now() - timedelta(hours=2))

    assert notifications_resend_overdue() == 1
    assert notifications_resend_overdue() == 0
    run_effects()

    assert server.ids == [message_id(stored.dedup_key)]
