"""What a booking tells its guest: the context of each message, written to the outbox in the caller's transaction.

Guests without an e-mail address get none. Each effect has a key of its own, so that it is told once.
"""

from .money import (
    OVERPAID,
    ROOMS_GONE,
    payment_failed_mail,
    receipt_mail,
    refunded_mail,
    trip_payment_failed_mail,
)
from .stays import (
    cancelled_mail,
    change_waits_mail,
    changed_mail,
    confirmed_mail,
    guest_changes,
    held_mail,
    no_show_mail,
    pre_arrival_mail,
    review_replied_mail,
    stay_changes,
    thank_you_mail,
)
from .writing import booking_context

__all__ = [
    "OVERPAID",
    "ROOMS_GONE",
    "booking_context",
    "cancelled_mail",
    "change_waits_mail",
    "changed_mail",
    "confirmed_mail",
    "guest_changes",
    "held_mail",
    "no_show_mail",
    "payment_failed_mail",
    "pre_arrival_mail",
    "receipt_mail",
    "refunded_mail",
    "review_replied_mail",
    "stay_changes",
    "thank_you_mail",
    "trip_payment_failed_mail",
]
