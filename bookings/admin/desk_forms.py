"""What a clerk fills in while somebody stands in front of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking, DocumentKind
from bookings.models.notes import NOTE_MAX_LENGTH
from bookings.selectors.leaving import Leaving
from bookings.services import DeskPayment
from bookings.types import GuestRegistration
from core.countries import country_choices
from core.money import currency_digits, round_money
from payments.admin.forms import form_key
from payments.models import PaymentMethod
from payments.types import InvoiceRecipient

CARDS_MAX = 12
"""So many guests of one booking have a card on the page; a larger party has several bookings or prints more."""

PAY_NOW, ON_INVOICE, LEFT_OPEN = "pay", "invoice", "open"
DATE_WIDGET = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
METHODS = (
    (PaymentMethod.CARD, _("card terminal")),
    (PaymentMethod.CASH, _("cash")),
    (PaymentMethod.TRANSFER, _("bank transfer")),
)


class KeyForm(forms.Form):
    """A form that does its thing once, however often it is sent."""

    key = forms.CharField(widget=forms.HiddenInput, min_length=16, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", form_key())

    def key_renew(self) -> None:
        """A new key, where part of what was sent has been done and the rest is another thing."""
        self.data = {**self.data.dict(), self.add_prefix("key"): form_key()}  # type: ignore[attr-defined]


class TakenForm(KeyForm):
    """Money that changes hands at the desk, if any. ``owed`` is what the folio says."""

    paid_by = forms.ChoiceField(label=_("Payment"), required=False)
    paid_amount = forms.DecimalField(label=_("Amount"), required=False, min_value=0, max_digits=14)

    def __init__(self, *args: Any, currency: str, owed: Decimal, nothing: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        method: Any = self.fields["paid_by"]
        method.choices = [("", nothing), *METHODS]
        amount: Any = self.fields["paid_amount"]
        amount.decimal_places = currency_digits(currency)
        amount.widget.attrs["step"] = str(Decimal(1).scaleb(-currency_digits(currency)))
        amount.widget.attrs["inputmode"] = "decimal"
        amount.help_text = currency
        if owed > 0:
            self.initial.setdefault("paid_amount", round_money(owed, currency))

    def clean(self) -> dict[str, Any]:
        """A way to pay needs an amount."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("paid_by") and not cleaned.get("paid_amount") and "paid_amount" not in self.errors:
            self.add_error("paid_amount", _("Please say how much."))
        return cleaned

    def payment(self) -> DeskPayment | None:
        """What was paid."""
        if not self.cleaned_data["paid_by"]:
            return None
        return DeskPayment(self.cleaned_data["paid_by"], self.cleaned_data["paid_amount"])


class CheckInForm(TakenForm):
    """A room for each room that was booked, and what is paid now."""

    room_reason = forms.CharField(
        label=_("Why a room of another type"),
        max_length=200,
        required=False,
        help_text=_("Only for an upgrade."),
    )

    def __init__(
        self, *args: Any, booking: Booking, owed: Decimal, rooms: dict[int, Sequence[Any]], **kwargs: Any
    ) -> None:
        nothing = _("Nothing is paid now")
        super().__init__(*args, currency=booking.currency, owed=owed, nothing=nothing, **kwargs)
        self.indexes = tuple(rooms)
        for index, free in rooms.items():
            self.fields[f"room_{index}"] = forms.TypedChoiceField(
                label=_("Room"),
                required=False,
                coerce=int,
                empty_value=None,
                choices=[("", _("No room yet")), *((option.room.pk, option.room.number) for option in free)],
            )

    def room_ids(self) -> dict[int, int]:
        """The room chosen for each room of the booking."""
        chosen = {index: self.cleaned_data[f"room_{index}"] for index in self.indexes}
        return {index: room_id for index, room_id in chosen.items() if room_id}


