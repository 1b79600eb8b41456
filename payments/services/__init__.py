"""Everything that writes money."""

from .events import event_process, event_receive
from .folios import folio_lock, folio_open, folio_post, folio_reverse
from .payments import payment_cancel, payment_record, payment_refresh, payment_start
from .proving import LedgerDiffers, ledger_check_nightly
from .reconcile import payments_reconcile
from .refunds import refund_create, refund_execute, refunds_for_folio_create
from .sandbox_events import sandbox_event_send, sandbox_events_deliver
from .transfers import ShareData, collective_folio_open, collective_payment_open

__all__ = [
    "LedgerDiffers",
    "ShareData",
    "collective_folio_open",
    "collective_payment_open",
    "event_process",
    "event_receive",
    "folio_lock",
    "folio_open",
    "folio_post",
    "folio_reverse",
    "ledger_check_nightly",
    "payment_cancel",
    "payment_record",
    "payment_refresh",
    "payment_start",
    "payments_reconcile",
    "refund_create",
    "refund_execute",
    "refunds_for_folio_create",
    "sandbox_event_send",
    "sandbox_events_deliver",
]
