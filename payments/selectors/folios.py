"""What a stay costs, what was paid for it, and how that came about."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from django.db import connection
from django.db.models import DecimalField, F, Q, Sum, Value, Window
from django.db.models.functions import Coalesce

from core.references import reference_normalise
from payments.models import EntryKind, Folio, FolioEntry
from payments.types import FolioMoney, StatementLine

CHARGE_KINDS = (EntryKind.CHARGE, EntryKind.TAX, EntryKind.FEE, EntryKind.REVERSAL)
"""The kinds that say what the guest owes; the others say what was paid and given back."""

MONEY_KINDS = (
    EntryKind.PAYMENT,
    EntryKind.REFUND,
    EntryKind.REFUND_RETURNED,
    EntryKind.DISPUTE,
    EntryKind.DISPUTE_RETURNED,
)

NUMBER_DIGITS_MAX = 18

_NOTHING = Value(Decimal(0), output_field=DecimalField())


def folio_balance(*, folio_id: int) -> Decimal:
    """Return what the guest owes: charges minus payments plus refunds; negative if the guest is owed. One query."""
    return _entries_sum(folio_id=folio_id, kinds=None)


def folio_charges(*, folio_id: int) -> Decimal:
    """Return what the stay costs after reversals, whatever has been paid. One query."""
    return _entries_sum(folio_id=folio_id, kinds=CHARGE_KINDS)


def folio_paid(*, folio_id: int) -> Decimal:
    """Return what has been paid and was neither given back nor taken back by the guest's bank. One query."""
    return -_entries_sum(folio_id=folio_id, kinds=MONEY_KINDS)


def _entries_sum(*, folio_id: int, kinds: tuple[EntryKind, ...] | None) -> Decimal:
    entries = FolioEntry.objects.filter(folio_id=folio_id)
    if kinds is not None:
        entries = entries.filter(kind__in=kinds)
    total: Decimal = entries.aggregate(total=Coalesce(Sum("amount"), _NOTHING))["total"]
    return total


def folio_balances(*, folio_ids: Collection[int]) -> dict[int, Decimal]:
    """Return the balance of each folio, zero for one without entries. One query however many there are."""
    sums = (
        FolioEntry.objects.filter(folio_id__in=folio_ids)
        .order_by()
        .values("folio_id")
        .annotate(balance=Sum("amount"))
        .values_list("folio_id", "balance")
    )
    return dict.fromkeys(folio_ids, Decimal(0)) | dict(sums)


def folio_get(*, folio_id: int) -> Folio:
    """Return a folio with its property and ``balance``. One query. Raises `Folio.DoesNotExist`."""
    return Folio.objects.select_related("property").with_balance().get(pk=folio_id)


def folio_find(*, property_id: int, text: str) -> Folio | None:
    """The folio of a house by its number or the reference of its booking, as somebody typed it. One query."""
    wanted = reference_normalise(text)
    found = Q(booking__reference=wanted)
    if wanted.isdecimal() and len(wanted) < NUMBER_DIGITS_MAX:
        found |= Q(pk=int(wanted))
    return Folio.objects.filter(found, property_id=property_id, is_collective=False).order_by("pk").first()


def accounts_open(*, property_id: int, except_id: int, limit: int = 50) -> list[Folio]:
    """The newest folios of a house that are accounts of groups or companies. One query."""
    rows = Folio.objects.filter(property_id=property_id, is_collective=False).exclude(title="")
    return list(rows.exclude(pk=except_id).order_by("-pk")[:limit])


def folio_statement(*, folio_id: int) -> list[StatementLine]:
    """Return every entry in the order of posting, with what was owed after it. One query."""
    entries = (
        FolioEntry.objects.filter(folio_id=folio_id)
        .select_related("reversed_by", "invoiced__invoice")
        .annotate(balance=Window(Sum("amount"), order_by=F("id").asc()))
        .order_by("id")
    )
    return [StatementLine(entry=entry, balance=entry.balance) for entry in entries]


FOLIO_MONEY_SQL = """
SELECT folio.id, (SELECT COALESCE(sum(entry.amount), 0) FROM payments_folioentry entry WHERE entry.folio_id = folio.id),
       money.captured, refunds.made, refunds.open, money.is_guaranteed, money.has_open_payment, money.authorized,
       (SELECT COALESCE(sum(entry.amount), 0) FROM payments_folioentry entry
         WHERE entry.folio_id = folio.id AND entry.kind IN ('dispute', 'dispute_returned'))
  FROM payments_folio folio
 CROSS JOIN LATERAL (
        SELECT COALESCE(sum(payment.amount) FILTER (WHERE payment.status = 'captured'), 0) AS captured,
               COALESCE(bool_or(payment.status = 'guaranteed'), false) AS is_guaranteed,
               COALESCE(bool_or(payment.status = 'processing'
                                OR (payment.status = 'created' AND payment.attempted_at IS NOT NULL)), false)
               AS has_open_payment,
               COALESCE(sum(payment.amount) FILTER (WHERE payment.status = 'authorized'), 0) AS authorized
          FROM payments_payment payment
         WHERE payment.folio_id = folio.id) money
 CROSS JOIN LATERAL (
        SELECT COALESCE(sum(refund.amount) FILTER (WHERE refund.status = 'succeeded'), 0) AS made,
               COALESCE(sum(refund.amount - refund.made_again) FILTER (WHERE refund.status <> 'succeeded'), 0) AS open
          FROM payments_refund refund
          JOIN payments_payment payment ON payment.id = refund.payment_id
         WHERE payment.folio_id = folio.id) refunds
 WHERE folio.id = ANY(%(folios)s::bigint[])
"""


def folio_money(*, folio_id: int) -> FolioMoney:
    """Return everything that settling a stay needs to know of its money, read at one moment. One query.

    In SQL, because every sale and every cancellation asks for it several times, and building it through the ORM took
    longer than answering it. Raises `Folio.DoesNotExist`.
    """
    money = folios_money(folio_ids=[folio_id]).get(folio_id)
    if money is None:
        raise Folio.DoesNotExist
    return money


def folios_money(*, folio_ids: Collection[int]) -> dict[int, FolioMoney]:
    """Return what `folio_money` does for each folio, read at one moment. One query however many there are."""
    with connection.cursor() as cursor:
        cursor.execute(FOLIO_MONEY_SQL, {"folios": list(folio_ids)})
        return {folio_id: FolioMoney(*row) for folio_id, *row in cursor.fetchall()}
