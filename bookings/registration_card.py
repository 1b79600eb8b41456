"""The registration card on paper: a page of A4 for each guest, filled in as far as it is known, to be signed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from bookings.models import Booking, DocumentKind, Registration
from core.documents import REGULAR, drawn
from core.formats import country_name, format_day
from inventory.models import Property

MARGIN = 20 * mm
WIDTH = A4[0] - 2 * MARGIN
LABEL_WIDTH = 48 * mm
LINE_HEIGHT = 11 * mm
INK, SOFT, RULE = HexColor("#1d2421"), HexColor("#4f5853"), HexColor("#7f857d")


def registration_card_pdf(
    *,
    house: Property,
    booking: Booking | None = None,
    cards: Sequence[Registration] = (),
    room_numbers: Sequence[str] = (),
) -> bytes:
    """A page for each card in the active language; without cards one that is empty but for the stay, if there is one.

    The same card gives the same bytes. No query.
    """
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        invariant=1,
        title=f"{_('Registration card')} {booking.reference if booking else ''}".strip(),
        author=house.name,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=16 * mm,
        bottomMargin=14 * mm,
    )
    pages: list[object] = []
    for card in cards or (None,):
        if pages:
            pages.append(PageBreak())
        pages += _page(house, booking, card, room_numbers)
    document.build(pages)
    return buffer.getvalue()


def _style(name: str, size: float, **values: object) -> ParagraphStyle:
    fields: dict[str, object] = {"fontName": REGULAR, "textColor": INK, **values}
    return ParagraphStyle(name, fontSize=size, leading=size * 1.35, **fields)


TEXT = _style("card-text", 11)
SMALL = _style("card-small", 8.5, textColor=SOFT)
TITLE = _style("card-title", 20)
HOUSE = _style("card-house", 12)


def _page(
    house: Property, booking: Booking | None, card: Registration | None, room_numbers: Sequence[str]
) -> list[object]:
    return [
        Paragraph(drawn(house.name, alternative=house.email, is_bold=True), HOUSE),
        Paragraph(drawn(_house_address(house), alternative=house.city), SMALL),
        Spacer(0, 8 * mm),
        Paragraph(drawn(_("Registration card"), is_bold=True), TITLE),
        Spacer(0, 5 * mm),
        _lines(_stay(booking, room_numbers)),
        Spacer(0, 4 * mm),
        _lines(_guest(booking, card)),
        *_rules(house),
        Spacer(0, 14 * mm),
        _signature(),
        Spacer(0, 6 * mm),
        Paragraph(drawn(_kept(booking, card)), SMALL),
    ]


def _stay(booking: Booking | None, room_numbers: Sequence[str]) -> list[tuple[str, str]]:
    if booking is None:
        return [(_("Arrival"), ""), (_("Departure"), ""), (_("Room"), "")]
    return [
        (_("Booking"), booking.reference),
        (_("Arrival"), format_day(booking.arrival)),
        (_("Departure"), format_day(booking.departure)),
        (_("Room"), ", ".join(room_numbers)),
    ]


def _guest(booking: Booking | None, card: Registration | None) -> list[tuple[str, str]]:
    if card is None:
        card = Registration(
            name=booking.guest_name if booking else "",
            nationality=booking.guest_country if booking else "",
        )
    kind = str(DocumentKind(card.document_kind).label) if card.document_kind else ""
    return [
        (_("Name"), card.name),
        (_("Home address"), card.address),
        (_("Nationality"), country_name(card.nationality) if card.nationality else ""),
        (_("Date of birth"), f"{card.birth_date:%Y-%m-%d}" if card.birth_date else ""),
        (_("Document"), kind),
        (_("Document number"), card.document_number),
    ]


def _lines(rows: list[tuple[str, str]]) -> Table:
    """Labels with what is known, on lines to write on."""
    cells = [
        [Paragraph(drawn(label), SMALL), Paragraph(drawn(value, alternative=""), TEXT)]
        for label, value in rows
    ]
    look = [
        ("LINEBELOW", (1, 0), (1, -1), 0.6, RULE),
        ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("TOPPADDING", (0, 0), (-1, -1), 4),
    ]
    return Table(
        cells,
        colWidths=[LABEL_WIDTH, WIDTH - LABEL_WIDTH],
        rowHeights=None,
        minRowHeights=[LINE_HEIGHT] * len(cells),
        style=TableStyle(look),
    )


def _rules(house: Property) -> list[object]:
    if not house.house_rules.strip():
        return []
    return [
        Spacer(0, 6 * mm),
        Paragraph(drawn(_("House rules"), is_bold=True), TEXT),
        *(Paragraph(drawn(line), SMALL) for line in house.house_rules.splitlines() if line.strip()),
    ]


def _signature() -> Table:
    cells = [["", "", ""], [Paragraph(drawn(_("Date")), SMALL), "", Paragraph(drawn(_("Signature")), SMALL)]]
    look = [
        ("LINEABOVE", (0, 1), (0, 1), 0.8, INK),
        ("LINEABOVE", (2, 1), (2, 1), 0.8, INK),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ]
    return Table(cells, colWidths=[45 * mm, 10 * mm, WIDTH - 55 * mm], style=TableStyle(look))


def _kept(booking: Booking | None, card: Registration | None) -> str:
    """What the guest is told about how long the card is kept."""
    days = settings.REGISTRATION_KEEP_DAYS
    if booking is None:
        text = _("The law asks for these details. This card is destroyed %(days)s days after the departure.")
        return text % {"days": days}
    until: date = card.keep_until if card else booking.departure + timedelta(days=days)
    text = _("The law asks for these details. This card is kept until %(day)s and then destroyed.")
    return text % {"day": format_day(until)}


def _house_address(house: Property) -> str:
    town = " ".join(part for part in (house.postal_code, house.city) if part)
    return ", ".join(part for part in (house.address, town, country_name(house.country)) if part)
