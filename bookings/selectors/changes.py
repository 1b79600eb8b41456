"""What changing a stay comes to: the same figures for the preview and for the change itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import StaffRole, User
from accounts.permissions import OPERATION_PERMISSIONS, may_with
from accounts.selectors import discounts_for_users, staff_access
from bookings.cancellation import Sold, cancellation_fee, terms_after_change
from bookings.change_rules import ChangeFees, StaffPowers, change_fees, change_refusal, override_refusal
from bookings.changes import nights_kept
from bookings.models import Booking, BookingChange, BookingNight, Group
from bookings.transitions import BookingStatus
from bookings.types import ChangeNight, ChangePreview, StayChange
from core.exceptions import DomainError
from core.money import round_money
from inventory.models import Property
from inventory.selectors.requotes import Requote, requote_get
from inventory.types import Quote
from payments.selectors import folio_money, gateways_for_property
from payments.types import FolioMoney

from .change_sources import lines_kept, rooms_at_hand, sold_of, sold_stay_of

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """A change with all that is needed to do it."""

    preview: ChangePreview
    nights: Sequence[BookingNight]
    sold: Sold
    terms: dict[str, Any]
    powers: StaffPowers
    taken: Decimal
    room_type_name: str
    rate_plan_name: str


def change_preview(
    *,
    booking: Booking,
    change: StayChange,
    actor: User | None,
    as_staff: bool | None = None,
    at: datetime | None = None,
) -> ChangePreview:
    """What ``change`` of a booking comes to at ``at``, exactly as `booking_change` does it. Six queries, two for staff.
    One more for a group's booking, one for another room type.

    ``as_staff``: whether what is for staff counts; None: whether ``actor`` is staff who may. Property, room type and
    rate plan of the booking are at hand. What stands against it is the preview's ``refusal``; only dates that are no
    stay raise (`InvalidStay`).
    """
    return change_work_out(booking=booking, change=change, actor=actor, as_staff=as_staff, at=at).preview


def change_work_out(
    *,
    booking: Booking,
    change: StayChange,
    actor: User | None,
    as_staff: bool | None = None,
    at: datetime | None = None,
) -> WorkedOut:
    """The preview with all that doing it needs; the same under the locks of the change and without."""
    at = at or timezone.now()
    stay = change.stay
    powers = staff_powers(house=booking.property, actor=actor, as_staff=as_staff)
    money = folio_money(folio_id=booking.folio_id)
    nights = list(booking.nights.order_by("date", "room_index"))
    sold = sold_of(booking, nights)
    kept = [] if change.nightly_override is not None else nights_kept(booking, change)
    discounts = discounts_for_users(user_ids=[booking.user_id] if booking.user_id else [])
    requote = requote_get(
        room_type_id=change.room_type_id,
        rate_plan_id=change.rate_plan_id,
        stay=stay,
        party=change.party,
        sold=sold_stay_of(booking),
        sold_lines=lines_kept(booking, nights, kept),
        property_id=booking.property_id,
        discount_percent=discounts.get(booking.user_id or 0, ZERO),
        at=at,
        for_staff=powers.is_staff,
        ignore_restrictions=powers.is_staff and change.ignore_restrictions,
        nightly=change.nightly_override if powers.is_staff else None,
        at_hand=rooms_at_hand(booking, change, may_wait=not powers.is_staff or change.pay_first),
    )
    refusal = (
        change_refusal(booking, change, powers=powers, money=money, at=at)
        or requote.refusal
        or override_refusal(booking, change, powers=powers, quote=requote.quote, listed=requote.list_quote)
    )
    fees = (
        ChangeFees()
        if requote.quote is None
        else change_fees(booking, change, sold=sold, after_total=requote.quote.total, powers=powers, at=at)
    )
    taken = money.captured - money.refunded - money.refunds_open - money.disputed + money.authorized
    return WorkedOut(
        preview=_preview(
            booking,
            change,
            requote,
            sold,
            money=money,
            fees=fees,
            refusal=refusal,
            powers=powers,
            taken=taken,
        ),
        nights=nights,
        sold=sold,
        terms=_terms(booking, requote.quote, sold, fees=fees, at=at),
        powers=powers,
        taken=taken,
        room_type_name=requote.room_type_name,
        rate_plan_name=requote.rate_plan_name,
    )


def staff_powers(*, house: Property, actor: User | None, as_staff: bool | None = None) -> StaffPowers:
    """What somebody may do to a booking as staff of the property. One query, none for guests and superusers.

    ``as_staff`` False: they act as a guest, whatever they are elsewhere.
    """
    if as_staff is False or actor is None:
        return StaffPowers(is_refused=bool(as_staff))
    access = staff_access(actor)
    if not may_with(access, house.pk, OPERATION_PERMISSIONS["booking_change"]):
        return StaffPowers(is_refused=bool(as_staff))
    percent: Decimal | None = house.override_percent_front_desk
    if access.is_unlimited:
        percent = None
    elif access.may(house.pk, StaffRole.MANAGER):
        percent = house.override_percent_manager
    return StaffPowers(
        is_staff=True,
        may_override=may_with(access, house.pk, OPERATION_PERMISSIONS["booking_price_override"]),
        may_waive=may_with(access, house.pk, OPERATION_PERMISSIONS["booking_fee_waive"]),
        price_percent=percent,
    )


def changes_of_booking(*, booking: Booking) -> list[BookingChange]:
    """The booking's changes, newest first, with who made them. One query."""
    return list(booking.changes.select_related("actor").order_by("-created_at", "-pk"))


