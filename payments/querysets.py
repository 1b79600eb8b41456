"""The vocabulary of money queries."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self, TypedDict, cast

from django.db import models
from django.db.models import Case, F, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    from .models import Folio, Payment  # noqa: F401 - named in the bases below


_NOTHING = Value(Decimal(0), output_field=models.DecimalField())


def _total(rows: models.QuerySet[Any]) -> Any:
    """The sum of the amounts of a payment's rows, zero for none."""
    amounts = rows.order_by().values("payment").annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(amounts), _NOTHING, output_field=models.DecimalField())


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


class Refundable(TypedDict):
    """What `PaymentQuerySet.with_refundable` adds."""

    refundable: Decimal


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Payments by what is known of them."""

    def open(self) -> Self:
        """Keep those whose end is not known yet."""
        return self.filter(status__in=("created", "requires_action", "processing"))

    def with_refundable(self) -> models.QuerySet[WithAnnotations[Payment, Refundable]]:
        """Add ``refundable``: what is left of a captured payment after refunds and disputed money; zero of others.

        Of a collective payment nothing: its shares are what is refunded.
        """
        refunds = self.model.refunds.rel.related_model._default_manager
        disputes = self.model.disputes.rel.related_model._default_manager
        reserved = refunds.filter(payment=OuterRef("pk")).exclude(status="failed")
        withdrawn = disputes.filter(
            payment=OuterRef("pk"), withdrawn_at__isnull=False, returned_at__isnull=True
        )
        left = F("amount") - _total(reserved) - _total(withdrawn)
        rows = self.annotate(
            refundable=Case(
                When(status="captured", folio__is_collective=False, then=Greatest(left, _NOTHING)),
                default=_NOTHING,
                output_field=models.DecimalField(),
            )
        )
        return cast("models.QuerySet[WithAnnotations[Payment, Refundable]]", rows)

    def with_refunds(self) -> Self:
        """Fetch the refunds along, oldest first."""
        refunds = self.model.refunds.rel.related_model._default_manager.order_by("created_at", "id")
        return self.prefetch_related(models.Prefetch("refunds", queryset=refunds))
