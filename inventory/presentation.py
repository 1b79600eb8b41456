"""A quote and its terms as rows and sentences for people, in the active language; from the JSON that is sold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.formats import format_day
from core.money import format_money
from inventory.models import PenaltyKind
from inventory.models.taxes import TaxKind
from inventory.pricing.labels import line_label
from inventory.types import QuoteLineKind

NIGHTS_AT_A_GLANCE = 8


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """One row of the price in detail; a heading has no amount. Included rows say what others contain."""

    label: str
    amount: Decimal | None = None
    note: str = ""
    is_included: bool = False

    @property
    def is_heading(self) -> bool:
        return self.amount is None


@dataclass(frozen=True, slots=True)
class QuoteSheet:
    """The rows of a quote: every night by room, and what comes on top of the nights or stands in them."""

    nights: list[QuoteRow]
    rest: list[QuoteRow]

    @property
    def is_long(self) -> bool:
        """Whether there are more nights than anybody wants to scroll past."""
        return len(self.nights) > NIGHTS_AT_A_GLANCE

    @property
    def nights_total(self) -> Decimal:
        return sum((row.amount for row in self.nights if row.amount is not None), Decimal(0))


def quote_rows(quote: Mapping[str, Any]) -> list[QuoteRow]:
    """Return every night by room, then discounts summed by kind, then taxes. Their payable sum is the total."""
    sheet = quote_sheet(quote)
    return [*sheet.nights, *sheet.rest]


def quote_sheet(quote: Mapping[str, Any]) -> QuoteSheet:
    """Return the same rows, the nights apart: discounts are summed by kind, included taxes come last."""
    lines = quote.get("lines", [])
    nightly = [line for line in lines if line["kind"] in (QuoteLineKind.ROOM, QuoteLineKind.SPECIAL_DAY)]
    rooms = sorted({line["room_index"] or 1 for line in nightly})
    nights: list[QuoteRow] = []
    for room in rooms:
        if len(rooms) > 1:
            nights.append(QuoteRow(label=_("Room %(number)d") % {"number": room}))
        nights += [_night_row(line) for line in nightly if (line["room_index"] or 1) == room]
    discounts: dict[str, Decimal] = {}
    for line in lines:
        if line["kind"] == QuoteLineKind.MEMBER_DISCOUNT:
            label = line_label(line["kind"], line["data"])
            discounts[label] = discounts.get(label, Decimal(0)) + Decimal(line["amount"])
    rest = [QuoteRow(label=label, amount=amount) for label, amount in discounts.items()]
    taxes = [line for line in lines if line["kind"] == QuoteLineKind.TAX]
    rest += [
        _tax_row(line, quote["currency"]) for line in sorted(taxes, key=lambda line: line["is_included"])
    ]
    return QuoteSheet(nights=nights, rest=rest)


def policy_sentences(terms: Mapping[str, Any], currency: str) -> list[str]:
    """Return what cancelling costs, one sentence for each tier that costs something, the earliest first.

    None at all if it always costs everything; the free time stands above them as a title.
    """
    zone = ZoneInfo(terms.get("time_zone", "UTC"))
    arrival_at = terms.get("arrival_at")
    if not arrival_at or not terms.get("tiers"):
        return []
    arrival = datetime.fromisoformat(arrival_at)
    sentences = []
    for tier in terms["tiers"]:
        until = datetime.fromtimestamp(arrival.timestamp() - tier["hours_before"] * 3600, tz=zone)
        values = {"when": instant_text(until, zone.key), "fee": _penalty(tier, currency)}
        if Decimal(tier["penalty_value"]):
            sentences.append(_("Until %(when)s: %(fee)s") % values)
    return [*sentences, _("Later, or if you do not come: the whole price")]


def instant_text(at: datetime, time_zone: str) -> str:
    """Write an instant by a property's clock: ``Fri, 20 Nov 2026, 18:00``."""
    local = localtime(at, ZoneInfo(time_zone))
    return f"{format_day(local.date())}, {date_format(local, 'H:i')}"


def _night_row(line: Mapping[str, Any]) -> QuoteRow:
    day = format_day(date.fromisoformat(line["date"]))
    amount = Decimal(line["amount"])
    if line["kind"] == QuoteLineKind.SPECIAL_DAY:
        return QuoteRow(label=str(line["data"].get("name") or line["label"]), note=day, amount=amount)
    return QuoteRow(label=day, amount=amount)


def _tax_row(line: Mapping[str, Any], currency: str) -> QuoteRow:
    data = line["data"]
    label = str(data.get("name") or line["label"])
    if line["is_included"]:
        label = _("of which %(tax)s") % {"tax": label}
    return QuoteRow(
        label=label,
        note=_tax_note(data, currency),
        amount=Decimal(line["amount"]),
        is_included=line["is_included"],
    )


def _tax_note(data: Mapping[str, Any], currency: str) -> str:
    """Say how a tax comes about: ``5 %`` or ``€2.00 × 2 guests × 3 nights``."""
    if "value" not in data:
        return ""
    value = Decimal(data["value"])
    if data.get("kind") == TaxKind.PERCENT:
        return f"{value.normalize():f} %"
    parts = [format_money(value, currency)]
    if "guests" in data:
        parts.append(ngettext("%(n)d guest", "%(n)d guests", data["guests"]) % {"n": data["guests"]})
    if data.get("rooms", 1) > 1:
        parts.append(ngettext("%(n)d room", "%(n)d rooms", data["rooms"]) % {"n": data["rooms"]})
    parts.append(ngettext("%(n)d night", "%(n)d nights", data["nights"]) % {"n": data["nights"]})
    return " × ".join(parts)


def _penalty(tier: Mapping[str, Any], currency: str) -> str:
    value = Decimal(tier["penalty_value"])
    if tier["penalty_kind"] == PenaltyKind.PERCENT:
        return _("%(percent)s %% of the price") % {"percent": f"{value.normalize():f}"}
    if tier["penalty_kind"] == PenaltyKind.NIGHTS:
        return ngettext("the first night", "the first %(n)d nights", int(value)) % {"n": int(value)}
    return _("%(amount)s for each room") % {"amount": format_money(value, currency)}


def rows_payable(rows: Iterable[QuoteRow]) -> Decimal:
    """Return the sum of what is to be paid: rows that are not headings and not included in others."""
    return sum((row.amount for row in rows if row.amount is not None and not row.is_included), Decimal(0))
