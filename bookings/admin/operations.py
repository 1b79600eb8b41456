"""What can be done with a booking: one table of operations, each a page that asks and a service that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from bookings.services import (
    booking_check_in,
    booking_check_in_undo,
    booking_check_out,
    booking_confirm_by_staff,
    booking_no_show,
    confirmation_mail_again,
)
from bookings.transitions import SOLD_STATUSES, BookingStatus

_S = BookingStatus


@dataclass(frozen=True, slots=True)
class Operation:
    """Something staff do with a booking in one of the states ``sources``.

    ``permission`` is its row in ``accounts.permissions``; ``done`` says what happened, of ``%(booking)s``.
    """

    name: str
    permission: str
    label: str | Promise
    question: str | Promise
    done: str | Promise
    sources: tuple[BookingStatus, ...]
    service: Callable[..., Booking]

    def is_possible(self, booking: Booking) -> bool:
        """Whether the booking's state allows it. The service decides; this only hides what is pointless."""
        return booking.status in self.sources

    def run(self, booking_id: int, actor: Any) -> Booking:
        return self.service(booking_id=booking_id, actor=actor)


OPERATIONS = (
    Operation(
        name="confirm",
        permission="booking_confirm",
        label=_("Confirm, paid at the house"),
        question=_("The rooms are sold to this guest without a payment in advance."),
        done=_("%(booking)s is confirmed."),
        sources=(_S.HELD,),
        service=booking_confirm_by_staff,
    ),
    Operation(
        name="check-in",
        permission="booking_check_in",
        label=_("Check in"),
        question=_("The guest is here."),
        done=_("%(booking)s is checked in."),
        sources=(_S.CONFIRMED, _S.NO_SHOW),
        service=booking_check_in,
    ),
    Operation(
        name="undo-check-in",
        permission="booking_check_in",
        label=_("Undo the check-in"),
        question=_("The guest was checked in by mistake."),
        done=_("%(booking)s is not checked in any more."),
        sources=(_S.CHECKED_IN,),
        service=booking_check_in_undo,
    ),
    Operation(
        name="check-out",
        permission="booking_check_out",
        label=_("Check out"),
        question=_("The guest has left."),
        done=_("%(booking)s is checked out."),
        sources=(_S.CHECKED_IN,),
        service=booking_check_out,
    ),
    Operation(
        name="no-show",
        permission="booking_no_show",
        label=_("No-show"),
        question=_("The guest has not come: the rooms are free again, and the no-show fee is kept."),
        done=_("%(booking)s is marked as not come."),
        sources=(_S.CONFIRMED,),
        service=booking_no_show,
    ),
    Operation(
        name="mail-again",
        permission="booking_mail_again",
        label=_("Send the confirmation again"),
        question=_("The guest gets the confirmation once more, as the booking stands now."),
        done=_("The confirmation of %(booking)s is sent again."),
        sources=SOLD_STATUSES,
        service=confirmation_mail_again,
    ),
)
OPERATIONS_BY_NAME = {operation.name: operation for operation in OPERATIONS}
CANCELLABLE = (_S.HELD, _S.CONFIRMED)
