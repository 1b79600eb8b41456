"""What a quote's lines are called, made from their data in the active language."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from inventory.types import QuoteLineKind


def line_label(kind: str, data: Mapping[str, Any]) -> str:
    """Name a line, in the active language. Also for lines of a stored quote, whose data has all it needs."""
    if kind == QuoteLineKind.ROOM:
        return f"{data['room_type']}, {data['rate_plan']}"
    if kind == QuoteLineKind.MEMBER_DISCOUNT:
        percent = Decimal(data["percent"])
        return gettext("Member discount %(percent)s %%") % {"percent": f"{percent.normalize():f}"}
    return str(data["name"])
