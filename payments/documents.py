"""An invoice on paper: A4, as many pages as its lines need, from the snapshot alone.

The same invoice gives the same bytes, whatever has become of the house and the stay since it was issued.
"""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import override
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    Image,
    KeepTogether,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from core.documents import REGULAR, drawn
from core.formats import active_locale, country_name, format_day
from core.money import format_money
from payments.models import EntryKind, Invoice, InvoiceKind, PaymentMethod

MARGIN = 20 * mm
FOOT_HEIGHT = 28 * mm
FRAME_PADDING = 6
"""What reportlab leaves beside paragraphs and not beside tables."""
WIDTH = A4[0] - 2 * MARGIN
LOGO_HEIGHT, LOGO_WIDTH = 18 * mm, 60 * mm
INK, SOFT, RULE = HexColor("#1d2421"), HexColor("#4f5853"), HexColor("#ddd6c7")
HEX_COLOR = re.compile(r"#[0-9a-fA-F]{6}\Z")
LINE_WIDTHS = (24 * mm, WIDTH - 114 * mm, 16 * mm, 22 * mm, 24 * mm, 28 * mm)
TAX_WIDTHS = (WIDTH - 84 * mm, 28 * mm, 28 * mm, 28 * mm)


def _style(name: str, size: float, **values: Any) -> ParagraphStyle:
    fields: dict[str, Any] = {"fontName": REGULAR, "textColor": INK, **values}
    return ParagraphStyle(name, fontSize=size, leading=size * 1.35, **fields)


TEXT = _style("text", 9)
RIGHT = _style("right", 9, alignment=TA_RIGHT)
SMALL = _style("small", 7.5, textColor=SOFT)
SMALL_RIGHT = _style("small-right", 7.5, textColor=SOFT, alignment=TA_RIGHT)
TITLE = _style("title", 18, leftIndent=-FRAME_PADDING)
HOUSE = _style("house", 14, leftIndent=-FRAME_PADDING)


def invoice_pdf(invoice: Invoice) -> bytes:
    """The document of an invoice or credit note, in its own language. No query; reads the logo from the storage."""
    with override(invoice.language):
        return _build(invoice)


def invoice_file_name(invoice: Invoice) -> str:
    """What the file is called: `invoice-LIS-2026-00001.pdf`, in the invoice's language."""
    with override(invoice.language):
        word = _("credit-note") if invoice.kind == InvoiceKind.CREDIT_NOTE else _("invoice")
    return f"{word}-{invoice.number}.pdf"


def invoice_title(invoice: Invoice) -> str:
    """`Invoice LIS-2026-00001`, in the active language."""
    word = _("Credit note") if invoice.kind == InvoiceKind.CREDIT_NOTE else _("Invoice")
    return f"{word} {invoice.number}"


def _build(invoice: Invoice) -> bytes:
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        invariant=1,
        title=invoice_title(invoice),
        author=invoice.house.get("legal_name") or invoice.house["name"],
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=16 * mm,
        bottomMargin=FOOT_HEIGHT,
    )
    parts: list[Flowable] = [
        *_head(invoice),
        _addresses(invoice),
        Spacer(0, 8 * mm),
        Paragraph(drawn(invoice_title(invoice), is_bold=True), TITLE),
        *_about(invoice),
        Spacer(0, 4 * mm),
        _lines(invoice),
        Spacer(0, 5 * mm),
        KeepTogether([_breakdown(invoice), Spacer(0, 4 * mm), _sums(invoice)]),
    ]
    document.build(parts, canvasmaker=_canvas_class(invoice))
    return buffer.getvalue()


def _head(invoice: Invoice) -> list[Flowable]:
    """The logo where there is one, else the house's name; below it a line in the house's colour."""
    color = invoice.house.get("brand_color", "")
    rule = Table([[""]], colWidths=[WIDTH], rowHeights=[1.2])
    rule.setStyle(
        TableStyle([("BACKGROUND", (0, 0), (-1, -1), HexColor(color) if HEX_COLOR.match(color) else INK)])
    )
    name = drawn(invoice.house["name"], alternative=invoice.house["email"], is_bold=True)
    logo = _logo(invoice.house.get("logo", ""))
    return [logo or Paragraph(name, HOUSE), Spacer(0, 3 * mm), rule, Spacer(0, 6 * mm)]


