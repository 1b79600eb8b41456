"""What payments announce: inside the transaction where it says so, else on commit and to every receiver whatever the
others do (`send_robust`).

A receiver of the latter may be told the same thing twice and may miss it: it reads the state itself, and a reconcile
finds what was missed.
"""

from __future__ import annotations

from django.dispatch import Signal

payment_recorded = Signal()
"""Sent inside the transaction in which a payment was captured or failed, so that what is written of it elsewhere is
there if and only if the payment is. Keyword argument: ``payment``. What a receiver raises undoes the change."""

refund_recorded = Signal()
"""Sent inside the transaction in which money went back. Keyword argument: ``refund`` with its payment."""

refund_failure_recorded = Signal()
"""Sent inside the transaction in which a refund failed, at once or after it had been made: then the money is back with
the property. Keyword argument: ``refund`` with its payment."""

dispute_recorded = Signal()
"""Sent inside the transaction in which a dispute was opened or changed. Keyword argument: ``dispute`` with payment."""

payment_captured = Signal()
"""Money has arrived. Keyword arguments: ``payment_id``, ``folio_id``."""

payment_guaranteed = Signal()
"""The guest will pay at the property. Keyword arguments: ``payment_id``, ``folio_id``."""

payment_authorized = Signal()
"""A bank has put money aside; it is not taken yet. Keyword arguments: ``payment_id``, ``folio_id``."""

payment_failed = Signal()
"""The provider has refused. Keyword arguments: ``payment_id``, ``folio_id``."""

refund_succeeded = Signal()
"""Money has gone back. Keyword arguments: ``refund_id``, ``payment_id``, ``folio_id``."""

refund_returned = Signal()
"""Money that had gone back was sent back by the guest's bank. Keyword arguments as above."""

ledger_broken = Signal()
"""The nightly proof of the ledger has failed. Keyword arguments: ``lines``, one for each problem."""

payment_disputed = Signal()
"""A guest's bank asks for money back, or has decided. Keyword arguments: ``dispute_id``, and as above.

Sent by the outbox, again until every receiver has taken it.
"""
