"""The proof that the ledger is right, for all folios at once."""

from __future__ import annotations

from django.db import connection

from core.locks import patient_statements
from payments.models import Folio
from payments.types import LedgerProblem

# Nothing here joins sums with sums: right after a big import the planner knows no statistics and would compare every
# folio with every other. What is expected and what is posted come in one heap and are summed by their cause.
LEDGER_SQL = """
WITH balances AS (
    SELECT folio_id, sum(expected) AS expected, sum(posted) AS posted, sum(charged) AS charged
      FROM (
            SELECT folio_id, amount AS posted,
                   CASE WHEN kind IN ('charge', 'tax', 'fee', 'reversal', 'transfer') THEN amount ELSE 0 END
                   AS expected,
                   CASE WHEN kind IN ('charge', 'tax', 'fee', 'reversal') THEN amount ELSE 0 END AS charged
              FROM payments_folioentry
            UNION ALL
            SELECT folio_id, 0, -amount, 0 FROM payments_payment WHERE status = 'captured'
            UNION ALL
            SELECT payment.folio_id, 0, refund.amount, 0
              FROM payments_refund refund JOIN payments_payment payment ON payment.id = refund.payment_id
             WHERE refund.status = 'succeeded'
            UNION ALL
            SELECT payment.folio_id, 0, dispute.amount, 0
              FROM payments_dispute dispute JOIN payments_payment payment ON payment.id = dispute.payment_id
             WHERE dispute.withdrawn_at IS NOT NULL AND dispute.returned_at IS NULL
           ) heap
     GROUP BY folio_id
    HAVING sum(expected) <> sum(posted) OR sum(charged) < 0
), payment_entries AS (
    SELECT payment_id, max(folio_id) AS folio_id, sum(expected) AS expected, sum(posted) AS posted
      FROM (
            SELECT id AS payment_id, folio_id, NULL::bigint AS entry_folio_id,
                   CASE WHEN status = 'captured' THEN -amount ELSE 0 END AS expected, 0 AS posted,
                   CASE WHEN status = 'captured' THEN 1 ELSE 0 END AS entries
              FROM payments_payment
            UNION ALL
            SELECT payment_id, NULL, folio_id, 0, amount, -1 FROM payments_folioentry WHERE kind = 'payment'
           ) heap
     GROUP BY payment_id
    HAVING sum(expected) <> sum(posted) OR sum(entries) <> 0 OR max(entry_folio_id) <> max(folio_id)
), refund_entries AS (
    SELECT refund_id, max(folio_id) AS folio_id, max(payment_id) AS payment_id,
           sum(expected) AS expected, sum(posted) AS posted
      FROM (
            SELECT refund.id AS refund_id, payment.folio_id, payment.id AS payment_id, NULL::bigint AS entry_folio_id,
                   CASE WHEN refund.status = 'succeeded' THEN refund.amount ELSE 0 END AS expected, 0 AS posted,
                   CASE WHEN refund.status = 'succeeded' THEN 1 ELSE 0 END AS entries, 0 AS made
              FROM payments_refund refund JOIN payments_payment payment ON payment.id = refund.payment_id
            UNION ALL
            SELECT refund_id, NULL, NULL, folio_id, 0, amount, CASE WHEN kind = 'refund' THEN -1 ELSE 1 END,
                   CASE WHEN kind = 'refund' THEN 1 ELSE 0 END
              FROM payments_folioentry WHERE kind IN ('refund', 'refund_returned')
           ) heap
     GROUP BY refund_id
    HAVING sum(expected) <> sum(posted) OR sum(entries) <> 0 OR sum(made) > 1
        OR min(entry_folio_id) <> max(folio_id) OR max(entry_folio_id) <> max(folio_id)
)
SELECT folio_id, 'balance', expected, posted, NULL::bigint, NULL::bigint
  FROM balances WHERE expected <> posted
UNION ALL
SELECT folio_id, 'charges_below_zero', 0, charged, NULL, NULL FROM balances WHERE charged < 0
UNION ALL
SELECT folio_id, 'payment_entry', expected, posted, payment_id, NULL FROM payment_entries
UNION ALL
SELECT folio_id, 'refund_entry', expected, posted, payment_id, refund_id FROM refund_entries
UNION ALL
SELECT payment.folio_id, 'refunds_above_payment', payment.amount, sum(refund.amount), payment.id, NULL
  FROM payments_refund refund JOIN payments_payment payment ON payment.id = refund.payment_id
 WHERE refund.status <> 'failed'
 GROUP BY payment.id
HAVING sum(refund.amount) > payment.amount
UNION ALL
SELECT folio.id, 'currency', payment.amount, payment.amount, payment.id, NULL
  FROM payments_payment payment JOIN payments_folio folio ON folio.id = payment.folio_id
 WHERE payment.currency <> folio.currency
UNION ALL
SELECT folio_id, 'collective_balance', 0, sum(amount), NULL, NULL
  FROM payments_folioentry
 WHERE kind NOT IN ('dispute', 'dispute_returned')
   AND folio_id IN (SELECT id FROM payments_folio WHERE is_collective)
 GROUP BY folio_id
HAVING sum(amount) <> 0
UNION ALL
SELECT collective.folio_id, 'shares', collective.amount,
       COALESCE(sum(share.amount) FILTER (WHERE share.status = collective.status), 0), collective.id, NULL
  FROM payments_payment share JOIN payments_payment collective ON collective.id = share.collective_id
 GROUP BY collective.id
HAVING sum(share.amount) <> collective.amount OR bool_or(share.status <> collective.status)
    OR bool_or(share.currency <> collective.currency)
UNION ALL
SELECT reversal.folio_id, 'reversal_entry', -entry.amount, reversal.amount, NULL, NULL
  FROM payments_folioentry reversal JOIN payments_folioentry entry ON entry.id = reversal.reverses_id
 WHERE reversal.amount <> -entry.amount OR reversal.folio_id <> entry.folio_id
UNION ALL
SELECT arrived.folio_id, 'moved_entry', entry.amount, arrived.amount, NULL, NULL
  FROM payments_folioentry arrived
  JOIN payments_folioentry entry ON entry.id = arrived.moved_from_id
  JOIN payments_folio here ON here.id = arrived.folio_id
  JOIN payments_folio there ON there.id = entry.folio_id
  LEFT JOIN payments_folioentry reversal ON reversal.reverses_id = entry.id
 WHERE arrived.amount <> entry.amount OR here.id = there.id OR here.currency <> there.currency
    OR here.property_id <> there.property_id OR reversal.id IS NULL
ORDER BY 1, 2, 5, 6
"""


def ledger_problems() -> list[LedgerProblem]:
    """Return everything in any folio that does not add up, by folio.

    One statement, which reads every entry once and may take minutes.

    ``balance``: the entries do not sum to charges minus captured payments plus refunds and disputed money.
    ``payment_entry``, ``refund_entry``: a captured payment or a refund that was made has not exactly one entry of its
    amount in its own folio, or one that did not happen has any; one that came back has two, which are each other's
    opposite. ``refunds_above_payment``: more is refunded or promised
    than was paid. ``charges_below_zero``: more was reversed than charged. ``currency``: a payment in another currency
    than its folio. ``shares``: those of a collective payment are not in its state, or do not sum to the whole.
    ``collective_balance``: money has stuck in a collective folio. ``reversal_entry``: what takes a charge off is not
    its opposite in the same folio. ``moved_entry``: what came from another folio of the house is not what left it.
    """
    with patient_statements(), connection.cursor() as cursor:
        cursor.execute(LEDGER_SQL)
        return [LedgerProblem(*row) for row in cursor.fetchall()]


def folios_count() -> int:
    """Return how many folios there are. One query."""
    return Folio.objects.count()
