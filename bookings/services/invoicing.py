"""Invoices as guests and companies get them: the file, and the mail that carries it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import operation_require
from core.exceptions import ValidationFailed, translate_integrity_errors
from core.money import round_money
from notifications.contexts import property_context
from notifications.receipts import Attachment
from notifications.services import notification_enqueue
from notifications.types import INVOICE
from payments.documents import invoice_file_name, invoice_pdf
from payments.exceptions import InvoiceNotFound
from payments.models import Invoice, InvoiceKind
from payments.selectors import invoice_get
from payments.subjects import folio_subject


def invoice_send(*, invoice_id: int, actor: User, key: str, email: str = "") -> Invoice:
    """Mail an invoice as PDF to ``email``, or to the address that it was issued with. Once per ``key``.

    Raises `InvoiceNotFound`, `PermissionDenied`, `ValidationFailed` without an address.
    """
    invoice = invoice_get(invoice_id=invoice_id)
    operation_require(actor, invoice.property_id, "invoice_issue")
    address = email or invoice.recipient.get("email", "")
    if not address:
        raise ValidationFailed(_("Please give an e-mail address."), field="email")
    with translate_integrity_errors(), transaction.atomic(durable=True):
        invoice_mail(invoice, address=address, key=f"{INVOICE}:{invoice.pk}:{key}")
    return invoice


def invoice_mail(invoice: Invoice, *, address: str, key: str) -> None:
    """Write the mail with the invoice to the outbox, in the caller's transaction. Three queries and the mail's."""
    subject = folio_subject(invoice.folio_id)
    notification_enqueue(
        type=INVOICE,
        recipient=address,
        context={
            "property": property_context(invoice.property),
            "guest_name": invoice.recipient.get("name", ""),
            "url": subject.guest_url if subject else "",
            "reference": invoice.stay.get("reference", ""),
            "currency": invoice.currency,
            "invoice_id": invoice.pk,
            "number": invoice.number,
            "is_credit_note": invoice.kind == InvoiceKind.CREDIT_NOTE,
            "issued_on": invoice.issued_on.isoformat(),
            "recipient": invoice.recipient_name,
            "total": str(round_money(invoice.total, invoice.currency)),
            "due": str(round_money(invoice.due, invoice.currency)),
        },
        dedup_key=key,
        language=invoice.language,
        property_id=invoice.property_id,
    )


def invoice_attachment(context: dict[str, Any]) -> Attachment | None:
    """The file of a mail with an invoice; None for a sample. Two queries."""
    try:
        invoice = invoice_get(invoice_id=context["invoice_id"])
    except InvoiceNotFound:
        return None
    return Attachment(
        name=invoice_file_name(invoice), content=invoice_pdf(invoice), mime_type="application/pdf"
    )
