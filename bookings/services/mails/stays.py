"""What is told about a stay, from the hold to the thank-you."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext, override

from bookings.cancellation import Sold, cancellation_steps, free_until, no_show_fee
from bookings.links import booking_url
from bookings.models import Booking, BookingChange
from bookings.selectors.groups import group_payer
from core.formats import format_day
from core.money import format_money
from notifications.types import (
    BOOKING_CANCELLED,
    BOOKING_CHANGED,
    BOOKING_CONFIRMED,
    BOOKING_HELD,
    BOOKING_NO_SHOW,
    PRE_ARRIVAL,
    REVIEW_REPLIED,
    THANK_YOU,
    ChangeContext,
)
from payments.types import FolioMoney

from .writing import amount, booking_context, mail_write, price_lines


def held_mail(booking: Booking, *, money: FolioMoney) -> None:
    """Rooms are kept and not paid for: where to go on, once per booking, and until when."""
    if booking.hold_expires_at is None:
        return
    context = {
        "total": amount(booking, booking.total),
        "due_now": amount(booking, max(booking.deposit_due - (money.captured - money.refunded), Decimal(0))),
        "hold_expires_at": booking.hold_expires_at.isoformat(),
        "pay_url": booking_url(booking, step="pay"),
    }
    mail_write(booking, BOOKING_HELD, context, key=f"{BOOKING_HELD}:{booking.pk}")


def change_waits_mail(booking: Booking, *, change: BookingChange) -> None:
    """Staff keep the rooms of another stay until the guest has paid the difference: where to, and until when."""
    if change.expires_at is None:
        return
    after = change.after
    with override(booking.language):
        stay = {
            **booking_context(booking)["stay"],
            "arrival": after["arrival"],
            "departure": after["departure"],
            "nights": len(after["nights"]),
            "rooms": after["rooms"],
            "adults": after["adults"],
            "children_ages": after["children_ages"],
            "room_type": after["room_type"]["name"],
            "rate_plan": after["rate_plan"]["name"],
        }
    context = {
        "stay": stay,
        "total": amount(booking, change.after_total + change.fee),
        "due_now": amount(booking, change.due_now),
        "hold_expires_at": change.expires_at.isoformat(),
        "pay_url": booking_url(booking, step="pay"),
    }
    mail_write(booking, BOOKING_HELD, context, key=f"{BOOKING_HELD}:change:{change.pk}")


def confirmed_mail(booking: Booking, *, sold: Sold, money: FolioMoney, at: datetime, again: str = "") -> None:
    """The stay is sold: price, payments, and what cancelling costs. ``again`` tells repetitions apart."""
    steps = cancellation_steps(sold, at=at)
    free_end = free_until(steps)
    context = {
        "lines": price_lines(booking),
        **_balance(booking, money),
        "payer": group_payer(booking=booking),
        "free_until": free_end.isoformat() if free_end else None,
        "cancellation": [
            {"until": step.until.isoformat() if step.until else None, "fee": amount(booking, step.fee)}
            for step in steps
        ],
        "no_show_fee": amount(booking, no_show_fee(sold)),
    }
    key = f"{BOOKING_CONFIRMED}:{booking.pk}" + (f":{again}" if again else "")
    mail_write(booking, BOOKING_CONFIRMED, context, key=key)


def cancelled_mail(booking: Booking, *, fee: Decimal, refund: Decimal, at: datetime) -> None:
    """The stay is off: what is kept and what goes back."""
    context = {
        "total": amount(booking, booking.total),
        "fee": amount(booking, fee),
        "refund": amount(booking, refund),
        "cancelled_at": at.isoformat(),
    }
    mail_write(booking, BOOKING_CANCELLED, context, key=f"{BOOKING_CANCELLED}:{booking.pk}")


def changed_mail(booking: Booking, *, changes: list[ChangeContext], money: FolioMoney) -> None:
    """The stay or its guest are others now; the booking is at its new version. Without changes nobody is told."""
    if not changes:
        return
    context = {"changes": changes, **_balance(booking, money)}
    mail_write(booking, BOOKING_CHANGED, context, key=f"{BOOKING_CHANGED}:{booking.pk}:{booking.version}")


def no_show_mail(booking: Booking, *, fee: Decimal) -> None:
    """The guest did not come; ``fee`` is kept."""
    context = {"fee": amount(booking, fee)}
    mail_write(booking, BOOKING_NO_SHOW, context, key=f"{BOOKING_NO_SHOW}:{booking.pk}")


def pre_arrival_mail(booking: Booking, *, money: FolioMoney) -> None:
    """The stay is near: how to get there, and where to say when one comes."""
    context = {
        "directions": booking.property.directions,
        "check_in_url": booking_url(booking, step="arrival"),
        "due": amount(booking, max(money.balance, Decimal(0))),
    }
    mail_write(booking, PRE_ARRIVAL, context, key=f"{PRE_ARRIVAL}:{booking.pk}")


def thank_you_mail(booking: Booking) -> None:
    """The stay is over: thanks, and the way to a review."""
    context = {"review_url": booking_url(booking, step="review")}
    mail_write(booking, THANK_YOU, context, key=f"{THANK_YOU}:{booking.pk}")


def review_replied_mail(booking: Booking, *, reply: str) -> None:
    """The house has answered the guest's review; told once, however often the answer is edited."""
    context = {"review_url": booking_url(booking, step="review"), "reply": reply}
    mail_write(booking, REVIEW_REPLIED, context, key=f"{REVIEW_REPLIED}:{booking.pk}")


