"""Disputes."""

from __future__ import annotations

from payments.models import Dispute


def dispute_get(*, dispute_id: int) -> Dispute:
    """Return a dispute with its payment, folio and property. One query. Raises `Dispute.DoesNotExist`."""
    return Dispute.objects.select_related("payment__folio__property").get(pk=dispute_id)
