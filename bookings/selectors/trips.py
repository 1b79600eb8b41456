"""Trips: whose they are, what is due for them, and their addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Max, Min, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import User
from bookings.access import secret_derive, secret_matches
from bookings.exceptions import TripNotFound
from bookings.models import Booking, Trip
from bookings.transitions import BookingStatus
from bookings.types import PaymentOption
from core.references import reference_normalise
from payments.gateways.base import Gateway
from payments.models import PaymentPurpose
from payments.selectors import folios_money, gateways_for_property
from payments.types import FolioMoney

from .paying import PAYABLE_LATER_STATUSES

ACCESS, SHARE, CALENDAR = "trips.access", "trips.share", "trips.calendar"
CALLED_OFF = (BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.NO_SHOW)


@dataclass(frozen=True, slots=True)
class TripStay:
    """One booking of a trip with its money. ``deposit_left`` is what is due now of a hold."""

    booking: Booking
    money: FolioMoney
    is_payable: bool
    deposit_left: Decimal

    @property
    def is_held(self) -> bool:
        return self.booking.status == BookingStatus.HELD

    @property
    def is_off(self) -> bool:
        return self.booking.status in CALLED_OFF

    @property
    def paid(self) -> Decimal:
        return self.money.captured - self.money.refunded

    @property
    def due(self) -> Decimal:
        return max(self.money.balance, Decimal(0)) if self.is_payable else Decimal(0)

    @property
    def needs_guest(self) -> bool:
        return self.is_held and not self.booking.guest_name


@dataclass(frozen=True, slots=True)
class TripShare:
    """What one booking gets of a payment for the trip."""

    booking_id: int
    folio_id: int
    amount: Decimal
    purpose: PaymentPurpose


@dataclass(frozen=True, slots=True)
class TripTotals:
    """What a trip comes to in one currency."""

    currency: str
    total: Decimal
    paid: Decimal
    due: Decimal


@dataclass(frozen=True, slots=True)
class TripLine:
    """A trip in a list. ``first`` and ``last`` are its first arrival and last departure, None without bookings."""

    reference: str
    title: str
    bookings: int
    first: date | None
    last: date | None


def trip_access_token(trip: Trip) -> str:
    """The secret that opens a trip that has no account."""
    return secret_derive(ACCESS, trip.reference)


def trip_url(trip: Trip) -> str:
    """The absolute address of the trip's page; of one that has no account, with the token that opens it. For mails."""
    query = {} if trip.user_id else {"token": trip_access_token(trip)}
    path = reverse("bookings:trip", args=[trip.reference])
    return f"{settings.SITE_URL}{path}" + (f"?{urlencode(query)}" if query else "")


def trip_for_access(
    *, reference: str, user: User | AnonymousUser | None = None, token: str | None = None
) -> Trip:
    """The trip, for its user or for who has its token. One query. Raises `TripNotFound` for everybody else."""
    trip = Trip.objects.filter(reference=reference_normalise(reference)).first()
    if trip is None:
        raise TripNotFound
    is_own = isinstance(user, User) and user.is_active and trip.user_id == user.pk
    has_token = trip.user_id is None and bool(token) and secret_matches(ACCESS, trip.reference, token or "")
    if not (is_own or has_token):
        raise TripNotFound
    return trip


def trip_by_secret(*, purpose: str, reference: str, secret: str) -> Trip:
    """The trip of a shared address (``purpose`` is `SHARE` or `CALENDAR`). One query. Raises `TripNotFound`."""
    trip = Trip.objects.filter(reference=reference_normalise(reference)).first()
    if trip is None:
        raise TripNotFound
    nonce = trip.share_nonce if purpose == SHARE else trip.calendar_nonce
    if not nonce or not secret_matches(purpose, f"{trip.reference}:{nonce}", secret):
        raise TripNotFound
    return trip


def trip_share_url(trip: Trip) -> str:
    """The address of the shared page, "" if there is none."""
    return _address("bookings:trip_shared", SHARE, trip.reference, trip.share_nonce)


def trip_calendar_url(trip: Trip) -> str:
    """The address of the calendar, "" if there is none."""
    return _address("bookings:trip_calendar", CALENDAR, trip.reference, trip.calendar_nonce)


def trips_of_user(*, user: User) -> QuerySet[Trip]:
    """A user's trips with ``booking_count``, ``first`` and ``last`` day, the newest first. One query when read."""
    return (
        Trip.objects.filter(user=user)
        .annotate(
            booking_count=Count("bookings"), first=Min("bookings__arrival"), last=Max("bookings__departure")
        )
        .order_by("-created_at", "-pk")
    )


def trip_stays(*, trip: Trip, at: datetime | None = None) -> list[TripStay]:
    """The bookings of a trip with their money, by arrival. Two queries, however many there are."""
    bookings = trip.bookings.with_summary().order_by("arrival", "departure", "pk")
    return stays_with_money(bookings=list(bookings), at=at)


