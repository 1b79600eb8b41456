"""What happened, said with the button that takes it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from bookings.models import Booking
from payments.models import Invoice

from .operations import Operation
from .returning import with_next

UNDO_TAG = "undo:"


def tell(request: HttpRequest, text: str, *, undo_url: str = "") -> None:
    """A success message; with ``undo_url`` the page shows a button that posts there."""
    messages.success(request, text, extra_tags=f"{UNDO_TAG}{undo_url}" if undo_url else "")


def tell_done(request: HttpRequest, operation: Operation, booking: Booking, *, next_url: str = "") -> None:
    """Say that an operation was done, and offer the one that undoes it."""
    undo_url = ""
    if operation.undo:
        url = reverse("admin:bookings_booking_operation", args=[booking.pk, operation.undo])
        undo_url = with_next(url, next_url)
    tell(request, operation.told(booking), undo_url=undo_url)


def tell_invoice(request: HttpRequest, invoice: Invoice) -> None:
    """Say that an invoice was issued, with a link to the document."""
    url = reverse("admin:payments_invoice_pdf", args=[invoice.pk])
    text = format_html(
        gettext("Invoice {number} is issued: {link}"),
        number=invoice.number,
        link=format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', url, gettext("Open the PDF")),
    )
    messages.success(request, text)
