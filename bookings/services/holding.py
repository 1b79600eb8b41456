"""Making a booking: rooms are held, priced and written in one short transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import ConsentWay, User
from accounts.selectors import discount_for_user, staff_may
from bookings.access import access_token_new
from bookings.exceptions import ReferenceTaken
from bookings.models import Booking, BookingChannel, BookingNight
from bookings.transitions import BookingStatus
from bookings.types import GuestDetails, HeldBooking
from core.dates import StayDates
from core.exceptions import PermissionDenied, translate_integrity_errors
from core.idempotency import IdempotencyClaim
from core.references import reference_new, token_hash
from inventory.exceptions import QuoteChanged, SoldOut
from inventory.selectors import quote_get
from inventory.services.nights import nights_hold, nights_lock
from inventory.types import Party, Quote
from payments.services import folio_open

from .charges import charges_post
from .events import booking_held_event
from .guests import guest_clean, guest_fields, language_active, terms_note
from .reaping import expired_holds_exist, nights_lock_reaping

ATTEMPTS = 4


def booking_hold(
    *,
    room_type_id: int,
    rate_plan_id: int,
    stay: StayDates,
    party: Party,
    expected_total: Decimal | None,
    guest: GuestDetails | None,
    user: User | None,
    actor: User | None,
    channel: BookingChannel | str,
    at: datetime | None = None,
    idempotency: IdempotencyClaim | None = None,
    hold_minutes: int | None = None,
    expected_currency: str | None = None,
    terms: ConsentWay | None = None,
) -> HeldBooking:
    """Hold rooms at the price that is valid now, and write booking, nights, folio and charges. Committed on return.

    One durable transaction: locks the nights in date order, quotes afresh, compares with ``expected_total`` (None:
    whatever it costs) and ``expected_currency``, moves the rooms from free to held, writes. Where rooms are short it
    first frees expired holds on these nights. The claim of ``idempotency`` is completed in the same transaction.
    ``user`` is whose booking it is (and whose member discount counts), ``actor`` who makes it; only staff of the
    property may book as ``staff``. ``terms``: by which way the guest has agreed to the terms of booking, if they have.

    Raises `SoldOut`, `StayNotSellable`, `UnknownRatePlan`, `UnknownRoomType`, `QuoteChanged` with the new quote,
    `GuestInvalid`, `PermissionDenied`, and `Unavailable` ("busy") when a lock cannot be had in three seconds.
    """
    at = at or timezone.now()
    channel = BookingChannel(channel)
    if guest is not None:
        guest = guest_clean(guest, email_required=channel != BookingChannel.STAFF)
    expires_at = at + timedelta(
        minutes=settings.BOOKING_HOLD_MINUTES if hold_minutes is None else hold_minutes
    )
    is_reaping = False
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with translate_integrity_errors(), transaction.atomic(durable=True):
                if is_reaping:
                    nights_lock_reaping(room_type_id=room_type_id, stay=stay, at=at)
                else:
                    nights_lock(room_type_id=room_type_id, stay=stay)
                held = hold_write(
                    room_type_id=room_type_id,
                    rate_plan_id=rate_plan_id,
                    stay=stay,
                    party=party,
                    expected_total=expected_total,
                    expected_currency=expected_currency,
                    guest=guest,
                    user=user,
                    actor=actor,
                    channel=channel,
                    expires_at=expires_at,
                    at=at,
                )
                if terms is not None:
                    terms_note(held.booking, way=terms, actor=actor)
                if idempotency is not None:
                    idempotency.complete(held)
            return held
        except SoldOut:
            if is_reaping or not expired_holds_exist(room_type_id=room_type_id, stay=stay, at=at):
                raise
            is_reaping = True
        except ReferenceTaken:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("every attempt returns or raises")


def hold_write(
    *,
    room_type_id: int,
    rate_plan_id: int,
    stay: StayDates,
    party: Party,
    expected_total: Decimal | None,
    guest: GuestDetails | None,
    user: User | None,
    actor: User | None,
    channel: BookingChannel,
    expires_at: datetime,
    at: datetime,
    expected_currency: str | None = None,
    is_offer: bool = False,
) -> HeldBooking:
    """Hold rooms in the caller's transaction, which has locked the nights: quote, compare, move, write.

    For holds that must come to be together with something else. ``guest`` is clean. ``is_offer`` tells programs that
    the rooms are kept for somebody who has yet to say yes. Raises as `booking_hold`, and `ReferenceTaken` in the case
    that its transaction must begin again.
    """
    quote = quote_get(
        room_type_id=room_type_id,
        rate_plan_id=rate_plan_id,
        stay=stay,
        party=party,
        discount_percent=discount_for_user(user),
        at=at,
        for_staff=channel == BookingChannel.STAFF,
    )
    _allowed_check(quote, channel=channel, actor=actor)
    _price_check(quote, total=expected_total, currency=expected_currency)
    nights_hold(room_type_id=room_type_id, stay=stay, rooms=party.rooms)
    return quote_write(
        quote,
        guest=guest,
        user=user,
        actor=actor,
        channel=channel,
        expires_at=expires_at,
        is_offer=is_offer,
    )


def _allowed_check(quote: Quote, *, channel: BookingChannel, actor: User | None) -> None:
    if channel == BookingChannel.STAFF and not staff_may(actor, quote.property_id):
        raise PermissionDenied


def _price_check(quote: Quote, *, total: Decimal | None, currency: str | None) -> None:
    if (total is not None and quote.total != total) or (currency is not None and quote.currency != currency):
        raise QuoteChanged(quote)


def quote_write(
    quote: Quote,
    *,
    guest: GuestDetails | None,
    user: User | None,
    actor: User | None,
    channel: BookingChannel,
    expires_at: datetime,
    is_offer: bool,
) -> HeldBooking:
    """Write what a quote sells, in the transaction that has moved its rooms: folio, booking, nights, charges, event.

    Seven queries. Raises `ReferenceTaken` in the case that its transaction must begin again.
    """
    reference = reference_new()
    token = access_token_new(reference)
    folio = folio_open(property_id=quote.property_id, currency=quote.currency)
    booking = Booking.objects.create(
        reference=reference,
        access_token_hash=token_hash(token),
        property_id=quote.property_id,
        room_type_id=quote.room_type_id,
        rate_plan_id=quote.rate_plan_id,
        folio=folio,
        user=user,
        arrival=quote.stay.arrival,
        departure=quote.stay.departure,
        rooms=quote.party.rooms,
        adults=quote.party.adults,
        children_ages=list(quote.party.children_ages),
        status=BookingStatus.HELD,
        hold_expires_at=expires_at,
        currency=quote.currency,
        room_total=quote.room_total,
        tax_added=quote.tax_added,
        total=quote.total,
        deposit_due=quote.deposit_due,
        quote=quote.as_json(),
        cancellation_terms=quote.cancellation_terms,
        channel=channel,
        **(guest_fields(guest) if guest else {"language": language_active()}),
    )
    nights = BookingNight.objects.bulk_create(
        BookingNight(booking=booking, room_index=night.room_index, date=night.date, price=night.price)
        for night in quote.nights
    )
    charges_post(booking, nights, actor=actor)
    booking_held_event(booking, is_offer=is_offer)
    return HeldBooking(booking=booking, access_token=token)
