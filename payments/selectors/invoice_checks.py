"""The proof of the invoices: no gap, every sum right, and no entry of a folio on two of them."""

from __future__ import annotations

from django.db import connection

from payments.models import Invoice
from payments.types import InvoiceProblem

INVOICES_SQL = """
WITH documents AS (
    SELECT invoice.id, invoice.property_id, invoice.folio_id, invoice.number, invoice.net, invoice.tax, invoice.total,
           invoice.lines, invoice.breakdown, invoice.cancels_id, invoice.kind,
           (invoice.cancels_id IS NULL
            AND NOT EXISTS (SELECT 1 FROM payments_invoice note WHERE note.cancels_id = invoice.id)) AS counts
      FROM payments_invoice invoice
), lines AS (
    SELECT document.id AS invoice_id, document.property_id, document.folio_id, document.number, document.counts,
           (line ->> 'entry')::bigint AS entry_id, (line ->> 'net')::numeric AS net, (line ->> 'tax')::numeric AS tax,
           (line ->> 'gross')::numeric AS gross
      FROM documents document CROSS JOIN LATERAL jsonb_array_elements(document.lines) AS line
), line_sums AS (
    SELECT invoice_id, sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross FROM lines GROUP BY invoice_id
), rows AS (
    SELECT document.id AS invoice_id, sum((line ->> 'net')::numeric) AS net, sum((line ->> 'tax')::numeric) AS tax,
           sum((line ->> 'gross')::numeric) AS gross
      FROM documents document CROSS JOIN LATERAL jsonb_array_elements(document.breakdown) AS line
     GROUP BY document.id
), numbers AS (
    SELECT series.id, series.property_id, series.prefix || series.year AS number, series.last_number,
           count(invoice.id) AS found, COALESCE(min(invoice.sequence), 1) AS lowest,
           COALESCE(max(invoice.sequence), 0) AS highest
      FROM payments_invoiceseries series LEFT JOIN payments_invoice invoice ON invoice.series_id = series.id
     GROUP BY series.id
)
SELECT property_id, number, 'gap', last_number::text, found::text
  FROM numbers WHERE found <> last_number OR lowest <> 1 OR highest <> last_number
UNION ALL
SELECT document.property_id, document.number, 'lines',
       concat_ws(' + ', document.net, document.tax), concat_ws(' + ', line_sums.net, line_sums.tax)
  FROM documents document LEFT JOIN line_sums ON line_sums.invoice_id = document.id
 WHERE (document.net, document.tax, document.total)
       IS DISTINCT FROM (line_sums.net, line_sums.tax, line_sums.gross)
UNION ALL
SELECT document.property_id, document.number, 'breakdown',
       concat_ws(' + ', document.net, document.tax), concat_ws(' + ', rows.net, rows.tax)
  FROM documents document LEFT JOIN rows ON rows.invoice_id = document.id
 WHERE document.total <> 0 AND (document.net, document.tax, document.total)
       IS DISTINCT FROM (rows.net, rows.tax, rows.gross)
UNION ALL
SELECT line.property_id, line.number, 'entry_amount', COALESCE(entry.amount::text, 'none'), line.gross::text
  FROM lines line
  JOIN documents document ON document.id = line.invoice_id AND document.cancels_id IS NULL
  LEFT JOIN payments_folioentry entry ON entry.id = line.entry_id AND entry.folio_id = line.folio_id
 WHERE entry.amount IS DISTINCT FROM line.gross
UNION ALL
SELECT min(property_id), string_agg(number, ', ' ORDER BY number), 'entry_twice', '1', count(*)::text
  FROM lines WHERE counts GROUP BY entry_id HAVING count(*) > 1
UNION ALL
SELECT line.property_id, line.number, 'entry_not_marked', line.entry_id::text, 'none'
  FROM lines line
 WHERE line.counts AND NOT EXISTS (
       SELECT 1 FROM payments_invoicedentry mark
        WHERE mark.entry_id = line.entry_id AND mark.invoice_id = line.invoice_id)
UNION ALL
SELECT document.property_id, document.number, 'entry_marked', 'none', mark.entry_id::text
  FROM payments_invoicedentry mark
  JOIN documents document ON document.id = mark.invoice_id
 WHERE NOT document.counts OR NOT EXISTS (
       SELECT 1 FROM lines line WHERE line.invoice_id = mark.invoice_id AND line.entry_id = mark.entry_id)
UNION ALL
SELECT note.property_id, note.number, 'credit_note', (-document.total)::text, note.total::text
  FROM documents note JOIN documents document ON document.id = note.cancels_id
 WHERE (note.net, note.tax, note.total) <> (-document.net, -document.tax, -document.total)
    OR note.folio_id <> document.folio_id
ORDER BY 1, 2, 3
"""


def invoice_problems() -> list[InvoiceProblem]:
    """Return everything that is wrong with any invoice. One query.

    ``gap``: a series has not exactly the numbers 1 to its last. ``lines``, ``breakdown``: they do not sum to the
    document's net, tax and total. ``entry_amount``: a line is not what the folio says. ``entry_twice``: an entry stands
    on two documents that count. ``entry_not_marked``, ``entry_marked``: what the folio holds as invoiced is not what
    is printed. ``credit_note``: it is not the opposite of what it takes back.
    """
    with connection.cursor() as cursor:
        cursor.execute(INVOICES_SQL)
        return [InvoiceProblem(*row) for row in cursor.fetchall()]


def invoices_count() -> int:
    """Return how many documents there are. One query."""
    return Invoice.objects.count()
