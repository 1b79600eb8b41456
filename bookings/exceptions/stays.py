"""What stays refuse: their states, dates, prices and folios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core import exceptions as core_exceptions
from core.exceptions import Conflict, NotFound, Unavailable, ValidationFailed, register_constraint

from .base import BookingError

if TYPE_CHECKING:
    from bookings.types import CancellationPreview


class BookingNotFound(BookingError, NotFound):
    """It does not exist, or is not the asker's to see: both look alike (404)."""

    code = "booking_not_found"
    message = _("We could not find this booking.")


class TransitionNotAllowed(BookingError, Conflict):
    """The booking's state does not allow it (409). ``data`` has ``status`` and ``target``."""

    code = "transition_not_allowed"
    message = _("This is not possible any more in the booking's present state.")

    @classmethod
    def between(cls, *, source: str, target: str) -> TransitionNotAllowed:
        return cls(data={"status": str(source), "target": str(target)})


class ExtraNotAddable(BookingError, Conflict):
    """The house does not sell this extra, or nothing can be added to the stay any more (409)."""

    code = "extra_not_addable"
    message = _("This cannot be added to the stay.")


class HoldExpired(BookingError, Conflict):
    """The rooms are not kept any longer (409)."""

    code = "hold_expired"
    message = _("The rooms were kept for a limited time, and it is over. Please start again.")


class EditConflict(BookingError, core_exceptions.VersionConflict):
    """Somebody else changed the booking in the meantime (409). ``data`` has what is there now."""

    code = "edit_conflict"
    message = _("Somebody else changed this in the meantime. Please look again.")


class FeeChanged(BookingError, Conflict):
    """Cancelling costs something else than expected (409). ``data`` has fee, refund and currency."""

    code = "fee_changed"
    message = _("What cancelling costs has changed in the meantime. Please look again.")

    @classmethod
    def to(cls, preview: CancellationPreview) -> FeeChanged:
        return cls(
            data={
                "fee": {"amount": str(preview.fee), "currency": preview.currency},
                "refund": {"amount": str(preview.refund), "currency": preview.currency},
            }
        )


class VersionConflict(BookingError, core_exceptions.VersionConflict):
    """Somebody else has changed it since it was read (409)."""


class NothingToChange(BookingError, ValidationFailed):
    """The stay is like this already (422)."""

    code = "nothing_to_change"
    message = _("This is what is booked already. Please choose something else.")


class ChangeNotAllowed(BookingError, Conflict):
    """The terms of the booking do not allow guests this change (409); the code says which."""

    code = "change_not_allowed"
    message = _("This booking cannot be changed online. Please write to the house.")


class ReasonRequired(BookingError, ValidationFailed):
    """Setting aside a price or a restriction needs a reason (422)."""

    code = "reason_required"
    message = _("Please say why.")

    def __init__(self) -> None:
        super().__init__(field="override_reason")


class PriceLimitExceeded(BookingError, ValidationFailed):
    """The price is further from what the stay costs than this role may go (422). ``data`` has the limit."""

    code = "price_limit_exceeded"
    message = _("This price is beyond your limit.")


class WrongDay(BookingError, Conflict):
    """Not on this day of the stay (409)."""

    code = "wrong_day"
    message = _("This is not possible on this day of the stay.")


class FolioUnsettled(BookingError, Conflict):
    """Somebody leaves and the folio is not at zero (409).

    ``data`` has balance (negative: owed to the guest) and currency.
    """

    code = "folio_unsettled"
    message = _(
        "The folio is not settled. Take the payment, give back what was paid too much, or send an invoice."
    )


class InvoiceMissing(BookingError, Conflict):
    """The balance stays open on an invoice, and there is none that covers it (409)."""

    code = "invoice_missing"
    message = _("Issue the invoice first: it is what the balance is paid by.")


class RegistrationInvalid(BookingError, ValidationFailed):
    """A detail of the registration card is not valid (422); ``field`` names it."""

    code = "registration_invalid"


class NoteEmpty(BookingError, ValidationFailed):
    """A note says nothing, or too much (422)."""

    code = "note_invalid"
    message = _("Please write a note of up to 2,000 characters.")


class BookingMoved(BookingError, Unavailable):
    """The booking holds other nights than a moment ago, before the locks: look again (503)."""

    message = _("This booking is being changed. Please try again.")


class ReferenceTaken(BookingError, Conflict):
    """The new reference exists already. Never leaves the service: it draws another one."""

    code = "reference_taken"


register_constraint("bookings_booking_reference_key", ReferenceTaken)
register_constraint("bookings_trip_reference_key", ReferenceTaken)
