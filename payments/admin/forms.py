"""What staff say when money moves."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MinLengthValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from core.money import currency_digits, round_money
from payments.models import PaymentMethod
from payments.types import TaxPart

KEY_BYTES = 12


def form_key() -> str:
    """A key for what one sending of a form does; sent again, it is not done again."""
    return secrets.token_hex(KEY_BYTES)


class AmountForm(forms.Form):
    """An amount in a currency, and the key of the form."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40, validators=[MinLengthValidator(16)])
    amount = forms.DecimalField(label=_("Amount"), max_digits=14, validators=[MinValueValidator(0)])

    def __init__(self, *args: Any, currency: str, amount: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update({"key": form_key(), "amount": round_money(amount, currency)})
        field: Any = self.fields["amount"]
        field.decimal_places = currency_digits(currency)
        field.widget.attrs["step"] = str(Decimal(1).scaleb(-currency_digits(currency)))
        field.help_text = currency


class PaymentForm(AmountForm):
    """Money taken at the desk."""

    method = forms.ChoiceField(label=_("Paid by"), choices=PaymentMethod.choices)


class RefundForm(AmountForm):
    """Money given back."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class CaptureForm(AmountForm):
    """How much of what is put aside is taken."""


class ChargeForm(AmountForm):
    """Something that stands in no catalogue."""

    description = forms.CharField(label=_("What it is"), max_length=200)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=999, initial=1)
    stay_date = forms.DateField(
        label=_("Night"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    tax_name = forms.CharField(
        label=_("Tax"), max_length=80, required=False, help_text=_("Empty: no tax on it.")
    )
    tax_percent = forms.DecimalField(
        label=_("Tax in percent"),
        min_value=0,
        max_value=100,
        max_digits=6,
        decimal_places=3,
        required=False,
        help_text=_("Contained in the amount."),
    )

    field_order = ("description", "amount", "quantity", "stay_date", "tax_name", "tax_percent")

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, currency=currency, amount=Decimal(0), **kwargs)
        self.currency = currency
        self.initial["amount"] = None

    def clean(self) -> dict[str, Any]:
        """A tax has a name and a rate, or there is none."""
        values = super().clean() or self.cleaned_data
        if bool(values.get("tax_name")) != bool(values.get("tax_percent")):
            self.add_error("tax_name", _("A tax has a name and a rate."))
        return values

    def taxes(self) -> tuple[TaxPart, ...]:
        """What of the whole charge is tax."""
        values = self.cleaned_data
        percent = values.get("tax_percent")
        if not percent:
            return ()
        amount = values["amount"] * values["quantity"]
        tax = round_money(amount * percent / (100 + percent), self.currency)
        return (TaxPart(values["tax_name"], percent, tax),)


class ReverseForm(forms.Form):
    """Why a charge is taken off."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40, validators=[MinLengthValidator(16)])
    reason = forms.CharField(label=_("Reason"), max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["key"] = form_key()


class MoveForm(forms.Form):
    """Which charges go to which folio."""

    entries = forms.TypedMultipleChoiceField(
        label=_("Charges"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    target = forms.CharField(
        label=_("To"),
        max_length=40,
        help_text=_("The reference of a booking, or the number of a folio."),
    )

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["entries"]
        field.choices = choices


class ReleaseForm(forms.Form):
    """Nothing but the will to do it."""


class FlagForm(forms.Form):
    """That somebody has looked at it."""

    seen = forms.BooleanField(
        label=_("I have looked at it"),
        help_text=_(
            "The payment then no longer stands among those to look at. While its end is open, the provider is asked"
            " again, and the flag comes back if nothing has changed there."
        ),
    )
