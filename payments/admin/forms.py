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


class ReleaseForm(forms.Form):
    """Nothing but the will to do it."""
