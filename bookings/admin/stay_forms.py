"""What is asked when a stay gets another room or another length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from bookings.selectors.arriving import RoomOffer
from bookings.selectors.assignments import assignment_span
from core.dates import ONE_DAY, InvalidStay, stay_asked_for

DATE_WIDGET = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RoomNightsForm(forms.Form):
    """Which room of the booking, and from which night on."""

    index = forms.IntegerField(label=_("Room of the booking"), min_value=1, required=False)
    start = forms.DateField(label=_("From the night of"), required=False, widget=DATE_WIDGET)

    def __init__(self, data: Mapping[str, Any] | None = None, *, booking: Booking, **kwargs: Any) -> None:
        self.span = assignment_span(booking)
        self.rooms = booking.rooms
        super().__init__(data, initial={"index": 1, "start": self.span.arrival}, **kwargs)
        widget: Any = self.fields["start"].widget
        widget.attrs |= {
            "min": self.span.arrival.isoformat(),
            "max": (self.span.departure - ONE_DAY).isoformat(),
        }

    def chosen(self) -> tuple[int, date]:
        """The room and the night; the first ones where the address names none of this stay."""
        values = self.cleaned_data if self.is_bound and self.is_valid() else {}
        index, start = values.get("index") or 1, values.get("start") or self.span.arrival
        return min(index, self.rooms), start if start in self.span else self.span.arrival


class RoomForm(forms.Form):
    """The room to give; ``seen`` is what the clerk looked at."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=400)
    room = forms.TypedChoiceField(
        label=_("Room"), coerce=int, error_messages={"required": _("Please choose a room.")}
    )
    room_reason = forms.CharField(
        label=_("Why a room of another type"),
        max_length=200,
        required=False,
        help_text=_("Only for an upgrade."),
    )

    def __init__(self, *args: Any, offers: Sequence[RoomOffer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        room: Any = self.fields["room"]
        room.choices = [(offer.room.pk, offer.room.number) for offer in offers]


class LengthForm(forms.Form):
    """The new day of departure, and what the clerk was shown of it."""

    departure = forms.DateField(label=_("New departure"), widget=DATE_WIDGET)
    waive_fee = forms.BooleanField(label=_("Waive the fee"), required=False)
    expected_total = forms.DecimalField(widget=forms.HiddenInput, required=False)
    expected_fee = forms.DecimalField(widget=forms.HiddenInput, required=False)
    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, booking: Booking, is_longer: bool, may_waive: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.booking, self.is_longer = booking, is_longer
        if not may_waive:
            del self.fields["waive_fee"]
        widget: Any = self.fields["departure"].widget
        edge = "min" if is_longer else "max"
        day = booking.departure + ONE_DAY if is_longer else booking.departure - ONE_DAY
        widget.attrs[edge] = day.isoformat()

    def clean_departure(self) -> date:
        """Later than now agreed for an extension, earlier for an early departure."""
        departure: date = self.cleaned_data["departure"]
        if self.is_longer and departure <= self.booking.departure:
            raise forms.ValidationError(_("Please choose a later day."))
        if not self.is_longer and not self.booking.arrival < departure < self.booking.departure:
            raise forms.ValidationError(_("Please choose an earlier day of the stay."))
        try:
            stay_asked_for(self.booking.arrival, departure)
        except InvalidStay as error:
            raise forms.ValidationError(str(error)) from error
        return departure

    def differences(self) -> dict[str, Any]:
        """What is to be different about the stay."""
        return {
            "departure": self.cleaned_data["departure"],
            "waive_fee": self.cleaned_data.get("waive_fee", False),
        }
