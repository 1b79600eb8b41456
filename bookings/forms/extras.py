"""What a guest adds to the stay."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import MinLengthValidator

from bookings.selectors.extras import ExtraOffer


class OrderForm(forms.Form):
    """One extra and how many of it; sent again, it is not ordered again."""

    extra_id = forms.TypedChoiceField(coerce=int)
    quantity = forms.IntegerField(min_value=1, max_value=99)
    key = forms.CharField(max_length=32, validators=[MinLengthValidator(16)])

    def __init__(self, *args: Any, offers: Sequence[ExtraOffer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        extra: Any = self.fields["extra_id"]
        extra.choices = [(offer.extra.pk, offer.extra.name) for offer in offers]
        self.new_key = secrets.token_hex(12)