def _logo(name: str) -> Flowable | None:
    """The house's logo as it was; None where its file is gone or is no picture."""
    if not name or not default_storage.exists(name):
        return None
    with default_storage.open(name) as file:
        content = file.read()
    try:
        width, height = ImageReader(io.BytesIO(content)).getSize()
    except OSError:
        return None
    scale = min(LOGO_WIDTH / width, LOGO_HEIGHT / height)
    image = Image(io.BytesIO(content), width=width * scale, height=height * scale)
    image.hAlign = "LEFT"
    return image


def _addresses(invoice: Invoice) -> Table:
    recipient, house = invoice.recipient, invoice.house
    to = [recipient.get("company"), recipient.get("name"), *recipient.get("address", "").splitlines()]
    if recipient.get("vat_number"):
        to.append(_("VAT number %(number)s") % {"number": recipient["vat_number"]})
    town = " ".join(part for part in (house["postal_code"], house["city"]) if part)
    issuer = [
        house.get("legal_name") or house["name"],
        house["address"],
        town,
        country_name(house["country"]),
        house["phone"],
        house["email"],
    ]
    if house.get("tax_number"):
        issuer.append(_("VAT number %(number)s") % {"number": house["tax_number"]})
    cells = [
        [Paragraph(drawn(line, alternative="–"), style) for line in lines if line]
        for lines, style in ((to, TEXT), (issuer, SMALL_RIGHT))
    ]
    return Table([cells], colWidths=[WIDTH / 2, WIDTH / 2], style=TableStyle(_PLAIN))


def _about(invoice: Invoice) -> list[Flowable]:
    stay = invoice.stay
    facts = [(_("Date"), format_day(invoice.issued_on))]
    if invoice.cancels_id and invoice.cancels is not None:
        facts.append((_("Takes back"), invoice.cancels.number))
    if invoice.reason:
        facts.append((_("Reason"), invoice.reason))
    if stay.get("reference"):
        facts.append((_("Booking"), stay["reference"]))
    if stay.get("guest"):
        facts.append((_("Guest"), stay["guest"]))
    if stay.get("arrival") and stay.get("departure"):
        facts.append((_("Stay"), f"{_day(stay['arrival'])} – {_day(stay['departure'])}"))
    if stay.get("room"):
        facts.append((_("Room"), stay["room"]))
    rows = [
        [Paragraph(drawn(label), SMALL), Paragraph(drawn(value, alternative="–"), TEXT)]
        for label, value in facts
    ]
    table = Table(rows, colWidths=[35 * mm, WIDTH - 35 * mm], style=TableStyle(_PLAIN))
    return [Spacer(0, 3 * mm), table]


def _lines(invoice: Invoice) -> LongTable:
    heads = (_("Date"), _("Description"), _("Quantity"), _("Tax"), _("Net"), _("Gross"))
    rows = [_head_row(heads, figures_from=2)]
    rows += [
        [
            Paragraph(drawn(_day(line["date"])), TEXT),
            Paragraph(drawn(line["description"], alternative="–"), TEXT),
            Paragraph(str(line["quantity"]), RIGHT),
            Paragraph(drawn(_percents(line["taxes"])), RIGHT),
            _money(invoice, line["net"]),
            _money(invoice, line["gross"]),
        ]
        for line in invoice.lines
    ]
    return LongTable(rows, colWidths=LINE_WIDTHS, repeatRows=1, style=TableStyle(_RULED))


def _breakdown(invoice: Invoice) -> Table:
    rows = [_head_row((_("Taxes"), _("Net"), _("Tax"), _("Gross")), figures_from=1)]
    for row in invoice.breakdown:
        named = " + ".join(
            f"{tax['name']} {tax['percent']} %" if tax["percent"] else tax["name"] for tax in row["taxes"]
        )
        rows.append(
            [
                Paragraph(drawn(named or _("Without tax"), alternative="–"), TEXT),
                *(_money(invoice, row[name]) for name in ("net", "tax", "gross")),
            ]
        )
    return Table(rows, colWidths=TAX_WIDTHS, style=TableStyle(_RULED))


