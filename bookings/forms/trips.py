"""Forms about trips."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.services.trips import TITLE_MAX_LENGTH


class TripForm(forms.Form):
    """What a trip is called, and notes for its travellers."""

    title = forms.CharField(
        label=_("Name of the trip"),
        max_length=TITLE_MAX_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    notes = forms.CharField(
        label=_("Notes"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Trains, tables, what to pack. Who reads the shared page reads them too."),
    )


class TripShareForm(forms.Form):
    """What strangers may see."""

    prices = forms.BooleanField(label=_("with prices"), required=False)
    guests = forms.BooleanField(label=_("with guests' names and references"), required=False)
