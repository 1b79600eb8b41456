"""Everything that reads money."""

from .disputes import dispute_get
from .folios import (
    folio_balance,
    folio_balances,
    folio_charges,
    folio_get,
    folio_money,
    folio_paid,
    folio_statement,
    folios_money,
)
from .ledger import folios_count, ledger_problems
from .payments import (
    gateway_expires_after,
    gateways_for_property,
    payment_by_key,
    payment_get,
    payment_refundable,
    payments_for_folio,
    payments_for_user,
    refunds_unsettled,
)

__all__ = [
    "dispute_get",
    "folio_balance",
    "folio_balances",
    "folio_charges",
    "folio_get",
    "folio_money",
    "folio_paid",
    "folio_statement",
    "folios_count",
    "folios_money",
    "gateway_expires_after",
    "gateways_for_property",
    "ledger_problems",
    "payment_by_key",
    "payment_get",
    "payment_refundable",
    "payments_for_folio",
    "payments_for_user",
    "refunds_unsettled",
]
