"""What finance has looked at."""

from __future__ import annotations

import structlog
from django.db import transaction

from core.locks import lock_timeout
from payments.exceptions import PaymentNotFound
from payments.models import Payment

logger = structlog.get_logger(__name__)


def payment_flag_clear(*, payment_id: int) -> Payment:
    """Take the flag off a payment; the audit keeps what it was, who took it off, and when.

    A payment that is still open is asked for again by the next reconcile, and flagged again if nothing has changed at
    the provider. In the caller's transaction or one of its own; locks the payment. Raises `PaymentNotFound`.
    """
    with transaction.atomic(), lock_timeout():
        payment = Payment.objects.select_for_update(no_key=True).filter(pk=payment_id).first()
        if payment is None:
            raise PaymentNotFound
        if payment.flag:
            logger.info("payment_flag_cleared", payment_id=payment.pk, flag=payment.flag)
            payment.flag = ""
            payment.save(update_fields=["flag", "updated_at"])
    return payment
