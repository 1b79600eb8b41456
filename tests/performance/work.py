"""Messages, events, the waitlist, price alerts, consents, exports, and the work that is done later."""

from __future__ import annotations

from accounts.models import Consent, ConsentPurpose, ConsentWay
from core import models as core
from notifications import models as notifications
from reports import models as reports
from waitlist import models as waitlist

from .figures import World
from .filling import BASE, fill, ids


def work_build(world: World) -> None:
    """Write it."""
    _messages(world)
    _waiting(world)
    _later(world)
    _kept(world)


def _messages(world: World) -> None:
    pending = "n %% 100 = 0"
    fill(
        notifications.Notification,
        8_000,
        created_at="now() - n * interval '20 minutes'",
        scheduled_at="now() - n * interval '20 minutes'",
        user=ids(world.users, offset="n / 500"),
        channel="CASE WHEN n %% 2 = 0 THEN 'inbox' ELSE 'email' END",
        recipient="'guest@example.com'",
        type="'booking_confirmed'",
        status=f"CASE WHEN {pending} THEN 'pending' ELSE 'sent' END",
        read_at="CASE WHEN n %% 3 = 0 THEN NULL ELSE now() END",
    )
    fill(
        notifications.DomainEvent,
        8_000,
        type="'booking.confirmed'",
        property=ids(world.houses),
        subject="'R' || (n / 4)::int",
        created_at="now() - n * interval '20 minutes'",
        sequence="CASE WHEN n %% 200 = 0 THEN NULL ELSE 1000000 + n END",
        chain_sequence="CASE WHEN n %% 200 = 0 THEN NULL ELSE 1000000 + n END",
    )
    fill(notifications.WebhookEndpoint, 200, property=ids(world.houses), url="'https://example.com/' || n")
    fill(
        notifications.WebhookDelivery,
        8_000,
        endpoint=ids(200),
        event=f"{BASE} + n",
        status="CASE WHEN n %% 101 = 0 THEN 'pending' ELSE 'delivered' END",
        delivered_at="CASE WHEN n %% 101 = 0 THEN NULL ELSE now() END",
        in_flight_until="CASE WHEN n %% 505 = 0 THEN now() + interval '1 minute' END",
        created_at="now() - n * interval '20 minutes'",
    )
    fill(
        notifications.WebhookAttempt,
        8_000,
        delivery=f"{BASE} + n",
        number="1",
        started_at="now() - n * interval '20 minutes'",
    )


def _waiting(world: World) -> None:
    arrival = "current_date - 365 + n %% 731"
    waits = "n %% 20 = 0"
    fill(
        waitlist.WaitlistEntry,
        8_000,
        property=ids(world.houses),
        room_type=ids(world.room_types),
        user=ids(world.users),
        guest_email="'guest' || n || '@example.com'",
        arrival=arrival,
        departure=f"{arrival} + 2",
        adults="2",
        currency="'EUR'",
        status=f"CASE WHEN {waits} THEN 'waiting' ELSE 'left' END",
        ended_at=f"CASE WHEN {waits} THEN NULL ELSE now() END",
        queued_at="now() - n * interval '20 minutes'",
        created_at="now() - n * interval '20 minutes'",
    )
    fill(
        waitlist.WaitlistOffer,
        6_000,
        entry=f"{BASE} + n",
        booking=f"{BASE} + n",
        status="CASE WHEN n %% 60 = 0 THEN 'open' ELSE 'declined' END",
        answered_at="CASE WHEN n %% 60 = 0 THEN NULL ELSE now() END",
        total="100",
        currency="'EUR'",
        expires_at="now() + (n - 3000) * interval '1 minute'",
    )
    fill(
        waitlist.PriceAlert,
        6_000,
        created_at="now() - n * interval '1 hour'",
        property=ids(world.houses),
        room_type=ids(world.room_types),
        user=ids(world.users),
        guest_email="'guest' || n || '@example.com'",
        arrival=arrival,
        departure=f"{arrival} + 2",
        adults="2",
        currency="'EUR'",
        target_total="100",
        confirmed_at="now()",
        status="CASE WHEN n %% 40 = 0 THEN 'active' WHEN n %% 41 = 0 THEN 'pending' ELSE 'ended' END",
    )


def _later(world: World) -> None:
    status = """(CASE WHEN n %% 200 = 0 THEN 'pending' WHEN n %% 200 = 1 THEN 'running' WHEN n %% 200 = 2 THEN 'dead'
 ELSE 'done' END)"""
    fill(
        core.Effect,
        10_000,
        kind="'mail'",
        queue="(ARRAY['email', 'processing', 'scheduled'])[1 + n %% 3]",
        ordering_key="CASE WHEN n %% 4 = 0 THEN 'booking-' || (n / 8)::int ELSE '' END",
        status=status,
        due_at="now() - n * interval '1 minute'",
        created_at="now() - n * interval '1 minute'",
        leased_until="CASE WHEN n %% 200 = 1 THEN now() + (n - 15000) * interval '1 second' END",
        finished_at="CASE WHEN n %% 200 < 2 THEN NULL ELSE now() - n * interval '1 minute' END",
        property_id=f"CASE WHEN n %% 2 = 0 THEN {ids(world.houses)} END",
    )
    fill(
        core.IdempotencyKey,
        10_000,
        principal="'user:' || n",
        key="'key-' || n",
        locked_at="now()",
        created_at="now()",
        expires_at="now() + (n - 1000) * interval '1 minute'",
    )
    fill(
        core.AuditEntry,
        10_000,
        txid="n / 20",
        operation="'update'",
        model="(ARRAY['bookings.booking', 'payments.payment'])[1 + n %% 2]",
        object_id="(n / 3)::int::text",
        parent_model="CASE WHEN n %% 3 = 0 THEN 'bookings.booking' ELSE '' END",
        parent_id="CASE WHEN n %% 3 = 0 THEN (n / 9)::int::text END",
        property_id=ids(world.houses),
        user_id=ids(world.users),
        origin="'page'",
        request_id="CASE WHEN n %% 2 = 0 THEN 'request-' || n ELSE '' END",
    )
    # Sealed so far: what the last transaction wrote is left.
    fill(core.AuditSeal, 1, horizon="499", last_position="0", head="decode(repeat('00', 32), 'hex')")
    fill(
        reports.Export,
        6_000,
        kind="'report'",
        file_format="'csv'",
        requested_by=ids(world.users),
        state="CASE WHEN n %% 20 = 0 THEN 'done' ELSE 'expired' END",
        file="'exports/' || n",
        expires_at="now() + (n - 3000) * interval '1 minute'",
    )
    fill(
        reports.ReportSchedule,
        3_000,
        report="'occupancy'",
        property=ids(world.houses),
        rhythm="'daily'",
        time="'07:00'",
        next_at="now() + (n - 100) * interval '1 hour'",
        is_paused="n %% 3 = 0",
    )


def _kept(world: World) -> None:
    with_account = "n %% 2 = 0"
    fill(
        Consent,
        8_000,
        user=f"CASE WHEN {with_account} THEN {ids(world.users)} END",
        email=f"CASE WHEN {with_account} THEN '' ELSE 'guest' || n || '@example.com' END",
        purpose=f"'{ConsentPurpose.TERMS}'",
        text_version="'2026-01'",
        is_given="true",
        way=f"'{ConsentWay.PAGE}'",
    )
    fill(
        core.BackupRun,
        4_000,
        action=f"'{core.BackupAction.CREATE}'",
        outcome=f"'{core.BackupOutcome.DONE}'",
        started_at="now() - n * interval '1 hour'",
    )
