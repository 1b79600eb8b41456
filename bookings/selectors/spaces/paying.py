"""How a booking of a space can be paid now."""

from __future__ import annotations

from decimal import Decimal

from bookings.models import SpaceBooking
from bookings.space_transitions import SpaceBookingStatus
from bookings.types import PaymentOption
from core.money import round_money
from payments.gateways.base import Gateway
from payments.models import PaymentPurpose
from payments.selectors import folio_money, gateways_for_property
from payments.types import FolioMoney

_S = SpaceBookingStatus
PAYABLE_STATUSES = (_S.APPROVED, _S.CONFIRMED, _S.CHECKED_IN, _S.COMPLETED)


def waits_for_money(booking: SpaceBooking) -> bool:
    """Whether the time is lost unless it is paid."""
    return booking.status == _S.HELD or (
        booking.status == _S.APPROVED and booking.hold_expires_at is not None
    )


def space_payment_options(*, booking: SpaceBooking, money: FolioMoney | None = None) -> list[PaymentOption]:
    """The ways to pay that are offered now, in the property's order; none for what is on the bill of a stay.

    Paying at the property is offered where the space is not paid in advance, or when there is no other way. A series
    is paid as a whole. One query; none with ``money`` given.
    """
    if booking.folio_id is None or booking.stay_id is not None:
        return []
    money = money or folio_money(folio_id=booking.folio_id)
    left = money.balance - money.authorized
    if left <= 0 or not (waits_for_money(booking) or booking.status in PAYABLE_STATUSES):
        return []
    gateways = gateways_for_property(property=booking.property)
    waits = waits_for_money(booking)
    can_pay_now = any(gateway.moves_money for gateway in gateways)
    purpose = PaymentPurpose.TOTAL if waits else PaymentPurpose.BALANCE
    options = []
    for gateway in gateways:
        is_offered = gateway.moves_money or (
            waits and (not booking.terms.get("is_prepaid") or not can_pay_now)
        )
        if is_offered:
            options.append(_option(booking, gateway, purpose, left))
    return options


def _option(
    booking: SpaceBooking, gateway: Gateway, purpose: PaymentPurpose, amount: Decimal
) -> PaymentOption:
    return PaymentOption(
        gateway=gateway.code,
        label=str(gateway.label),
        purpose=PaymentPurpose.TOTAL.value if not gateway.moves_money else purpose.value,
        amount=round_money(amount, booking.currency),
        currency=booking.currency,
        is_guarantee=not gateway.moves_money,
    )
