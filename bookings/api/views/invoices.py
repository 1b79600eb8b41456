"""Invoices of a booking: listed, and as PDF."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from bookings.api.access import booking_of_request
from core.api.fields import MoneyField
from core.api.views import PageView
from payments.documents import invoice_file_name, invoice_pdf
from payments.models import Invoice, InvoiceKind
from payments.selectors import invoice_of_folio, invoices_of_folio

from .details import CalendarRenderer
from .private import ONE_BOOKING, PrivateView

NUMBER = OpenApiParameter("number", str, OpenApiParameter.PATH, description="The invoice's number.")


class InvoiceSerializer(serializers.Serializer):
    """An invoice or a credit note, as it was issued."""

    number = serializers.CharField(read_only=True)
    kind = serializers.ChoiceField(choices=InvoiceKind.choices, read_only=True)
    issued_on = serializers.DateField(read_only=True, help_text="On the calendar of the property.")
    recipient_name = serializers.CharField(read_only=True)
    net = MoneyField()
    tax = MoneyField()
    total = MoneyField(help_text="Negative on a credit note.")
    paid = MoneyField(help_text="What of the booking's payments stands against it.")
    due = MoneyField()
    takes_back = serializers.SerializerMethodField(
        help_text="The invoice that a credit note takes back as a whole."
    )
    taken_back_by = serializers.SerializerMethodField(help_text="The credit note that took it back.")

    def get_takes_back(self, invoice: Invoice) -> str | None:
        return None if invoice.cancels is None else invoice.cancels.number

    def get_taken_back_by(self, invoice: Invoice) -> str | None:
        note: Invoice | None = getattr(invoice, "cancelled_by", None)
        return None if note is None else note.number


def _money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


LISTED = OpenApiExample(
    "Paid",
    value={
        "number": "LIS-2027-00042",
        "kind": "invoice",
        "issued_on": "2027-03-07",
        "recipient_name": "Ada Lovelace",
        "net": _money("194.55"),
        "tax": _money("19.45"),
        "total": _money("214.00"),
        "paid": _money("214.00"),
        "due": _money("0.00"),
        "takes_back": None,
        "taken_back_by": None,
    },
    response_only=True,
    status_codes=["200"],
)
DOCUMENT = OpenApiExample(
    "A document", value="%PDF-1.4 …", response_only=True, status_codes=["200"], media_type="application/pdf"
)


class PdfRenderer(CalendarRenderer):
    """Lets clients ask for documents; what goes wrong is said in JSON all the same."""

    media_type = "application/pdf"
    format = "pdf"


class InvoiceListView(PrivateView, PageView):
    """The invoices of a booking."""

    serializer_class = InvoiceSerializer

    @extend_schema(
        operation_id="booking_invoices",
        summary="List a booking's invoices",
        description="With its credit notes, oldest first. For its user, for who has its access token, and for staff.",
        tags=["payments"],
        parameters=ONE_BOOKING,
        responses=InvoiceSerializer(many=True),
        examples=[LISTED],
    )
    def get(self, request: Request, reference: str) -> Response:
        booking = booking_of_request(request, reference)
        return self.page(invoices_of_folio(folio_id=booking.folio_id))


class InvoicePdfView(PrivateView):
    """An invoice as a document."""

    renderer_classes = (PdfRenderer, JSONRenderer)

    @extend_schema(
        operation_id="booking_invoice_pdf",
        summary="Get an invoice as PDF",
        description="The same document each time.",
        tags=["payments"],
        parameters=[*ONE_BOOKING, NUMBER],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
        examples=[DOCUMENT],
    )
    def get(self, request: Request, reference: str, number: str) -> HttpResponse:
        booking = booking_of_request(request, reference)
        invoice = invoice_of_folio(folio_id=booking.folio_id, number=number)
        return HttpResponse(
            invoice_pdf(invoice),
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{invoice_file_name(invoice)}"'},
        )