def guest_changes(booking: Booking, *, before: dict[str, Any], after: dict[str, Any]) -> list[ChangeContext]:
    """What is different between two states of the fields that hold the guest, in the guest's language."""
    with override(booking.language):
        labels = {
            "guest_name": gettext("Name"),
            "guest_email": gettext("E-mail address"),
            "guest_phone": gettext("Phone"),
            "arrival_time": gettext("Expected arrival"),
            "special_requests": gettext("Requests"),
        }
    told = {name: (_words(before.get(name)), _words(after.get(name))) for name in labels}
    return [
        {"label": labels[name], "before": old, "after": new}
        for name, (old, new) in told.items()
        if old != new
    ]


def stay_changes(
    booking: Booking, *, before: dict[str, Any], after: dict[str, Any], fee: Decimal, refund: Decimal
) -> list[ChangeContext]:
    """What is different between two snapshots of a stay, in the guest's language."""
    with override(booking.language):
        told = [
            (
                gettext("Arrival"),
                *(format_day(date.fromisoformat(stay["arrival"])) for stay in (before, after)),
            ),
            (
                gettext("Departure"),
                *(format_day(date.fromisoformat(stay["departure"])) for stay in (before, after)),
            ),
            (gettext("Room"), *(stay["room_type"]["name"] for stay in (before, after))),
            (gettext("Rate"), *(stay["rate_plan"]["name"] for stay in (before, after))),
            (gettext("Guests"), *(_guests_words(stay) for stay in (before, after))),
            (
                gettext("Total"),
                *(format_money(Decimal(stay["total"]), booking.currency) for stay in (before, after)),
            ),
            (gettext("Fee for the change"), "", format_money(fee, booking.currency) if fee else ""),
            (gettext("Refund"), "", format_money(refund, booking.currency) if refund else ""),
        ]
    return [{"label": label, "before": old, "after": new} for label, old, new in told if old != new]


def _guests_words(stay: dict[str, Any]) -> str:
    parts = [ngettext("%(count)d adult", "%(count)d adults", stay["adults"]) % {"count": stay["adults"]}]
    if stay["children_ages"]:
        count = len(stay["children_ages"])
        parts.append(ngettext("%(count)d child", "%(count)d children", count) % {"count": count})
    rooms = stay["rooms"]
    parts.append(ngettext("%(count)d room", "%(count)d rooms", rooms) % {"count": rooms})
    return ", ".join(parts)


def _words(value: Any) -> str:
    return value.strftime("%H:%M") if hasattr(value, "strftime") else str(value or "")


def _balance(booking: Booking, money: FolioMoney) -> dict[str, str]:
    return {
        "total": amount(booking, booking.total),
        "paid": amount(booking, money.captured - money.refunded),
        "due": amount(booking, max(money.balance, Decimal(0))),
    }
