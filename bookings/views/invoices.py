"""Invoices for the guest: whoever may see the booking may have its documents."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from bookings.models import Booking
from payments.documents import invoice_file_name, invoice_pdf
from payments.exceptions import InvoiceNotFound
from payments.selectors import invoice_of_folio

from .access import booking_page


@require_safe
@booking_page
def invoice_file(request: HttpRequest, booking: Booking, number: str) -> HttpResponse:
    """One document as PDF."""
    try:
        invoice = invoice_of_folio(folio_id=booking.folio_id, number=number)
    except InvoiceNotFound as error:
        raise Http404 from error
    response = HttpResponse(invoice_pdf(invoice), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{invoice_file_name(invoice)}"'
    return response
