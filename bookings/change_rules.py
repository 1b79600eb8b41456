"""What guests and staff may change, and what that costs: pure functions over what was sold.

The rules of changes are part of the terms a stay was sold with (``changes``, from its cancellation policy). Where they
are not known (stays sold before there were any), guests may change what can be cancelled for less than everything, no
fee is charged for the change itself, and all of the nights given up in the house is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.exceptions import DomainError, PermissionDenied
from core.money import round_money
from inventory.models import GuestChanges
from inventory.types import Quote
from payments.types import FolioMoney

from .cancellation import Sold, cancellation_fee, is_refundable
from .changes import changed_fields
from .exceptions import (
    ChangeNotAllowed,
    NothingToChange,
    PaymentInProgress,
    PriceLimitExceeded,
    ReasonRequired,
    TransitionNotAllowed,
)
from .models import Booking
from .transitions import BookingStatus
from .types import StayChange

CHANGEABLE_STATUSES = (BookingStatus.HELD, BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN)
IN_HOUSE_FIELDS = {"departure"}
"""What guests who are in the house change themselves."""

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class StaffPowers:
    """What somebody may do as staff of the property. ``price_percent``: how far from the price; None: as they like.

    ``is_refused``: they asked to act as staff and may not.
    """

    is_staff: bool = False
    is_refused: bool = False
    may_override: bool = False
    may_waive: bool = False
    price_percent: Decimal | None = ZERO


@dataclass(frozen=True, slots=True)
class ChangeFees:
    """``change`` is for the change itself, ``kept`` is what is kept of nights that are given up."""

    change: Decimal = ZERO
    kept: Decimal = ZERO
    is_waived: bool = False

    @property
    def total(self) -> Decimal:
        return self.change + self.kept


def change_refusal(
    booking: Booking, change: StayChange, *, powers: StaffPowers, money: FolioMoney, at: datetime
) -> DomainError | None:
    """The first reason why this booking cannot become that, whatever the house has left."""
    if powers.is_refused:
        return PermissionDenied()
    if booking.status not in CHANGEABLE_STATUSES:
        return TransitionNotAllowed.between(source=booking.status, target=booking.status)
    if money.has_open_payment and (booking.status == BookingStatus.HELD or booking.pending_change_id):
        return PaymentInProgress()
    fields = changed_fields(booking, change)
    if not fields and not change.reprice and change.nightly_override is None:
        return NothingToChange()
    if booking.status == BookingStatus.CHECKED_IN and "arrival" in fields:
        return ChangeNotAllowed(_("The guests are here already."), code="arrival_over", field="arrival")
    if not powers.is_staff:
        return _guest_refusal(booking, set(fields), at=at)
    return None


def override_refusal(
    booking: Booking,
    change: StayChange,
    *,
    powers: StaffPowers,
    quote: Quote | None,
    listed: Quote | None,
) -> DomainError | None:
    """Why staff may not set aside prices, restrictions or fees. ``listed`` is the quote without their price."""
    is_override = change.nightly_override is not None
    if not (is_override or change.ignore_restrictions or change.waive_fee or change.reprice):
        return None
    if not powers.is_staff or (change.waive_fee and not powers.may_waive):
        return PermissionDenied()
    if (is_override or change.ignore_restrictions) and not powers.may_override:
        return PermissionDenied()
    if (is_override or change.ignore_restrictions) and not change.override_reason.strip():
        return ReasonRequired()
    if change.nightly_override is not None:
        return price_refusal(
            nightly=change.nightly_override,
            currency=booking.currency,
            powers=powers,
            quote=quote,
            listed=listed,
        )
    return None


def price_refusal(
    *, nightly: Decimal, currency: str, powers: StaffPowers, quote: Quote | None, listed: Quote | None
) -> DomainError | None:
    """Why somebody may not sell at this price. Their limit is in percent of what the rooms would cost, up and down."""
    if nightly < 0 or round_money(nightly, currency) != nightly:
        return PriceLimitExceeded(
            _("Please give a price of at least 0, to the cent."), field="nightly_override"
        )
    percent = powers.price_percent
    if percent is None or quote is None:
        return None
    if listed is None or abs(quote.room_total - listed.room_total) * HUNDRED > listed.room_total * percent:
        return PriceLimitExceeded(
            _("You may go up to %(percent)s %% from the price. Please ask a manager.")
            % {"percent": f"{percent.normalize():f}"},
            field="nightly_override",
            data={
                "percent": str(percent),
                "list_total": None if listed is None else str(listed.room_total),
                "currency": currency,
            },
        )
    return None


def change_fees(
    booking: Booking,
    change: StayChange,
    *,
    sold: Sold,
    after_total: Decimal,
    powers: StaffPowers,
    at: datetime,
) -> ChangeFees:
    """What the change costs beside the price of the stay.

    Before the arrival a change never leaves less than cancelling would cost at that moment: what the new stay falls
    short of that fee is kept. In the house the policy keeps a part of the price of nights that are given up, but not
    more than the stay becomes cheaper. Guests pay the fee for a change too, unless nothing but nights is added.
    Holds cost nothing, and staff who may can waive all of it.
    """
    if booking.status == BookingStatus.HELD:
        return ChangeFees()
    if change.waive_fee and powers.may_waive:
        return ChangeFees(is_waived=True)
    rules = change_terms(sold.terms)
    fee = ZERO
    if not powers.is_staff and not _is_longer_only(booking, change):
        fee = round_money(Decimal(rules["fee"]), sold.currency)
    if booking.status == BookingStatus.CHECKED_IN:
        given_up = sum(
            (price for night, price in sold.night_prices.items() if night not in change.stay), start=ZERO
        )
        kept = round_money(given_up * Decimal(rules["early_departure_percent"]) / HUNDRED, sold.currency)
        return ChangeFees(change=fee, kept=max(min(kept, sold.total - after_total), ZERO))
    penalty = cancellation_fee(sold, at=at) - sold.fees
    return ChangeFees(change=fee, kept=max(penalty - after_total, ZERO))


def change_terms(terms: Any) -> dict[str, Any]:
    """The rules of changes a stay was sold with, or those of stays sold before there were any."""
    return {
        "guest": GuestChanges.IF_REFUNDABLE,
        "hours_before": 0,
        "fee": "0",
        "early_departure_percent": "100",
    } | dict(terms.get("changes") or {})


def guest_change_refusal(booking: Booking, *, at: datetime) -> DomainError | None:
    """Why it makes no sense to offer the guest a change at all."""
    if booking.status not in CHANGEABLE_STATUSES:
        return TransitionNotAllowed.between(source=booking.status, target=booking.status)
    return _guest_refusal(booking, set(IN_HOUSE_FIELDS), at=at)


def guest_change_until(booking: Booking) -> datetime | None:
    """Until when guests may change it before they arrive; None where nobody knows when that is."""
    arrival_at = booking.cancellation_terms.get("arrival_at")
    if arrival_at is None:
        return None
    hours = int(change_terms(booking.cancellation_terms)["hours_before"])
    return datetime.fromisoformat(arrival_at) - timedelta(hours=hours)


def _guest_refusal(booking: Booking, fields: set[str], *, at: datetime) -> DomainError | None:
    rule = change_terms(booking.cancellation_terms)["guest"]
    if rule == GuestChanges.NEVER:
        return ChangeNotAllowed()
    if rule == GuestChanges.IF_REFUNDABLE and not is_refundable(booking.cancellation_terms):
        return ChangeNotAllowed(
            _("This rate cannot be changed. Please write to the house."), code="change_not_in_rate"
        )
    if booking.status == BookingStatus.CHECKED_IN:
        if fields <= IN_HOUSE_FIELDS:
            return None
        return ChangeNotAllowed(
            _("During your stay you can change the departure; the front desk does everything else."),
            code="departure_only",
        )
    until = guest_change_until(booking)
    if booking.status == BookingStatus.CONFIRMED and until is not None and at > until:
        return ChangeNotAllowed(
            _("It is too late to change this booking online. Please write to the house."),
            code="change_too_late",
            data={"until": until.isoformat()},
        )
    return None


def _is_longer_only(booking: Booking, change: StayChange) -> bool:
    """Whether every room and night that was sold stays, and nothing but nights is added."""
    return (
        set(changed_fields(booking, change)) <= {"arrival", "departure"}
        and change.arrival <= booking.arrival
        and change.departure >= booking.departure
    )
