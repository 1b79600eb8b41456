"""Somebody about whom everything is held that can be, under words that stand nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import Consent, User
from accounts.services import user_create
from bookings.models import Booking, BookingChange, GuestMerge, RoomAssignment, SpaceBooking
from bookings.services import registrations_write
from bookings.services.guest_profiles import guest_link
from bookings.services.notes import booking_note_add
from bookings.services.trips import trip_create
from bookings.types import GuestDetails, GuestRegistration
from core.models import Effect, IdempotencyKey
from inventory.types import Party
from notifications.models import MailSubscription, Notification, NotificationPreference
from payments.models import Payment, WebhookEvent
from payments.services import invoice_issue
from payments.types import InvoiceRecipient
from reports.models import Export
from tests.factories.accounts import SuperuserFactory
from tests.factories.inventory import Hotel, hotel
from tests.factories.reviews import published
from tests.factories.spaces import booked as space_booked
from tests.factories.spaces import space_open
from waitlist.models import WaitlistEntry
from waitlist.services.alerts import AlertWish, alert_create

MARK = "zqx-"
EMAIL = "zqx-ada@example.org"
PHONE = "+4930123498765"
IP = "203.0.113.77"
KEPT_BY_LAW = {"payments_invoice", "bookings_registration"}
GUEST = GuestDetails(
    name="Zqx-ada Zqx-king", email=EMAIL, phone=PHONE, country="GB", language="en", special_requests="Zqx-cot"
)


@dataclass(frozen=True, slots=True)
class Known:
    """The person, their stay, and who looked after it."""

    user: User
    booking: Booking
    staff: User
    house: Hotel


def everything_known() -> Known:
    """A guest with an account, a stay that is over, and all that follows from it."""
    house = hotel(nights=10, rooms=3)
    staff = SuperuserFactory.create()
    user = user_create(
        email=EMAIL, password="a lantern over the door", full_name=GUEST.name, is_verified=True
    )
    User.objects.filter(pk=user.pk).update(phone=PHONE, country="GB")
    review = published(house, user=user, guest=GUEST, title="Zqx-lovely", text="Zqx-breakfast was fine")
    booking = review.booking
    _stay_about(booking, staff)
    _account_about(user, house)
    _rest_about(user, booking, house)
    return Known(user, Booking.objects.get(pk=booking.pk), staff, house)


def _stay_about(booking: Booking, staff: User) -> None:
    booking_note_add(booking_id=booking.pk, text="Zqx-ada likes engines", actor=staff)
    profile = guest_link(booking_id=booking.pk)
    profile.notes = "Zqx-notes"
    profile.save()
    other = type(profile).objects.create(
        property=profile.property, name="Zqx-ada K", merged_into=profile, email=EMAIL
    )
    GuestMerge.objects.create(
        kept=profile, merged=other, merged_at=timezone.now(), before={"before": {"notes": "Zqx-before"}}
    )
    registrations_write(
        booking_id=booking.pk,
        registrations=[GuestRegistration(name="Zqx-ada Zqx-king", address="Zqx-street 1")],
        actor=staff,
    )
    Booking.objects.filter(pk=booking.pk).update(staff_notes="Zqx-pays late", cancellation_reason="Zqx-ill")
    RoomAssignment.objects.filter(booking=booking).update(reason="Zqx-wish")
    BookingChange.objects.create(
        booking=booking, status="done", before={}, after={}, currency="EUR", before_total=1, after_total=1,
        reason="Zqx-wants a view", decided_at=timezone.now(),
    )  # fmt: skip
    invoice_issue(
        folio_id=booking.folio_id,
        recipient=InvoiceRecipient(name="Zqx-ada Zqx-king", address="Zqx-street 1"),
        actor=staff,
        key="invoice",
    )
    kind = ContentType.objects.get_for_model(Booking)
    LogEntry.objects.create(
        user=staff, content_type=kind, object_id=booking.pk, object_repr="Zqx-ada", action_flag=CHANGE
    )


def _account_about(user: User, house: Hotel) -> None:
    client = Client(HTTP_USER_AGENT="Zqx-browser", REMOTE_ADDR=IP)
    client.force_login(user)
    client.get("/account/profile/")
    client.post("/account/profile/", {"full_name": "Zqx-ada Zqx-king", "phone": PHONE, "country": "GB"})
    key = client.session.session_key
    UserSession.objects.get_or_create(
        session_key=key, defaults={"user": user, "ip": IP, "user_agent": "Zqx-browser"}
    )
    assert Session.objects.filter(pk=key).exists()
    AuthToken.objects.create(user=user)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "zqx-"})
    EmailAddress.objects.create(user=user, email="zqx-second@example.org", verified=True, primary=False)
    NotificationPreference.objects.create(
        user=user, category="marketing", channel="email", is_on=True, decided_at=timezone.now()
    )
    Consent.objects.create(
        user=user,
        email=EMAIL,
        purpose="terms",
        text_version="1",
        is_given=True,
        way="page",
        place="zqx-place",
    )
    MailSubscription.objects.create(address=EMAIL, category="marketing")
    Export.objects.create(kind="bookings", query="q=zqx-ada", file_format="csv", requested_by=user)


def _rest_about(user: User, booking: Booking, house: Hotel) -> None:
    trip_create(user=user, title="Zqx-journey", booking_ids=[booking.pk])
    WaitlistEntry.objects.create(
        reference="W41T", access_token_hash="zqx-hash", property=house.property, guest_name="Zqx-ada Zqx-king",
        guest_email="ZQX-ADA@example.org", guest_phone=PHONE, arrival=house.stay().arrival, adults=2,
        departure=house.stay().departure, currency="EUR", priority=1, priority_reason="Zqx-known",
    )  # fmt: skip
    alert_create(
        property_id=house.property.pk, room_type_id=None, stay=house.stay(), party=Party(2),
        wish=AlertWish(drop_percent=20), user=user,
    )  # fmt: skip
    space = space_open(property=house.property)
    day = house.first
    taken = space_booked(space, day, "10:00", at=timezone.now(), guest=GUEST, purpose="Zqx-talk")
    SpaceBooking.objects.filter(pk=taken.pk).update(status="expired", folio=None, charged=0)
    Notification.objects.create(
        recipient="desk@example.org", type="generic", dedup_key="staff",
        context={"reference": booking.reference, "guest_name": "Zqx-ada Zqx-king"},
    )  # fmt: skip
    payment = Payment.objects.filter(folio=booking.folio).first()
    WebhookEvent.objects.create(
        gateway="sandbox", event_id="evt", type="x", payload={"billing": {"email": EMAIL}},
        payment_key=payment.idempotency_key if payment else "",
    )  # fmt: skip
    IdempotencyKey.objects.create(
        principal="session:zqx-", key="k", request_hash="h", lock_token="t", state="completed",
        response_status=201, response_body=f'{{"reference": "{booking.reference}"}}',
        locked_at=timezone.now(), expires_at=timezone.now(),
    )  # fmt: skip
    Effect.objects.create(
        kind="x", queue="email", dedup_key="effect", last_error=f"550 {EMAIL} unknown", status="dead",
        finished_at=timezone.now(),
    )  # fmt: skip


def tables_that_say(*words: str) -> dict[str, list[str]]:
    """Which rows of which tables of the whole database have one of some words in them, whatever its case."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            wanted = " OR ".join("t::text ILIKE %s" for _word in words)
            cursor.execute(f'SELECT t::text FROM "{table}" t WHERE {wanted}', [f"%{word}%" for word in words])
            if rows := [row[0] for row in cursor.fetchall()]:
                found[table] = rows
    return found


def counts() -> dict[str, Any]:
    """How many rows each table has."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found