def _sums(invoice: Invoice) -> Table:
    """Net, tax and total; then what was paid, and what is left."""
    rows = [
        (_("Net"), invoice.net, False),
        (_("Tax"), invoice.tax, False),
        (_("Total"), invoice.total, True),
    ]
    listed = Decimal(0)
    for paid in invoice.payments:
        rows.append((f"{_day(paid['date'])}: {_paid_label(paid)}", -Decimal(paid["amount"]), False))
        listed += Decimal(paid["amount"])
    if invoice.payments and listed != invoice.paid:
        rows.append((_("Of this for other invoices"), listed - invoice.paid, False))
    elif not invoice.payments and invoice.paid:
        rows.append((_("Paid"), -invoice.paid, False))
    rows.append((_("Left to pay"), invoice.due, True))
    cells = [
        [Paragraph(drawn(label, is_bold=is_bold), TEXT), _money(invoice, amount, is_bold=is_bold)]
        for label, amount, is_bold in rows
    ]
    width = 110 * mm
    table = Table(cells, colWidths=[width - 32 * mm, 32 * mm], style=TableStyle(_RULED[:-1]))
    table.hAlign = "RIGHT"
    return table


def _paid_label(paid: dict[str, str]) -> str:
    if paid["kind"] == EntryKind.PAYMENT and paid["method"]:
        return _("Payment (%(method)s)") % {"method": PaymentMethod(paid["method"]).label}
    return str(EntryKind(paid["kind"]).label)


def _percents(taxes: list[dict[str, Any]]) -> str:
    return ", ".join(f"{tax['percent']} %" for tax in taxes if tax["percent"])


def _head_row(labels: tuple[str, ...], *, figures_from: int) -> list[Paragraph]:
    return [
        Paragraph(drawn(label, is_bold=True), SMALL_RIGHT if place >= figures_from else SMALL)
        for place, label in enumerate(labels)
    ]


def _money(invoice: Invoice, amount: Decimal | str, *, is_bold: bool = False) -> Paragraph:
    text = format_money(Decimal(amount), invoice.currency)
    return Paragraph(drawn(text, alternative=f"{amount} {invoice.currency}", is_bold=is_bold), RIGHT)


def _day(text: str) -> str:
    """A day in figures: it stands in narrow columns."""
    return format_date(date.fromisoformat(text), "medium", locale=active_locale())


_PLAIN: list[tuple[Any, ...]] = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 1),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
]
_RULED: list[tuple[Any, ...]] = [
    ("LEFTPADDING", (0, 0), (0, -1), 0),
    ("LEFTPADDING", (1, 0), (-1, -1), 3),
    ("RIGHTPADDING", (0, 0), (-2, -1), 3),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ("LINEBELOW", (0, 0), (-1, -1), 0.3, RULE),
    ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
]


def _canvas_class(invoice: Invoice) -> type[Canvas]:
    """A canvas that keeps its pages until it knows how many there are, and writes the foot on each."""
    foot = [line for line in invoice.house.get("footer", "").splitlines() if line.strip()][:4]

    class Counted(Canvas):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self.kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 - reportlab's name
            self.kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, page in enumerate(self.kept, start=1):
                self.__dict__.update(page)
                self._foot(number, len(self.kept))
                super().showPage()
            super().save()

        def _foot(self, number: int, pages: int) -> None:
            words = _("Page %(page)d of %(pages)d") % {"page": number, "pages": pages}
            lines = [*foot, f"{invoice_title(invoice)} · {words}"]
            for place, line in enumerate(reversed(lines)):
                paragraph = Paragraph(drawn(line, alternative="–"), SMALL)
                paragraph.wrapOn(self, WIDTH, FOOT_HEIGHT)
                paragraph.drawOn(self, MARGIN, 9 * mm + place * 3.6 * mm)

    return Counted
