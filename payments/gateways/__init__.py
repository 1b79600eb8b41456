"""The payment providers. One more is one more module and one more line here."""

from __future__ import annotations

from payments.exceptions import GatewayUnknown

from .at_property import AtPropertyGateway
from .base import Gateway
from .sandbox.gateway import SandboxGateway
from .stripe.gateway import StripeGateway

GATEWAYS: dict[str, Gateway] = {
    gateway.code: gateway for gateway in (StripeGateway(), SandboxGateway(), AtPropertyGateway())
}


def gateway_get(code: str) -> Gateway:
    """Return the gateway with this code, whether enabled or not. Raises `GatewayUnknown`."""
    try:
        return GATEWAYS[code]
    except KeyError:
        raise GatewayUnknown(data={"gateway": code}) from None
