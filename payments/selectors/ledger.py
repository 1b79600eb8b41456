"""The proof that the ledger is right, for all folios at once."""

from __future__ import annotations

from django.db import connection

from payments.models import Folio
from payments.types import LedgerProblem

LEDGER_SQL = """
WITH posted AS (
    SELECT folio_id,
           sum(amount) AS balance,
           coalesce(sum(amount) FILTER (WHERE kind IN ('charge', 'tax', 'fee', 'reversal')), 0) AS charges
      FROM payments_folioentry GROUP BY folio_id
), taken AS (
    SELECT folio_id, sum(amount) AS amount
      FROM payments_payment WHERE status = 'captured' GROUP BY folio_id
), returned AS (
    SELECT payment.folio_id, sum(refund.amount) AS amount
      FROM payments_refund refund JOIN payments_payment payment ON payment.id = refund.payment_id
     WHERE refund.status = 'succeeded' GROUP BY payment.folio_id
), reserved AS (
    SELECT payment_id, sum(amount) AS amount
      FROM payments_refund WHERE status <> 'failed' GROUP BY payment_id
), payment_posted AS (
    SELECT payment_id, sum(amount) AS amount, count(*) AS entries, min(folio_id) AS folio_id
      FROM payments_folioentry WHERE kind = 'payment' GROUP BY payment_id
), refund_posted AS (
    SELECT refund_id, sum(amount) AS amount, count(*) AS entries, min(folio_id) AS folio_id
      FROM payments_folioentry WHERE kind = 'refund' GROUP BY refund_id
), balances AS (
    SELECT folio.id AS folio_id,
           coalesce(posted.charges, 0) AS charges,
           coalesce(posted.charges, 0) - coalesce(taken.amount, 0) + coalesce(returned.amount, 0) AS expected,
           coalesce(posted.balance, 0) AS actual
      FROM payments_folio folio
      LEFT JOIN posted ON posted.folio_id = folio.id
      LEFT JOIN taken ON taken.folio_id = folio.id
      LEFT JOIN returned ON returned.folio_id = folio.id
)
SELECT folio_id, 'balance', expected, actual, NULL::bigint, NULL::bigint
  FROM balances WHERE expected <> actual
UNION ALL
SELECT folio_id, 'charges_below_zero', 0, charges, NULL, NULL
  FROM balances WHERE charges < 0
UNION ALL
SELECT payment.folio_id, 'payment_entry',
       CASE WHEN payment.status = 'captured' THEN -payment.amount ELSE 0 END,
       coalesce(entry.amount, 0), payment.id, NULL
  FROM payments_payment payment LEFT JOIN payment_posted entry ON entry.payment_id = payment.id
 WHERE CASE WHEN payment.status = 'captured'
            THEN (entry.entries, entry.amount, entry.folio_id)
                 IS DISTINCT FROM (1::bigint, -payment.amount, payment.folio_id)
            ELSE entry.entries IS NOT NULL END
UNION ALL
SELECT payment.folio_id, 'refund_entry',
       CASE WHEN refund.status = 'succeeded' THEN refund.amount ELSE 0 END,
       coalesce(entry.amount, 0), payment.id, refund.id
  FROM payments_refund refund
  JOIN payments_payment payment ON payment.id = refund.payment_id
  LEFT JOIN refund_posted entry ON entry.refund_id = refund.id
 WHERE CASE WHEN refund.status = 'succeeded'
            THEN (entry.entries, entry.amount, entry.folio_id)
                 IS DISTINCT FROM (1::bigint, refund.amount, payment.folio_id)
            ELSE entry.entries IS NOT NULL END
UNION ALL
SELECT payment.folio_id, 'refunds_above_payment', payment.amount, reserved.amount, payment.id, NULL
  FROM payments_payment payment JOIN reserved ON reserved.payment_id = payment.id
 WHERE reserved.amount > payment.amount
UNION ALL
SELECT folio.id, 'currency', payment.amount, payment.amount, payment.id, NULL
  FROM payments_payment payment JOIN payments_folio folio ON folio.id = payment.folio_id
 WHERE payment.currency <> folio.currency
ORDER BY 1, 2, 5, 6
"""


def ledger_problems() -> list[LedgerProblem]:
    """Return everything in any folio that does not add up, by folio. One query, which reads every entry once.

    ``balance``: the entries do not sum to charges minus captured payments plus refunds. ``payment_entry``,
    ``refund_entry``: a captured payment or a refund that was made has not exactly one entry of its amount in its own
    folio, or one that did not happen has any. ``refunds_above_payment``: more is refunded or promised than was paid.
    ``charges_below_zero``: more was reversed than charged. ``currency``: a payment in another currency than its folio.
    """
    with connection.cursor() as cursor:
        cursor.execute(LEDGER_SQL)
        return [LedgerProblem(*row) for row in cursor.fetchall()]


def folios_count() -> int:
    """Return how many folios there are. One query."""
    return Folio.objects.count()