class RegistrationForm(forms.Form):
    """One guest's card. All but the first guest's may stay empty."""

    name = forms.CharField(label=_("Name"), max_length=150)
    birth_date = forms.DateField(label=_("Date of birth"), required=False, widget=DATE_WIDGET)
    nationality = forms.ChoiceField(label=_("Nationality"), required=False, choices=country_choices)
    address = forms.CharField(label=_("Home address"), max_length=300, required=False)
    document_kind = forms.ChoiceField(
        label=_("Document"), required=False, choices=[("", "–"), *DocumentKind.choices]
    )
    document_number = forms.CharField(label=_("Document number"), max_length=40, required=False)
    is_signed = forms.BooleanField(label=_("The card is signed"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, position: int, **kwargs: Any) -> None:
        super().__init__(data, prefix=f"guest-{position}", **kwargs)
        self.position = position
        self.fields["name"].required = position == 1
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"

    def registration(self) -> GuestRegistration | None:
        """The card as filled in; none for a guest whose name was left empty."""
        values = self.cleaned_data
        return GuestRegistration(position=self.position, **values) if values["name"].strip() else None


class CheckOutForm(TakenForm):
    """How the folio is settled, and who the invoice is for."""

    settle = forms.ChoiceField(label=_("What is open"), required=False, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Why they may go"),
        max_length=200,
        required=False,
        help_text=_("Stands among the notes of the booking."),
    )
    wants_invoice = forms.BooleanField(label=_("Issue the invoice"), required=False, initial=True)
    recipient_name = forms.CharField(label=_("Name"), max_length=150, required=False)
    company = forms.CharField(label=_("Company"), max_length=150, required=False)
    address = forms.CharField(
        label=_("Address"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    vat_number = forms.CharField(label=_("VAT number"), max_length=40, required=False)
    email = forms.EmailField(
        label=_("Send it to"), required=False, help_text=_("Empty: it is not sent by mail.")
    )

    def __init__(self, *args: Any, booking: Booking, leaving: Leaving, may_leave_open: bool, **kwargs: Any):
        nothing = _("Please choose")
        super().__init__(*args, currency=booking.currency, owed=leaving.owed, nothing=nothing, **kwargs)
        self.initial.update(
            {"recipient_name": booking.guest_name, "email": booking.guest_email, "settle": PAY_NOW}
        )
        self.booking, self.is_owed = booking, leaving.owed > 0
        choices = [(PAY_NOW, _("It is paid now")), (ON_INVOICE, _("It stays open on the invoice"))]
        if may_leave_open:
            choices.append((LEFT_OPEN, _("They go without paying")))
        settle: Any = self.fields["settle"]
        settle.choices = choices
        if not may_leave_open:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """What is owed is paid, invoiced, or forgiven for now with a reason."""
        cleaned = super().clean() or self.cleaned_data
        chosen = cleaned.get("settle") if self.is_owed else ""
        if chosen == PAY_NOW and not cleaned.get("paid_by"):
            self.add_error("paid_by", _("Please say how it is paid."))
        if chosen == ON_INVOICE and not (cleaned.get("wants_invoice") and cleaned.get("address", "").strip()):
            self.add_error("address", _("An invoice that is paid later needs an address."))
        if chosen == LEFT_OPEN and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Please say why."))
        return cleaned

    def payment(self) -> DeskPayment | None:
        """What is paid now: nothing where it stays open."""
        return super().payment() if self.cleaned_data.get("settle") == PAY_NOW else None

    def recipient(self) -> InvoiceRecipient | None:
        """Who the invoice is for; nobody where none is wanted."""
        values = self.cleaned_data
        if not values["wants_invoice"]:
            return None
        return InvoiceRecipient(
            name=values["recipient_name"],
            company=values["company"],
            address=values["address"],
            vat_number=values["vat_number"],
            email=values["email"],
            language=self.booking.language,
        )

    def is_on_invoice(self) -> bool:
        return self.is_owed and self.cleaned_data["settle"] == ON_INVOICE

    def why_open(self) -> str:
        """Why somebody goes without paying; empty unless that was chosen."""
        is_open = self.cleaned_data.get("settle") == LEFT_OPEN
        return str(self.cleaned_data.get("reason", "")) if is_open else ""


class NoteForm(forms.Form):
    """A note for the others."""

    text = forms.CharField(
        label=_("Note"), max_length=NOTE_MAX_LENGTH, widget=forms.Textarea(attrs={"rows": 2})
    )
