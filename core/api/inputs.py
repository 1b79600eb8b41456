"""What programs send: nothing is ignored, so that a typo or a price of their own does not pass unnoticed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

BIGINT_MAX = 2**63 - 1
FIRST_DATE = date(2000, 1, 1)
LAST_DATE = date(2199, 12, 31)
UNKNOWN_FIELDS_NAMED = 20
UNKNOWN_NAME_LENGTH = 80


class BodySerializer(serializers.Serializer[Any]):
    """A request's body. Fields that do not exist are refused by name."""

    def to_internal_value(self, data: Any) -> Any:
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            message = _("There is no such field.")
            unknown = [name for name in data if name not in self.fields]
            errors = {
                str(name)[:UNKNOWN_NAME_LENGTH]: [ErrorDetail(str(message), code="unknown_field")]
                for name in unknown[:UNKNOWN_FIELDS_NAMED]
            }
        try:
            values = super().to_internal_value(data)
        except ValidationError as error:
            if isinstance(error.detail, dict):
                errors |= error.detail
            raise ValidationError(errors) from error
        if errors:
            raise ValidationError(errors)
        return values


class IdField(serializers.IntegerField):
    """An id of ours."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=BIGINT_MAX, **kwargs)


class DayField(serializers.DateField):
    """A date (YYYY-MM-DD) that a calendar of ours may show."""

    default_error_messages = {"out_of_range": _("Dates are from {first} to {last}.")}

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not FIRST_DATE <= day <= LAST_DATE:
            self.fail("out_of_range", first=FIRST_DATE.isoformat(), last=LAST_DATE.isoformat())
        return day


class InstantField(serializers.DateTimeField):
    """An instant with its offset (without one: UTC) on a day that a calendar of ours may show."""

    default_error_messages = {"out_of_range": _("Dates are from {first} to {last}.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)

    def to_internal_value(self, value: Any) -> datetime:
        instant: datetime = super().to_internal_value(value)
        if not FIRST_DATE <= instant.date() <= LAST_DATE:
            self.fail("out_of_range", first=FIRST_DATE.isoformat(), last=LAST_DATE.isoformat())
        return instant


class CommaListField(serializers.ListField):
    """A list in a query: `name=1,2`, or `name=1&name=2`."""

    def to_internal_value(self, data: Any) -> list[Any]:
        parts = [part.strip() for text in data for part in str(text).split(",")]
        values: list[Any] = super().to_internal_value([part for part in parts if part])
        return values


class AmountSerializer(BodySerializer):
    """An amount of money that the program expects."""

    amount = serializers.DecimalField(
        max_digits=14, decimal_places=3, min_value=0, help_text="A decimal in a string: `123.40`."
    )
    currency = serializers.RegexField(r"^[A-Z]{3}\Z", max_length=3, help_text="ISO 4217.")
