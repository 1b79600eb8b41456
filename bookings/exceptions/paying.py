"""Why a stay cannot be paid for, or is not confirmed yet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict, ValidationFailed

from .base import BookingError


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
