"""Forms of the booking steps. What they accept is checked again by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking
from bookings.selectors.trips import companion_of
from bookings.services import NAME_MAX_LENGTH, REQUESTS_MAX_LENGTH
from bookings.types import GuestDetails, PaymentOption
from core.countries import country_choices

IDEMPOTENCY_KEY_LENGTH = 64


class HoldForm(forms.Form):
    """The price the guest saw, and a key that makes a second click harmless."""

    expected_total = forms.DecimalField(max_digits=14, decimal_places=3)
    key = forms.CharField(min_length=16, max_length=IDEMPOTENCY_KEY_LENGTH)


class GuestForm(forms.Form):
    """Who comes."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=NAME_MAX_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The confirmation goes there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        help_text=_("With country code, as in +49 30 123456."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=country_choices,
        required=False,
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    arrival_time = forms.TimeField(
        label=_("When will you arrive?"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
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
        """Return what is known of the guest: from the booking, else from the account."""
        user = booking.user
        companion = companion_of(booking)
        if companion is not None:
            return cls.initial_for(companion) | {"special_requests": "", "version": booking.version}
        return {
            "name": booking.guest_name or (user.full_name if user else ""),
            "email": booking.guest_email or (user.email if user else ""),
            "phone": str(booking.guest_phone or (user.phone if user else "") or ""),
            "country": booking.guest_country or (user.country if user else ""),
            "arrival_time": booking.arrival_time,
            "special_requests": booking.special_requests,
            "version": booking.version,
        }

    def guest(self, *, language: str) -> GuestDetails:
        data = self.cleaned_data
        return GuestDetails(
            name=data["name"],
            email=data["email"],
            phone=data["phone"],
            country=data["country"],
            language=language,
            special_requests=data["special_requests"],
            arrival_time=data["arrival_time"],
        )


class PaymentForm(forms.Form):
    """How to pay: one of the options offered, told as ``gateway:purpose``."""

    CARDS = (
        ("success", _("A card that pays")),
        ("confirm", _("A card whose bank asks for confirmation")),
        ("decline", _("A card that is declined")),
        ("late", _("A card whose bank answers later")),
        ("timeout", _("A card whose bank does not answer")),
    )

    FLOWS = ("hosted", "element")
    """How a card reaches Stripe: on its own page, or, where there is JavaScript, in its field on ours."""

    option = forms.ChoiceField()
    card = forms.ChoiceField(choices=CARDS, required=False)
    flow = forms.ChoiceField(choices=[("hosted", "hosted"), ("element", "element")], required=False)
    key = forms.CharField(min_length=16, max_length=IDEMPOTENCY_KEY_LENGTH)

    def __init__(self, *args: Any, options: list[PaymentOption], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options = {f"{option.gateway}:{option.purpose}": option for option in options}
        self.fields["option"].choices = [(value, value) for value in self.options]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> PaymentOption:
        return self.options[self.cleaned_data["option"]]

    @property
    def card_token(self) -> str | None:
        """Return what the chosen provider is told of the card, None where there is none."""
        if self.chosen.is_guarantee:
            return None
        if self.chosen.gateway == "stripe":
            return self.cleaned_data["flow"] or self.FLOWS[0]
        return self.cleaned_data["card"] or None

    @property
    def choice_key(self) -> str:
        """Return the key of this page and this choice: a second click is the first, another choice a new one."""
        return ":".join([self.cleaned_data["key"], self.cleaned_data["option"], self.card_token or ""])

    @property
    def option_value(self) -> str:
        """Return what is chosen on the page: what was sent, else the first option."""
        return self["option"].value() or next(iter(self.options), "")

    @property
    def card_value(self) -> str:
        return self["card"].value() or self.CARDS[0][0]


class CancelForm(forms.Form):
    """The fee the guest has seen, and why."""

    expected_fee = forms.DecimalField(max_digits=14, decimal_places=3, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why? (if you like to say)"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class LookupForm(forms.Form):
    """Reference and e-mail address: together they open a booking."""

    reference = forms.CharField(
        label=_("Booking reference"),
        max_length=20,
        help_text=_("It stands in your confirmation, for example VQ7KM2XD."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    email = forms.EmailField(
        label=_("E-mail address of the booking"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
