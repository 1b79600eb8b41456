"""What can be done with a booking: one table of operations, each a page that asks and a service that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from bookings.selectors.assignments import assignments_of
from bookings.services import (
    booking_check_in,
    booking_check_in_undo,
    booking_check_out,
    booking_check_out_undo,
    booking_confirm_by_staff,
    booking_no_show,
    booking_no_show_undo,
    confirmation_mail_again,
    rooms_pick,
    rooms_pick_undo,
)
from bookings.transitions import SOLD_STATUSES, BookingStatus

_S = BookingStatus


class Stay(Protocol):
    """What the tables need to know of a booking, or of its line in a list."""

    @property
    def status(self) -> str: ...
    @property
    def arrival(self) -> date: ...
    @property
    def departure(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Operation:
    """Something staff do with a booking in one of the states ``sources``.

    ``permission`` is its row in ``accounts.permissions``; ``done`` says what happened, of ``%(booking)s`` and what
    ``details`` adds to it; ``undo`` is the operation that takes it back.
    """

    name: str
    permission: str
    label: str | Promise
    question: str | Promise
    done: str | Promise
    sources: tuple[BookingStatus, ...]
    service: Callable[..., Booking]
    undo: str = ""
    details: Callable[[Booking], dict[str, str]] | None = None

    def is_possible(self, booking: Stay) -> bool:
        """Whether the booking's state allows it. The service decides; this only hides what is pointless."""
        return booking.status in self.sources

    def run(self, booking_id: int, actor: Any) -> Booking:
        return self.service(booking_id=booking_id, actor=actor)

    def told(self, booking: Booking) -> str:
        """What was done, in the language of who did it."""
        details = self.details(booking) if self.details else {}
        return gettext(str(self.done)) % {"booking": booking, **details}


def _rooms(booking: Booking) -> dict[str, str]:
    return {"room": ", ".join(dict.fromkeys(row.room.number for row in assignments_of(booking)))}


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
        name="assign",
        permission="room_assign",
        label=_("Assign a room"),
        question=_("The best free room of the booked type is given to this stay."),
        done=_("%(booking)s has room %(room)s."),
        sources=(_S.CONFIRMED,),
        service=rooms_pick,
        undo="undo-assign",
        details=_rooms,
    ),
    Operation(
        name="undo-assign",
        permission="room_assign",
        label=_("Undo the assignment"),
        question=_("The room that was chosen by itself is free again."),
        done=_("%(booking)s waits for a room again."),
        sources=(_S.CONFIRMED,),
        service=rooms_pick_undo,
    ),
    Operation(
        name="check-in",
        permission="booking_check_in",
        label=_("Check in"),
        question=_("The guest is here."),
        done=_("%(booking)s is checked in."),
        sources=(_S.CONFIRMED, _S.NO_SHOW),
        service=booking_check_in,
        undo="undo-check-in",
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
        undo="undo-check-out",
    ),
    Operation(
        name="undo-check-out",
        permission="booking_check_out",
        label=_("Undo the check-out"),
        question=_("The guest was checked out by mistake and is still in the house. Money stays as it is."),
        done=_("%(booking)s is in the house again."),
        sources=(_S.CHECKED_OUT,),
        service=booking_check_out_undo,
    ),
    Operation(
        name="no-show",
        permission="booking_no_show",
        label=_("No-show"),
        question=_("The guest has not come: the rooms are free again, and the no-show fee is kept."),
        done=_("%(booking)s is marked as not come."),
        sources=(_S.CONFIRMED,),
        service=booking_no_show,
        undo="undo-no-show",
    ),
    Operation(
        name="undo-no-show",
        permission="booking_no_show",
        label=_("Undo the no-show"),
        question=_("The guest is expected after all: the rooms are theirs again, if they are still free."),
        done=_("%(booking)s is expected again."),
        sources=(_S.NO_SHOW,),
        service=booking_no_show_undo,
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
