"""One page of A4: who was paid, for what, how, and what is left."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from core.documents import REGULAR, drawn
from core.formats import country_name, format_day
from core.money import format_money
from notifications.branding import Brand, brand_of
from notifications.models import Notification
from notifications.templatetags.mail import instant, is_money
from notifications.types import PAYMENT_RECEIPT

MARGIN = 20 * mm
WIDTH = A4[0] - 2 * MARGIN
AMOUNT_WIDTH = 40 * mm
INK, SOFT, RULE = HexColor("#1d2421"), HexColor("#4f5853"), HexColor("#ddd6c7")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a mail."""

    name: str
    content: bytes
    mime_type: str


def receipt_attachment(notification: Notification) -> Attachment | None:
    """The receipt that goes with a message, in the active language; None for a message without one. No query.

    The same message gives the same bytes.
    """
    if notification.type != PAYMENT_RECEIPT:
        return None
    context = notification.context
    number = context.get("number") or context["reference"]
    return Attachment(
        name=f"{_('receipt')}-{number}.pdf",
        content=receipt_pdf(context, number=number, recipient=notification.recipient),
        mime_type="application/pdf",
    )


def receipt_pdf(context: dict[str, Any], *, number: str, recipient: str) -> bytes:
    """The document of a receipt's context, in the active language; ``recipient`` is the guest's address."""
    buffer = io.BytesIO()
    house = context["property"]
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        invariant=1,
        title=f"{_('Receipt')} {number}",
        author=house["name"],
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=15 * mm,
        bottomMargin=15 * mm,
    )
    document.build(
        [
            _head(house, brand_of(house.get("brand_color", ""))),
            Spacer(0, 8 * mm),
            Paragraph(drawn(_("Receipt"), is_bold=True), TITLE),
            Spacer(0, 4 * mm),
            _facts(context, number, recipient),
            Spacer(0, 6 * mm),
            *_price(context),
            *_payments(context),
            Spacer(0, 8 * mm),
            Paragraph(drawn(_foot(house), alternative=house["email"]), SMALL),
        ]
    )
    return buffer.getvalue()


def _style(name: str, size: float, **values: Any) -> ParagraphStyle:
    """A style whose font has no bold or italic relatives: every stretch names its own."""
    fields: dict[str, Any] = {"fontName": REGULAR, "textColor": INK, **values}
    return ParagraphStyle(name, fontSize=size, leading=size * 1.4, **fields)


TEXT = _style("text", 10)
RIGHT = _style("right", 10, alignment=TA_RIGHT)
SMALL = _style("small", 8.5, textColor=SOFT)
TITLE = _style("title", 20)
HEADING = _style("heading", 11, spaceBefore=5 * mm, spaceAfter=1 * mm)


def _head(house: dict[str, Any], brand: Brand) -> Table:
    """The house's name on its colour, its address below."""
    light = {"textColor": HexColor(brand.head_text)}
    rows = [
        [
            Paragraph(
                drawn(house["name"], alternative=house["email"], is_bold=True), _style("house", 15, **light)
            )
        ],
        [Paragraph(drawn(_address(house), alternative=house["city"]), _style("place", 9, **light))],
    ]
    look = [
        ("BACKGROUND", (0, 0), (-1, -1), HexColor(brand.head)),
        ("LEFTPADDING", (0, 0), (-1, -1), 5 * mm),
        ("TOPPADDING", (0, 0), (-1, 0), 4 * mm),
        ("BOTTOMPADDING", (0, -1), (-1, -1), 4 * mm),
    ]
    return Table(rows, colWidths=[WIDTH], style=TableStyle(look))


def _facts(context: dict[str, Any], number: str, recipient: str) -> Table:
    stay = context["stay"]
    nights = f"{_day(stay['arrival'])} – {_day(stay['departure'])}"
    rooms = f"{stay['rooms']} × {stay['room_type']}" if stay["rooms"] > 1 else stay["room_type"]
    facts = [
        (_("Number"), number, ""),
        (_("Date"), instant(context["paid_at"], context["property"]["time_zone"]), ""),
        (_("Guest"), context["guest_name"] or recipient, recipient),
        (_("Booking"), context["reference"], ""),
        (_("Stay"), nights, ""),
        (_("Room"), rooms, stay["board"]),
    ]
    rows = [
        [Paragraph(drawn(label), SMALL), Paragraph(drawn(value, alternative=instead or "–"), TEXT)]
        for label, value, instead in facts
    ]
    look = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP"), *_tight()]
    return Table(rows, colWidths=[35 * mm, WIDTH - 35 * mm], style=TableStyle(look))


def _price(context: dict[str, Any]) -> list[Any]:
    """Every line as quoted, taxes among them, and the total."""
    rows = []
    for line in context.get("lines", ()):
        label = f"{_day(line['date'])}: {line['label']}" if line["date"] else line["label"]
        if line["is_included"]:
            label = f"{label} ({_('included')})"
        rows.append((label, line["amount"], not line["is_included"]))
    rows.append((_("Price of the stay"), context["total"], True))
    return [Paragraph(drawn(_("Price"), is_bold=True), HEADING), _amounts(rows, context["currency"])]


def _payments(context: dict[str, Any]) -> list[Any]:
    """What was paid, how and when, and what is left."""
    time_zone = context["property"]["time_zone"]
    this = {"method": context["method"], "amount": context["amount"], "at": context["paid_at"]}
    rows = []
    for entry in context.get("payments", (this,)):
        method = render_to_string("emails/partials/method.txt", {"method": entry["method"]})
        kind = _("Refund") if entry["amount"].startswith("-") and is_money(entry["amount"]) else _("Payment")
        rows.append((f"{instant(entry['at'], time_zone)}: {kind} ({method})", entry["amount"], True))
    rows += [(_("Paid until now"), context["paid"], True), (_("Left to pay"), context["due"], True)]
    return [Paragraph(drawn(_("Payments"), is_bold=True), HEADING), _amounts(rows, context["currency"])]


def _amounts(rows: list[tuple[str, str, bool]], currency: str) -> Table:
    cells = [
        [
            Paragraph(drawn(label, alternative="–"), TEXT if is_counted else SMALL),
            Paragraph(
                drawn(format_money(Decimal(amount), currency), alternative=f"{amount} {currency}"), RIGHT
            ),
        ]
        for label, amount, is_counted in rows
    ]
    look = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        *_tight(),
    ]
    return Table(cells, colWidths=[WIDTH - AMOUNT_WIDTH, AMOUNT_WIDTH], style=TableStyle(look), repeatRows=0)


def _tight() -> list[tuple[Any, ...]]:
    return [("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5)]


def _address(house: dict[str, Any]) -> str:
    town = " ".join(part for part in (house["postal_code"], house["city"]) if part)
    return ", ".join(part for part in (house["address"], town, country_name(house["country"])) if part)


def _foot(house: dict[str, Any]) -> str:
    return " · ".join(part for part in (house["name"], house["phone"], house["email"]) if part)


def _day(text: str) -> str:
    return format_day(date.fromisoformat(text))
