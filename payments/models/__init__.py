"""Money: the folio (an append-only ledger), payments, refunds, disputes, and what providers told us."""

from .disputes import OPEN_DISPUTE_STATUSES, Dispute, DisputeStatus
from .events import WebhookEvent
from .folios import EntryKind, Folio, FolioEntry
from .invoices import Invoice, InvoicedEntry, InvoiceKind, InvoiceSeries
from .payments import (
    OPEN_PAYMENT_STATUSES,
    PAYMENT_TRANSITIONS,
    Payment,
    PaymentFlag,
    PaymentMethod,
    PaymentPurpose,
    PaymentStatus,
)
from .refunds import REFUND_TRANSITIONS, Refund, RefundStatus
from .sandbox import SandboxIntent, SandboxRefund

__all__ = [
    "OPEN_DISPUTE_STATUSES",
    "OPEN_PAYMENT_STATUSES",
    "PAYMENT_TRANSITIONS",
    "REFUND_TRANSITIONS",
    "Dispute",
    "DisputeStatus",
    "EntryKind",
    "Folio",
    "FolioEntry",
    "Invoice",
    "InvoiceKind",
    "InvoiceSeries",
    "InvoicedEntry",
    "Payment",
    "PaymentFlag",
    "PaymentMethod",
    "PaymentPurpose",
    "PaymentStatus",
    "Refund",
    "RefundStatus",
    "SandboxIntent",
    "SandboxRefund",
    "WebhookEvent",
]
