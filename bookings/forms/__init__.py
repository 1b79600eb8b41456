"""Forms of the pages, by what they are about."""

from .booking import IDEMPOTENCY_KEY_LENGTH, CancelForm, GuestForm, HoldForm, LookupForm, PaymentForm
from .changing import ChangeConfirmForm, ChangeForm, StaffChangeForm
from .reviews import ReportForm, ReviewForm
from .trips import TripForm, TripShareForm

__all__ = [
    "IDEMPOTENCY_KEY_LENGTH",
    "CancelForm",
    "ChangeConfirmForm",
    "ChangeForm",
    "GuestForm",
    "HoldForm",
    "LookupForm",
    "PaymentForm",
    "ReportForm",
    "ReviewForm",
    "StaffChangeForm",
    "TripForm",
    "TripShareForm",
]
