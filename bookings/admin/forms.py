"""What staff tell us about bookings."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from accounts.scoping import PropertyScopedForm
from bookings.models import Booking
from bookings.services import DeskPrice
from bookings.types import GuestDetails
from core.countries import country_choices
from core.dates import stay_asked_for
from core.exceptions import DomainError
from core.numbers import whole_number
from inventory.models import Property, Room
from inventory.types import Party
from payments.models import PaymentMethod

TIME_WIDGET = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
GUEST_FIELDS = {
    "guest_name": "name",
    "guest_email": "email",
    "guest_phone": "phone",
    "guest_country": "country",
    "language": "language",
    "special_requests": "special_requests",
    "arrival_time": "arrival_time",
}
"""The booking's field, and what the guest's details call it."""


class BookingForm(PropertyScopedForm):
    """Who comes."""

    guest_country = forms.ChoiceField(label=_("Guest's country"), required=False, choices=country_choices)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = Booking
        fields = (*GUEST_FIELDS, "staff_notes")
        widgets = {"arrival_time": TIME_WIDGET}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        refused: DomainError | None = getattr(self.request, "domain_error", None)
        if refused is not None and refused.field in GUEST_FIELDS.values():
            refused.field = next(key for key, name in GUEST_FIELDS.items() if name == refused.field)

    def guest(self) -> GuestDetails:
        """The guest as entered."""
        values = {name: self.cleaned_data[field] for field, name in GUEST_FIELDS.items()}
        return GuestDetails(**values | {"phone": str(values["phone"] or "")})


class CancelForm(forms.Form):
    """Why, and whether for nothing."""

    expected_fee = forms.DecimalField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    waive_fee = forms.BooleanField(label=_("Waive the fee"), required=False)

    def __init__(self, *args: Any, may_waive: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_waive:
            del self.fields["waive_fee"]


class AgesField(forms.CharField):
    """The ages of children: numbers with commas."""

    def clean(self, value: Any) -> tuple[int, ...]:
        text = super().clean(value)
        try:
            return tuple(int(part) for part in text.replace(";", ",").split(",") if part.strip())
        except ValueError as error:
            raise forms.ValidationError(_("Numbers with commas, such as 3, 7.")) from error


class StayForm(forms.Form):
    """Where, when and who: the first step of booking for a guest."""

    house = forms.ModelChoiceField(label=_("Property"), queryset=Property.objects.none())
    arrival = forms.DateField(
        label=_("Arrival"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    departure = forms.DateField(
        label=_("Departure"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    adults = forms.IntegerField(label=_("Adults"), min_value=1, max_value=80, initial=2)
    ages = AgesField(
        label=_("Ages of the children"), max_length=120, required=False, help_text=_("Such as 3, 7.")
    )
    rooms = forms.IntegerField(label=_("Rooms"), min_value=1, max_value=20, initial=1)

    def clean(self) -> dict[str, Any]:
        """Make stay and party of what was entered, and say where they are impossible."""
        cleaned = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        try:
            cleaned["stay"] = stay_asked_for(cleaned["arrival"], cleaned["departure"])
            cleaned["party"] = Party(
                adults=cleaned["adults"], children_ages=cleaned["ages"], rooms=cleaned["rooms"]
            )
        except DomainError as error:
            field = {"children": "ages"}.get(error.field or "", error.field or "departure")
            self.add_error(field if field in self.fields else None, str(error))
        return cleaned


PRICE_FIELDS = ("nightly_override", "override_reason")


class DeskGuestForm(forms.Form):
    """What was chosen, who comes, and how they pay: the second step."""

    key = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=40)
    offer = forms.CharField(max_length=60, error_messages={"required": _("Please choose a room.")})
    name = forms.CharField(label=_("Guest's name"), max_length=150)
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Without one there is no confirmation by mail."),
    )
    phone = PhoneNumberField(
        label=_("Phone"), required=False, help_text=_("With the country code, such as +44 20 7946 0018.")
    )
    country = forms.ChoiceField(label=_("Country"), required=False, choices=country_choices)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    arrival_time = forms.TimeField(label=_("Expected arrival time"), required=False, widget=TIME_WIDGET)
    special_requests = forms.CharField(
        label=_("Special requests"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    paid_by = forms.ChoiceField(
        label=_("Payment"),
        required=False,
        choices=[("", _("Guaranteed: they pay during the stay")), *PaymentMethod.choices],
    )
    paid_amount = forms.DecimalField(
        label=_("Paid now"), required=False, min_value=0, max_digits=14, help_text=_("Empty: the total.")
    )

    def walk_in(self, rooms: Sequence[Room]) -> None:
        """Ask for the room too, and whether the guest is checked in at once.

        A room that is not free any more is refused when it is given: it may be this guest's since the first press.
        """
        named = [(room.pk, f"{room.number} · {room.room_type.name}") for room in rooms]
        sent = self.data.get("room", "")
        room_id = whole_number(sent)
        if room_id is not None and room_id not in {room.pk for room in rooms}:
            named.append((room_id, "–"))
        self.fields["checks_in"] = forms.BooleanField(
            label=_("Check in at once"), required=False, initial=True
        )
        self.fields["room"] = forms.TypedChoiceField(
            label=_("Room"),
            required=False,
            coerce=int,
            empty_value=None,
            choices=[
                ("", _("The first clean one")),
                *named,
            ],
        )
        self.order_fields(
            ["key", "offer", "name", *PRICE_FIELDS, "paid_by", "paid_amount", "checks_in", "room"]
        )

    def price(self) -> None:
        """Ask for a price of one's own too, of whoever may set one."""
        self.fields["nightly_override"] = forms.DecimalField(
            label=_("Price for a night of a room"),
            required=False,
            min_value=0,
            max_digits=14,
            decimal_places=3,
            widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
            help_text=_("Empty: the price as quoted. Needs a reason."),
        )
        self.fields["override_reason"] = forms.CharField(label=_("Reason"), required=False, max_length=200)
        names = [name for name in self.fields if name not in PRICE_FIELDS]
        before = names.index("paid_by")
        self.order_fields([*names[:before], *PRICE_FIELDS, *names[before:]])

    def desk_price(self) -> DeskPrice | None:
        """The price that was agreed, if it is another one than the quote's."""
        nightly = self.cleaned_data.get("nightly_override")
        if nightly is None:
            return None
        return DeskPrice(nightly=nightly, reason=self.cleaned_data["override_reason"])

    def clean_offer(self) -> tuple[int, int, Decimal]:
        """Room type, rate plan and the total that was shown."""
        try:
            room_type_id, rate_plan_id, total = self.cleaned_data["offer"].split(":")
            return int(room_type_id), int(rate_plan_id), Decimal(total)
        except (ValueError, ArithmeticError) as error:
            raise forms.ValidationError(_("Please choose a room.")) from error

    def guest(self) -> GuestDetails:
        """The guest as entered."""
        names = ("name", "email", "country", "language", "special_requests", "arrival_time")
        values = {name: self.cleaned_data[name] for name in names}
        return GuestDetails(phone=str(self.cleaned_data["phone"] or ""), **values)
