"""Bookings of rooms and spaces, and what hangs on them: notes, changes, reviews, payments, invoices, days."""

from __future__ import annotations

from bookings import models as bookings
from payments import models as payments
from reports import models as reports

from .figures import World
from .filling import BASE, fill, ids

STATUSES = """(CASE WHEN n %% 100 < 2 THEN 'held' WHEN n %% 100 < 10 THEN 'cancelled' WHEN n %% 100 < 12 THEN 'expired'
 WHEN n %% 100 < 14 THEN 'no_show' WHEN n %% 731 > 365 THEN 'confirmed' WHEN n %% 731 > 363 THEN 'checked_in'
 ELSE 'checked_out' END)"""
"""By the row's number: most are over or to come, few are held."""

ARRIVAL = "current_date - 365 + n %% 731"


def stays_build(world: World) -> None:
    """Write them."""
    _bookings(world)
    _desk(world)
    _spaces(world)
    _money(world)


def _bookings(world: World) -> None:
    fill(
        bookings.Trip,
        2_000,
        user=ids(world.users),
        created_at="now() - n * interval '1 hour'",
    )
    fill(
        bookings.Group,
        1_000,
        property=ids(world.houses),
        rate_plan=ids(world.houses),
        arrival=ARRIVAL,
        departure=f"{ARRIVAL} + 3",
        release_date=f"{ARRIVAL} - 14",
        status="CASE WHEN n %% 25 = 0 THEN 'definite' ELSE 'released' END",
    )
    fill(
        bookings.Guest,
        5_000,
        property=ids(world.houses),
        name="'Guest ' || n",
        email="'guest' || n || '@example.com'",
        phone="CASE WHEN n %% 3 = 0 THEN '+4930' || (n / 7)::int ELSE '' END",
    )
    fill(
        bookings.Booking,
        world.bookings,
        created_at="now() - interval '365 days' + n %% 731 * interval '12 hours' + n * interval '1 second'",
        reference="'R' || n",
        property=ids(world.houses, offset="-1"),
        room_type=ids(world.room_types, offset="-1"),
        rate_plan=ids(world.houses, offset="-1"),
        folio=f"{BASE} + n",
        user=ids(world.users, offset="n / 500"),
        guest=f"CASE WHEN n %% 4 = 0 THEN {ids(5_000)} END",
        trip=f"CASE WHEN n %% 20 = 0 THEN {ids(2_000)} END",
        group=f"CASE WHEN n %% 30 = 0 THEN {ids(1_000)} END",
        guest_name="CASE WHEN n %% 97 = 0 OR n %% 4 = 0 THEN 'Guest ' || n ELSE '' END",
        guest_email=f"'guest' || (n %% {world.users}) || '@example.com'",
        arrival=ARRIVAL,
        departure=f"{ARRIVAL} + 1 + n %% 5",
        adults="2",
        status=STATUSES,
        hold_expires_at="CASE WHEN n %% 100 < 2 THEN now() + (n %% 1000 - 300) * interval '1 minute' END",
        confirmed_at="CASE WHEN n %% 100 >= 12 THEN now() - n %% 300 * interval '1 day' END",
        currency="'EUR'",
        room_total="200",
        total="200",
    )
    fill(
        bookings.BookingNight,
        world.bookings,
        booking=f"{BASE} + n",
        date=ARRIVAL,
        price="200",
    )


def _desk(world: World) -> None:
    fill(
        bookings.RoomAssignment,
        1_000,
        booking=f"{BASE} + n",
        room=f"{BASE} + n",
        start=ARRIVAL,
        end=f"{ARRIVAL} + 1 + n %% 5",
    )
    fill(bookings.BookingNote, 4_000, booking=ids(world.bookings), text="'Late.'", author_name="'Ada'")
    fill(
        bookings.Registration,
        4_000,
        booking=f"{BASE} + n",
        name="'Guest ' || n",
        keep_until="current_date - 100 + (n / 4)::int",
    )
    waits = "n %% 40 = 0"
    fill(
        bookings.BookingChange,
        6_000,
        booking=f"{BASE} + n",
        before="'{}'",
        after="'{}'",
        currency="'EUR'",
        status=f"CASE WHEN {waits} THEN 'pending' ELSE 'done' END",
        decided_at=f"CASE WHEN {waits} THEN NULL ELSE now() END",
        expires_at="now() + (n - 600) * interval '1 minute'",
    )
    fill(
        bookings.BookingChangeHold,
        6_000,
        change=f"{BASE} + n",
        room_type=ids(world.room_types),
        date=ARRIVAL,
        rooms="1",
    )
    fill(
        bookings.GroupBlock,
        4_000,
        group=ids(1_000),
        room_type=ids(world.room_types, offset="n / 1000"),
        date=f"{ARRIVAL} + (n / 1000)::int",
        rooms="3",
    )
    published = "n %% 50 <> 0"
    points = dict.fromkeys(("cleanliness", "comfort", "location", "staff", "value"), "3 + n %% 3")
    fill(
        bookings.Review,
        5_000,
        booking=f"{BASE} + n",
        property=ids(world.houses, offset="-1"),
        author_name="'Ada'",
        status=f"CASE WHEN {published} THEN 'published' ELSE 'pending' END",
        submitted_at="now() - n * interval '1 hour'",
        published_at=f"CASE WHEN {published} THEN now() - n * interval '50 minutes' END",
        **points,
    )
    fill(
        bookings.ReviewReport,
        4_000,
        review=f"{BASE} + n",
        reason="'fake'",
        status="CASE WHEN n %% 50 = 0 THEN 'open' ELSE 'dismissed' END",
        decided_at="CASE WHEN n %% 50 = 0 THEN NULL ELSE now() END",
    )


