"""Where a page of an ordered list ends, as a text that the next page begins behind."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError as FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

CURSOR_MAX_LENGTH = 400


@dataclass(frozen=True, slots=True)
class Keyset:
    """The columns a list is ordered by, as `order_by` names them (`-` is descending); the last is unique."""

    order: tuple[str, ...]

    @classmethod
    def of(cls, queryset: QuerySet[Any]) -> Keyset:
        """The keyset of an ordered queryset. Raises `ValueError` for an order that has none."""
        order = tuple(str(column) for column in queryset.query.order_by)
        if not order or order[-1].removeprefix("-") not in {"pk", "id"}:
            raise ValueError(f"the order of a list by cursor ends with the key: {order}")
        return cls(order)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns without their directions."""
        return tuple(column.removeprefix("-") for column in self.order)

    def cursor(self, row: Model) -> str:
        """The text that stands for the place behind a row."""
        values = [getattr(row, column) for column in self.columns]
        text = json.dumps([",".join(self.order), *values], cls=_Exact, separators=(",", ":"))
        return urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def after(self, queryset: QuerySet[Any], cursor: str) -> QuerySet[Any]:
        """What comes behind a cursor. Raises `ValidationError` for one that is not of this list."""
        values = self._values(queryset.model, cursor)
        steps = ["lt" if column.startswith("-") else "gt" for column in self.order]
        # The bound on the first column lets the database begin in the middle of its index.
        behind = Q(**{f"{self.columns[0]}__{steps[0]}e": values[0]})
        either, equal = Q(), Q()
        for column, step, value in zip(self.columns, steps, values, strict=True):
            either |= equal & Q(**{f"{column}__{step}": value})
            equal &= Q(**{column: value})
        return queryset.filter(behind, either)

    def _values(self, model: type[Model], cursor: str) -> list[Any]:
        try:
            if len(cursor) > CURSOR_MAX_LENGTH:
                raise ValueError("too long")
            padded = cursor + "=" * (-len(cursor) % 4)
            order, *texts = json.loads(urlsafe_b64decode(padded.encode("ascii")))
            if order != ",".join(self.order) or len(texts) != len(self.columns) or None in texts:
                raise ValueError("of another list")
            meta = model._meta
            fields = [meta.pk if column == "pk" else meta.get_field(column) for column in self.columns]
            return [field.to_python(text) for field, text in zip(fields, texts, strict=True)]  # type: ignore[union-attr]
        except (ValueError, TypeError, FieldError, RecursionError) as error:
            raise ValidationError(
                {"cursor": [_("This is not a cursor of ours.")]}, code="invalid_cursor"
            ) from error


class _Exact(DjangoJSONEncoder):
    """Instants to the microsecond, where Django's own stops at the millisecond."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)
