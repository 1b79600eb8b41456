"""Everything that writes money."""

from .captures import (
    authorizations_settle,
    payment_capture,
    payment_capture_execute,
    payment_release,
    payment_release_execute,
)
from .disputes import dispute_announce, disputes_refresh
from .events import event_process, event_receive
from .flags import payment_flag_clear
from .folios import folio_lock, folio_open, folio_post, folio_reverse, folio_take_off
from .invoice_proving import InvoicesDiffer, invoices_check_nightly
from .invoices import invoice_cancel, invoice_issue, invoice_write
from .payments import (
    payment_await,
    payment_cancel,
    payment_client,
    payment_record,
    payment_refresh,
    payment_start,
)
from .postings import (
    charge_write,
    entries_move_write,
    folio_charge,
    folio_entries_move,
    folio_entry_reverse,
    folios_lock_pair,
)
from .proving import LedgerDiffers, ledger_check_nightly
from .reconcile import payments_reconcile
from .refunds import (
    refund_ask,
    refund_create,
    refund_execute,
    refund_execute_here,
    refunds_for_folio_create,
)
from .sandbox_events import sandbox_event_send, sandbox_events_deliver
from .syncing import payment_sync
from .transfers import ShareData, collective_folio_open, collective_payment_open

__all__ = [
    "InvoicesDiffer",
    "LedgerDiffers",
    "ShareData",
    "authorizations_settle",
    "charge_write",
    "collective_folio_open",
    "collective_payment_open",
    "dispute_announce",
    "disputes_refresh",
    "entries_move_write",
    "event_process",
    "event_receive",
    "folio_charge",
    "folio_entries_move",
    "folio_entry_reverse",
    "folio_lock",
    "folio_open",
    "folio_post",
    "folio_reverse",
    "folio_take_off",
    "folios_lock_pair",
    "invoice_cancel",
    "invoice_issue",
    "invoice_write",
    "invoices_check_nightly",
    "ledger_check_nightly",
    "payment_await",
    "payment_cancel",
    "payment_capture",
    "payment_capture_execute",
    "payment_client",
    "payment_flag_clear",
    "payment_record",
    "payment_refresh",
    "payment_release",
    "payment_release_execute",
    "payment_start",
    "payment_sync",
    "payments_reconcile",
    "refund_ask",
    "refund_create",
    "refund_execute",
    "refund_execute_here",
    "refunds_for_folio_create",
    "sandbox_event_send",
    "sandbox_events_deliver",
]