def changes_overdue(*, at: datetime, limit: int) -> list[int]:
    """Ids of bookings whose change waits for a payment for longer than it may, the longest first. One query."""
    return list(
        BookingChange.objects.filter(status="pending", expires_at__lte=at)
        .order_by("expires_at", "pk")
        .values_list("booking_id", flat=True)[:limit]
    )


def _preview(
    booking: Booking,
    change: StayChange,
    requote: Requote,
    sold: Sold,
    *,
    money: FolioMoney,
    fees: ChangeFees,
    refusal: DomainError | None,
    powers: StaffPowers,
    taken: Decimal,
) -> ChangePreview:
    currency, quote = booking.currency, requote.quote
    after_total = sold.total if quote is None else quote.total
    increase = after_total - sold.total + fees.total
    if _is_on_group(booking):  # rooms and taxes stand on the folio of the group
        increase = ZERO
    balance = money.balance + increase
    due = ZERO
    if booking.status != BookingStatus.HELD and (not powers.is_staff or change.pay_first):
        due = _due_now(booking, quote, increase=increase, balance=balance, money=money, taken=taken)
    return ChangePreview(
        before_total=sold.total,
        after_total=after_total,
        difference=after_total - sold.total,
        nights=_nights(sold.night_prices, quote),
        fee=round_money(fees.total, currency),
        change_fee=round_money(fees.change, currency),
        kept_fee=round_money(fees.kept, currency),
        paid=round_money(taken - money.authorized, currency),
        due_now=round_money(due, currency),
        refund=round_money(max(-balance - money.refunds_open, ZERO), currency),
        owed=round_money(max(balance, ZERO), currency),
        currency=currency,
        version=booking.version,
        refusal=refusal,
        quote=quote,
    )


def _due_now(
    booking: Booking,
    quote: Quote | None,
    *,
    increase: Decimal,
    balance: Decimal,
    money: FolioMoney,
    taken: Decimal,
) -> Decimal:
    """What of a difference is paid before the change is done.

    All of it, but not more than is open afterwards. Who pays at the house pays in advance what the deposit asks for.
    """
    if quote is None or not any(
        gateway.moves_money for gateway in gateways_for_property(property=booking.property)
    ):
        return ZERO
    due = min(increase, balance - money.authorized)
    if money.is_guaranteed or not taken:
        due = min(due, quote.deposit_due - taken)
    return max(due, ZERO)


def _is_on_group(booking: Booking) -> bool:
    """Whether a group pays for rooms and taxes. One query, none for other bookings."""
    return (
        booking.group_id is not None and Group.objects.filter(pk=booking.group_id, shared_folio=True).exists()
    )


def _terms(
    booking: Booking, quote: Quote | None, sold: Sold, *, fees: ChangeFees, at: datetime
) -> dict[str, Any]:
    if quote is None:
        return dict(booking.cancellation_terms)
    if booking.status == BookingStatus.HELD:
        return quote.cancellation_terms
    floor = ZERO
    if booking.status == BookingStatus.CONFIRMED and not fees.is_waived:
        floor = cancellation_fee(sold, at=at) - sold.fees
    return terms_after_change(
        before=booking.cancellation_terms,
        after=quote.cancellation_terms,
        is_same_plan=quote.rate_plan_id == booking.rate_plan_id,
        floor=floor,
    )


def _nights(before: Mapping[date, Decimal], quote: Quote | None) -> tuple[ChangeNight, ...]:
    after: dict[date, Decimal] = dict(before) if quote is None else {}
    for night in quote.nights if quote else ():
        after[night.date] = after.get(night.date, ZERO) + night.price
    return tuple(
        ChangeNight(night, before.get(night), after.get(night)) for night in sorted({*before, *after})
    )
