"""What reviews and reports of them refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict, NotFound, ValidationFailed, register_constraint

from .base import BookingError


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


register_constraint("review_booking_checked_out", ReviewNotAllowed)
register_constraint("bookings_review_booking_id_key", ReviewExists)
register_constraint("review_points_1_to_5", ReviewInvalid)
register_constraint("review_report_once_per_person", ReportExists)
