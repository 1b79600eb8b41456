"""What staff say about groups."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.group_types import GroupDetails, GroupRoom
from bookings.models import Group, GroupStatus
from core.dates import date_range
from inventory.models import Property, RatePlan, RoomType

from .invoice_forms import KeyForm

BYTES_MAX = 1024 * 1024
KEPT_MAX_LENGTH = 1_500_000


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


class GroupForm(forms.Form):
    """Everything about a group but its rooms."""

    name = forms.CharField(label=_("Name"), max_length=120)
    arrival = _day(_("Arrival"))
    departure = _day(_("Departure"))
    is_definite = forms.BooleanField(label=_("Definite"), required=False)
    release_date = _day(_("Release date"), help_text=_("Rooms nobody took go back on sale."))
    release_time = forms.TimeField(
        label=_("Release time"),
        initial="18:00",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    rate_plan = forms.ModelChoiceField(label=_("Rate plan"), queryset=RatePlan.objects.none())
    shared_folio = forms.BooleanField(
        label=_("Shared folio"),
        required=False,
        help_text=_("Rooms and taxes go to the group's folio, extras to the guests'."),
    )
    company = forms.CharField(label=_("Company"), max_length=150, required=False)
    company_address = forms.CharField(
        label=_("Address of the company"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    vat_number = forms.CharField(label=_("VAT number of the company"), max_length=40, required=False)
    contact_name = forms.CharField(label=_("Contact"), max_length=150, required=False)
    contact_email = forms.EmailField(label=_("E-mail address of the contact"), required=False)
    contact_phone = forms.CharField(label=_("Phone of the contact"), max_length=40, required=False)
    notes = forms.CharField(
        label=_("Notes"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, house: Property, group: Group | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan: Any = self.fields["rate_plan"]
        plan.queryset = RatePlan.objects.filter(property=house).order_by("position", "pk")
        if group is not None:
            names = [name for name in self.fields if hasattr(group, name)]
            self.initial.update({name: getattr(group, name) for name in names})
            self.initial["is_definite"] = group.status == GroupStatus.DEFINITE
            self.initial["contact_phone"] = str(group.contact_phone or "")

    def details(self) -> GroupDetails:
        """What was filled in."""
        values = {
            name: value for name, value in self.cleaned_data.items() if name not in ("version", "rate_plan")
        }
        return GroupDetails(rate_plan_id=self.cleaned_data["rate_plan"].pk, **values)


class BlockForm(forms.Form):
    """How many rooms of which type on which nights, at which price."""

    room_type = forms.ModelChoiceField(label=_("Room type"), queryset=RoomType.objects.none())
    first = _day(_("First night"))
    end = _day(_("End"), help_text=_("The first night that is sold again."))
    rooms = forms.IntegerField(label=_("Rooms"), min_value=0, max_value=999)
    price = forms.DecimalField(
        label=_("Price"),
        min_value=0,
        max_digits=14,
        required=False,
        help_text=_("For one room and night; empty: as the rate plan says."),
    )

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        room_type: Any = self.fields["room_type"]
        room_type.queryset = RoomType.objects.filter(property_id=group.property_id, is_active=True)
        self.initial.update({"first": group.arrival, "end": group.departure})

    def clean(self) -> dict[str, Any]:
        """The nights are in order."""
        values = super().clean() or self.cleaned_data
        first, end = values.get("first"), values.get("end")
        if first and end and end <= first:
            self.add_error("end", _("The end must be after the first night."))
        return values

    def nights(self) -> list[date]:
        """The nights that were meant."""
        return list(date_range(self.cleaned_data["first"], self.cleaned_data["end"]))


class PickUpForm(KeyForm):
    """One room for one guest, or several who share it."""

    room_type = forms.ModelChoiceField(label=_("Room type"), queryset=RoomType.objects.none())
    name = forms.CharField(label=_("Guest"), max_length=150)
    others = forms.CharField(
        label=_("Shares the room with"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One name on each line."),
    )
    email = forms.EmailField(
        label=_("E-mail address"), required=False, help_text=_("The confirmation goes there.")
    )
    arrival = _day(_("Arrival"))
    departure = _day(_("Departure"))
    requests = forms.CharField(
        label=_("Requests"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        room_type: Any = self.fields["room_type"]
        room_type.queryset = RoomType.objects.filter(property_id=group.property_id, is_active=True)
        self.initial.update({"arrival": group.arrival, "departure": group.departure})

    def room(self) -> GroupRoom:
        """The room to book."""
        values = self.cleaned_data
        others = [line.strip() for line in values["others"].splitlines() if line.strip()]
        return GroupRoom(
            room_type_id=values["room_type"].pk,
            arrival=values["arrival"],
            departure=values["departure"],
            guests=(values["name"], *others),
            email=values["email"],
            requests=values["requests"],
            key=values["key"],
        )


class RoomingForm(forms.Form):
    """A rooming list, to be looked at or to be booked."""

    file = forms.FileField(
        label=_("Rooming list"),
        required=False,
        help_text=_("CSV, XLSX or ODS: name, email, room type, arrival, departure, room sharing, requests."),
    )
    is_told = forms.BooleanField(label=_("Send guests their confirmation"), required=False)
    kept = forms.CharField(widget=forms.HiddenInput, required=False, max_length=KEPT_MAX_LENGTH)

    def clean(self) -> dict[str, Any]:
        """The list that was chosen, or the one that was looked at before."""
        values = super().clean() or self.cleaned_data
        file = values.get("file")
        try:
            content = file.read(BYTES_MAX + 1) if file else b64decode(values.get("kept", ""), validate=True)
        except ValueError:
            content = b""
        if len(content) > BYTES_MAX:
            self.add_error("file", _("This file is too large."))
        elif not content and "file" not in self.errors:
            self.add_error("file", _("Please choose a file."))
        self.content = content
        return values

    def content_kept(self) -> str:
        """The list as the page keeps it between looking and booking."""
        return b64encode(self.content).decode()


class GroupCancelForm(forms.Form):
    """Why, and what becomes of the bookings."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
    with_bookings = forms.BooleanField(label=_("Cancel the bookings too"), required=False)
    waive_fee = forms.BooleanField(label=_("Without fees"), required=False)


class ConfirmForm(forms.Form):
    """Nothing but the will to do it."""