def _spaces(world: World) -> None:
    start = (
        "date_trunc('day', now()) - interval '365 days' + (n %% 731) * interval '1 day' + interval '9 hours'"
    )
    status = (
        "(ARRAY['cancelled', 'completed', 'completed', 'completed', 'completed', 'declined'])[1 + n %% 6]"
    )
    status = f"CASE WHEN n %% 80 = 0 THEN 'requested' WHEN n %% 50 = 0 THEN 'confirmed' ELSE {status} END"
    fill(
        bookings.SpaceBooking,
        6_000,
        property=ids(world.houses),
        space=f"{BASE} + 1 + (n / 700)::int",
        user=ids(world.users),
        series=f"CASE WHEN n %% 10 = 0 THEN {ids(200)} END",
        guest_name="'Guest ' || n",
        guest_email=f"'guest' || (n %% {world.users}) || '@example.com'",
        start=start,
        end=f"{start} + interval '2 hours'",
        occupied_from=start,
        occupied_until=f"{start} + interval '2 hours'",
        hold_expires_at="CASE WHEN n %% 80 = 0 THEN now() + (n - 3000) * interval '1 minute' END",
        status=status,
        currency="'EUR'",
    )


def _money(world: World) -> None:
    status = """(CASE WHEN n %% 100 = 0 THEN 'processing' WHEN n %% 100 = 1 THEN 'authorized'
 WHEN n %% 10 = 2 THEN 'failed' ELSE 'captured' END)"""
    fill(payments.Folio, world.bookings, property=ids(world.houses, offset="-1"), currency="'EUR'")
    fill(
        payments.FolioEntry,
        world.bookings,
        folio=f"{BASE} + n",
        kind="'charge'",
        amount="200",
        created_at="now()",
    )
    fill(
        payments.Payment,
        world.bookings,
        created_at="now() - n * interval '30 minutes'",
        folio=f"{BASE} + n",
        user=ids(world.users, offset="n / 500"),
        gateway="'test'",
        purpose="'total'",
        amount="200",
        authorized_amount="CASE WHEN n %% 100 = 1 THEN 200 END",
        currency="'EUR'",
        status=status,
        captured_at="now()",
        expires_at="now() + (n - 2000) * interval '1 minute'",
        provider_session="CASE WHEN n %% 5 = 0 THEN 'session-' || n ELSE '' END",
    )
    fill(
        payments.Refund,
        6_000,
        created_at="now() - n * interval '2 hours'",
        payment=f"{BASE} + n",
        amount="10",
        status="CASE WHEN n %% 60 = 0 THEN 'pending' ELSE 'succeeded' END",
    )
    fill(
        payments.WebhookEvent,
        4_000,
        gateway="'test'",
        event_id="'event-' || n",
        type="'payment'",
        received_at="now() - n * interval '1 hour'",
        processed_at="CASE WHEN n %% 60 = 0 THEN NULL ELSE now() END",
    )
    fill(
        payments.Invoice,
        4_000,
        property=ids(world.houses),
        folio=f"{BASE} + n",
        series=ids(world.houses),
        sequence="n",
        number="'I-' || n",
        issued_at="now() - n * interval '1 hour'",
        issued_on="current_date - (n / 24)::int",
        currency="'EUR'",
        net="100",
        tax="19",
        total="119",
    )
    fill(
        reports.DailyStat,
        world.room_types * 60,
        property=f"{BASE} + 1 + ((n - 1) %% {world.room_types}) %% {world.houses}",
        room_type=ids(world.room_types, offset="-1"),
        date=f"current_date - 30 + ((n - 1) / {world.room_types})::int",
        currency="'EUR'",
        sold="3",
    )
