"""Money: everything to be read; what staff may do goes through the services."""

from inventory.admin.properties import PropertyForm
from payments.gateways import GATEWAYS

from . import disputes, events, folios, payments

PropertyForm.gateway_choices = {gateway.code: gateway.label for gateway in GATEWAYS.values()}

__all__ = ["disputes", "events", "folios", "payments"]
