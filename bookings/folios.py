"""What bookings tell payments and notifications, which know nothing of them: whose account a folio is, and what goes
with a mail that carries an invoice.
"""

from __future__ import annotations

from bookings.selectors.folios import folio_subject
from bookings.services.invoicing import invoice_attachment
from notifications.attachments import attachment_register
from notifications.types import INVOICE
from payments.subjects import folio_subject_register


def register() -> None:
    """Make both known; called when the app is ready."""
    folio_subject_register("bookings", folio_subject)
    attachment_register(INVOICE, invoice_attachment)
