"""How a booking can be paid now."""

from __future__ import annotations

from decimal import Decimal

from bookings.models import Booking
from bookings.transitions import BookingStatus
from bookings.types import PaymentOption
from core.money import round_money
from payments.gateways.base import Gateway
from payments.models import PaymentPurpose
from payments.selectors import folio_money, gateways_for_property
from payments.types import FolioMoney

PAYABLE_LATER_STATUSES = (BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN, BookingStatus.CHECKED_OUT)


def payment_options(*, booking: Booking, money: FolioMoney | None = None) -> list[PaymentOption]:
    """The ways to pay that are offered now, in the property's order. One query; none with ``money`` given.

    The property is at hand.

    While a hold lasts: the deposit (where it is less than the total) or the total. Paying at the property is offered
    when nothing is due in advance, or when there is no other way. Later: what is left, and while a change of the stay
    waits for its payment nothing but what that needs (one query more).
    """
    money = money or folio_money(folio_id=booking.folio_id)
    gateways = gateways_for_property(property=booking.property)
    if booking.status == BookingStatus.HELD:
        return _options_of_hold(booking, money, gateways)
    if booking.pending_change_id is not None:
        return _options_of_change(booking, money, gateways)
    left = money.balance - money.authorized
    if booking.status in PAYABLE_LATER_STATUSES and left > 0:
        return [
            _option(booking, gateway, PaymentPurpose.BALANCE, left)
            for gateway in gateways
            if gateway.moves_money
        ]
    return []


def _options_of_hold(booking: Booking, money: FolioMoney, gateways: list[Gateway]) -> list[PaymentOption]:
    taken = money.captured - money.refunded + money.authorized
    deposit_left = max(booking.deposit_due - taken, Decimal(0))
    left = money.balance - money.authorized
    can_pay_now = any(gateway.moves_money for gateway in gateways)
    options: list[PaymentOption] = []
    for gateway in gateways:
        if not gateway.moves_money:
            if not deposit_left or not can_pay_now:
                options.append(_option(booking, gateway, PaymentPurpose.TOTAL, money.balance))
            continue
        if 0 < deposit_left < left:
            options.append(_option(booking, gateway, PaymentPurpose.DEPOSIT, deposit_left))
        if left > 0:
            options.append(_option(booking, gateway, PaymentPurpose.TOTAL, left))
    return options


def _options_of_change(booking: Booking, money: FolioMoney, gateways: list[Gateway]) -> list[PaymentOption]:
    change = booking.pending_change
    assert change is not None
    taken = money.captured - money.refunded - money.refunds_open - money.disputed + money.authorized
    left = change.paid_needed - taken
    if left <= 0:
        return []
    return [
        _option(booking, gateway, PaymentPurpose.CHANGE, left) for gateway in gateways if gateway.moves_money
    ]


def _option(booking: Booking, gateway: Gateway, purpose: PaymentPurpose, amount: Decimal) -> PaymentOption:
    return PaymentOption(
        gateway=gateway.code,
        label=str(gateway.label),
        purpose=purpose.value,
        amount=round_money(amount, booking.currency),
        currency=booking.currency,
        is_guarantee=not gateway.moves_money,
    )
