"""The vocabulary of money queries."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

if TYPE_CHECKING:
    from .models import Folio, Payment  # noqa: F401 - named in the bases below


class FolioQuerySet(models.QuerySet["Folio"]):
    def with_balance(self) -> Self:
        """Add ``balance``: what the guest still owes (negative: what is owed to the guest)."""
        from_entries = (
            self.model.entries.rel.related_model._default_manager.filter(folio=OuterRef("pk"))
            .order_by()
            .values("folio")
            .annotate(balance=Sum("amount"))
            .values("balance")
        )
        return self.annotate(
            balance=Coalesce(Subquery(from_entries), Decimal(0), output_field=models.DecimalField())
        )


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Payments by what is known of them."""

    def open(self) -> Self:
        """Keep those whose end is not known yet."""
        return self.filter(status__in=("created", "requires_action", "processing"))

    def with_refunds(self) -> Self:
        """Fetch the refunds along, oldest first."""
        refunds = self.model.refunds.rel.related_model._default_manager.order_by("created_at", "id")
        return self.prefetch_related(models.Prefetch("refunds", queryset=refunds))
