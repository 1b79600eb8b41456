"""What bookings refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict, DomainError, NotFound, ValidationFailed, register_constraint

if TYPE_CHECKING:
    from .types import CancellationPreview


class BookingError(DomainError):
    """The family of everything that bookings refuse."""


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


class HoldExpired(BookingError, Conflict):
    """The rooms are not kept any longer (409)."""

    code = "hold_expired"
    message = _("The rooms were kept for a limited time, and it is over. Please start again.")


class PaymentRequired(BookingError, Conflict):
    """What is due at booking has not been paid (409)."""

    code = "payment_required"
    message = _("The booking is confirmed once what is due now has been paid.")


class PaymentInProgress(BookingError, Conflict):
    """Another payment of this booking is not decided yet (409)."""

    code = "payment_in_progress"
    message = _("A payment for this booking is still in progress. Please wait for it before you pay again.")
    retry_after = 5


class NothingDue(BookingError, Conflict):
    """There is nothing left to pay (409)."""

    code = "nothing_due"
    message = _("There is nothing left to pay.")


class PaymentNotOffered(BookingError, ValidationFailed):
    """This way to pay is not offered for this booking now (422)."""

    code = "payment_not_offered"
    message = _("This way to pay is not offered for this booking.")


class PaymentKeyTaken(BookingError, ValidationFailed):
    """The key was used for another payment (422)."""

    code = "idempotency_key_reused"
    message = _("This key was used for a different payment.")


class GuestRequired(BookingError, ValidationFailed):
    """Nobody knows yet who comes (422)."""

    code = "guest_required"
    message = _("Please tell us first who is coming.")


class GuestInvalid(BookingError, ValidationFailed):
    """A detail of the guest is not valid (422); ``field`` names it."""

    code = "guest_invalid"


class EditConflict(BookingError, Conflict):
    """Somebody else changed the booking in the meantime (409). ``data`` has what is there now."""

    code = "edit_conflict"


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


class WrongDay(BookingError, Conflict):
    """Not on this day of the stay (409)."""

    code = "wrong_day"
    message = _("This is not possible on this day of the stay.")


class ReviewNotFound(BookingError, NotFound):
    """There is no such review, or it is not public (404)."""

    code = "review_not_found"


class ReviewNotAllowed(BookingError, Conflict):
    """Nobody has stayed yet (409)."""

    code = "review_not_allowed"
    message = _("You can review a stay once it is over.")


class ReviewTooLate(BookingError, Conflict):
    """The stay is too long ago (409). ``data`` has the days one has."""

    code = "review_too_late"
    message = _("This stay is too long ago to be reviewed.")


class ReviewExists(BookingError, Conflict):
    """The stay was reviewed already (409)."""

    code = "review_exists"
    message = _("This stay has a review already.")


class ReviewNotEditable(BookingError, Conflict):
    """The review is published, decided on, or simply too old to be changed (409)."""

    code = "review_not_editable"
    message = _("This review cannot be changed any more.")


class ReviewInvalid(BookingError, ValidationFailed):
    """A detail of the review is not valid (422); ``field`` names it."""

    code = "review_invalid"


class ReviewNotPublished(BookingError, Conflict):
    """Only what the public reads is answered and objected to (409)."""

    code = "review_not_published"
    message = _("This review is not published.")


class ReportExists(BookingError, Conflict):
    """This person has reported the review before (409)."""

    code = "report_exists"
    message = _("You have reported this review already. Thank you.")


class TripNotFound(BookingError, NotFound):
    """There is no such trip, or it is somebody else's (404)."""

    code = "trip_not_found"


class TripForeign(BookingError, Conflict):
    """The booking belongs to somebody else's account than the trip (409)."""

    code = "trip_of_other_guest"
    message = _("A trip holds the bookings of one guest.")


class TripFull(BookingError, Conflict):
    """A trip has its limits (409). ``data`` has the most bookings."""

    code = "trip_full"
    message = _("This trip cannot take more bookings.")


class TripCurrencies(BookingError, Conflict):
    """What is due is in several currencies (409). ``data`` has them."""

    code = "trip_currencies"
    message = _("These bookings are priced in different currencies. Please pay for each of them.")


class TripPriceChanged(BookingError, Conflict):
    """What is due is not what was shown (409). ``data`` has what it is now."""

    code = "trip_price_changed"
    message = _("What is due has changed in the meantime. Please look again.")


class ReferenceTaken(BookingError, Conflict):
    """The new reference exists already. Never leaves the service: it draws another one."""

    code = "reference_taken"


register_constraint("bookings_booking_reference_key", ReferenceTaken)
register_constraint("bookings_trip_reference_key", ReferenceTaken)
register_constraint("bookings_review_booking_id_key", ReviewExists)
register_constraint("review_booking_checked_out", ReviewNotAllowed)
register_constraint("review_points_1_to_5", ReviewInvalid)
register_constraint("review_report_once_per_person", ReportExists)
register_constraint("booking_trip_of_same_user", TripForeign)
