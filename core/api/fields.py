"""Serializer fields that know no domain."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import get_attribute

from core.money import currency_digits, round_money


def money_json(amount: Decimal, currency: str) -> dict[str, str]:
    """An amount as the API writes it: `{"amount": "123.40", "currency": "EUR"}`, at the currency's digits."""
    return {"amount": f"{round_money(amount, currency):.{currency_digits(currency)}f}", "currency": currency}


class MoneySerializer(serializers.Serializer):
    """An amount of money: a decimal in a string, with the digits of its currency."""

    amount = serializers.RegexField(r"^-?\d+(\.\d+)?$")
    currency = serializers.RegexField(r"^[A-Z]{3}$")


@extend_schema_field(MoneySerializer)
class MoneyField(serializers.Field):
    """Read-only: the amount at `source` with the currency at `currency_source` (dotted), beside it by default."""

    def __init__(self, *, currency_source: str = "currency", **kwargs: Any) -> None:
        kwargs["read_only"] = True
        super().__init__(**kwargs)
        self.currency_attributes = currency_source.split(".")

    def get_attribute(self, instance: Any) -> tuple[Decimal, str] | None:
        amount = super().get_attribute(instance)
        if amount is None:
            return None
        return amount, get_attribute(instance, self.currency_attributes)

    def to_representation(self, value: tuple[Decimal, str]) -> dict[str, str]:
        return money_json(*value)