def stays_with_money(*, bookings: Sequence[Booking], at: datetime | None = None) -> list[TripStay]:
    """Bookings whose property is at hand, with their money. One query."""
    at = at or timezone.now()
    money = folios_money(folio_ids=[booking.folio_id for booking in bookings])
    return [_stay(booking, money[booking.folio_id], at) for booking in bookings]


def companion_of(booking: Booking) -> Booking | None:
    """Another booking of the same trip that knows who comes, for one that does not yet. One query at most."""
    if booking.trip_id is None or booking.guest_name:
        return None
    known = Booking.objects.filter(trip_id=booking.trip_id).exclude(guest_name="").select_related("user")
    return known.order_by("-created_at", "-pk").first()


def trip_totals(stays: Sequence[TripStay]) -> list[TripTotals]:
    """What the trip comes to, by currency; what was called off counts with what is kept of it. No query."""
    totals: dict[str, TripTotals] = {}
    for stay in stays:
        currency = stay.booking.currency
        before = totals.get(currency, TripTotals(currency, Decimal(0), Decimal(0), Decimal(0)))
        totals[currency] = TripTotals(
            currency,
            before.total + stay.money.balance + stay.paid,
            before.paid + stay.paid,
            before.due + stay.due,
        )
    return [totals[currency] for currency in sorted(totals)]


def trip_currencies(stays: Sequence[TripStay]) -> list[str]:
    """The currencies in which something is due. No query."""
    return sorted({stay.booking.currency for stay in stays if stay.due > 0})


def trip_payment_options(stays: Sequence[TripStay]) -> list[PaymentOption]:
    """The ways to pay for all that is due at once; none if that is in several currencies. No query.

    Only gateways that every house has. Everything that is due; or the deposits, where every hold wants one.
    """
    currencies = trip_currencies(stays)
    if len(currencies) != 1:
        return []
    amounts = {
        purpose: sum((share.amount for share in trip_shares(stays, purpose)), Decimal(0))
        for purpose in (PaymentPurpose.DEPOSIT, PaymentPurpose.TOTAL)
    }
    purposes = [PaymentPurpose.TOTAL]
    if 0 < amounts[PaymentPurpose.DEPOSIT] < amounts[PaymentPurpose.TOTAL]:
        purposes = [PaymentPurpose.DEPOSIT, PaymentPurpose.TOTAL]
    return [
        PaymentOption(
            gateway=gateway.code,
            label=str(gateway.label),
            purpose=purpose.value,
            amount=amounts[purpose],
            currency=currencies[0],
            is_guarantee=False,
        )
        for gateway in _gateways([stay for stay in stays if stay.due > 0])
        for purpose in purposes
    ]


def trip_shares(stays: Sequence[TripStay], purpose: str) -> list[TripShare]:
    """What each booking gets of a payment for the trip, exactly what is due for it. No query.

    ``deposit``: what each hold wants now, nothing for anything else, and nothing at all where a hold wants none,
    because it would not be confirmed by it. Everything else: what each booking still owes.
    """
    due = [stay for stay in stays if stay.due > 0]
    if purpose != PaymentPurpose.DEPOSIT:
        return [
            _share(stay, stay.due, PaymentPurpose.TOTAL if stay.is_held else PaymentPurpose.BALANCE)
            for stay in due
        ]
    holds = [stay for stay in due if stay.is_held]
    if any(stay.deposit_left <= 0 for stay in holds):
        return []
    return [
        _share(
            stay,
            stay.deposit_left,
            PaymentPurpose.DEPOSIT if stay.deposit_left < stay.due else PaymentPurpose.TOTAL,
        )
        for stay in holds
    ]


def _share(stay: TripStay, amount: Decimal, purpose: PaymentPurpose) -> TripShare:
    return TripShare(stay.booking.pk, stay.booking.folio_id, amount, purpose)


def _stay(booking: Booking, money: FolioMoney, at: datetime) -> TripStay:
    is_running = booking.status == BookingStatus.HELD and bool(
        booking.hold_expires_at and booking.hold_expires_at > at
    )
    deposit_left = max(booking.deposit_due - (money.captured - money.refunded), Decimal(0))
    return TripStay(
        booking=booking,
        money=money,
        is_payable=is_running or booking.status in PAYABLE_LATER_STATUSES,
        deposit_left=deposit_left if is_running else Decimal(0),
    )


def _gateways(stays: Sequence[TripStay]) -> list[Gateway]:
    """What moves money and every house has, in the order of the first."""
    offered = [gateways_for_property(property=stay.booking.property) for stay in stays]
    common = set.intersection(*({gateway.code for gateway in gateways} for gateways in offered))
    return [gateway for gateway in offered[0] if gateway.moves_money and gateway.code in common]


def _address(view: str, purpose: str, reference: str, nonce: str) -> str:
    if not nonce:
        return ""
    secret = secret_derive(purpose, f"{reference}:{nonce}")
    return settings.SITE_URL + reverse(view, args=[reference, secret])
