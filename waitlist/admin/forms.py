"""What staff tell us about who waits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.formats import format_stay
from core.money import format_money
from waitlist.models import PRIORITY_MAX
from waitlist.types import Fit

REASON_MAX_LENGTH = 200
FITS_SHOWN = 60


class PriorityForm(forms.Form):
    """Where in the queue, and why."""

    priority = forms.IntegerField(
        label=_("Priority"),
        min_value=0,
        max_value=PRIORITY_MAX,
        help_text=_("0 for everybody; higher comes first, then who has waited longer."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=REASON_MAX_LENGTH, help_text=_("Kept in the history with your name.")
    )


class ReasonForm(forms.Form):
    """Why an offer is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=REASON_MAX_LENGTH)


class OfferForm(forms.Form):
    """One of the stays that fit, told by room type, rate plan, dates and the price that was shown."""

    stay = forms.ChoiceField(
        label=_("Offer"),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("This stay is not sold at this price any more. Choose again.")},
    )

    def __init__(self, *args: Any, fits: list[Fit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fits = {_value(fit): fit for fit in fits[:FITS_SHOWN]}
        self.fields["stay"].choices = [(value, _label(fit)) for value, fit in self.fits.items()]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Fit:
        return self.fits[self.cleaned_data["stay"]]


def _value(fit: Fit) -> str:
    return f"{fit.room_type_id}:{fit.rate_plan_id}:{fit.stay.arrival}:{fit.stay.departure}:{fit.total}"


def _label(fit: Fit) -> str:
    dates = format_stay(fit.stay.arrival, fit.stay.departure)
    return f"{fit.room_type_name}, {fit.rate_plan_name} · {dates} · {format_money(fit.total, fit.currency)}"
