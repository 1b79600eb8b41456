"""What a guest tells the house before coming."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from bookings.services import REQUESTS_MAX_LENGTH
from bookings.types import GuestDetails


class ArrivalForm(forms.Form):
    """When they come, where they can be called, and what the house can prepare."""

    arrival_time = forms.TimeField(
        label=_("When will you arrive?"),
        help_text=_("On the house's clock."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        help_text=_("With country code, as in +49 30 123456."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    special_requests = forms.CharField(
        label=_("Anything the house should know"),
        required=False,
        max_length=REQUESTS_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A wish, not a promise: the house does what it can."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def initial_for(cls, booking: Booking) -> dict[str, Any]:
        """Return what the booking says already."""
        return {
            "arrival_time": booking.arrival_time,
            "phone": str(booking.guest_phone or ""),
            "special_requests": booking.special_requests,
            "version": booking.version,
        }

    def guest(self, booking: Booking) -> GuestDetails:
        """Return the booking's guest with what the form says."""
        return GuestDetails(
            name=booking.guest_name,
            email=booking.guest_email,
            phone=self.cleaned_data["phone"],
            country=booking.guest_country,
            language=booking.language,
            special_requests=self.cleaned_data["special_requests"],
            arrival_time=self.cleaned_data["arrival_time"],
        )
