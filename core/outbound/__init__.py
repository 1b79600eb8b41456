"""HTTP to addresses that users give us: feeds and webhook endpoints. What may be reached is decided here, once.

    answer = outbound_request(method="GET", url=feed.url, redirects_max=3, body_max_bytes=2_000_000)

The name is resolved, every address it has is checked, and the connection goes to the very address that was checked,
so a name that changes its mind in between (DNS rebinding) gains nothing. TLS verifies the name, not the address.
"""

from .addresses import OutboundTarget, address_is_allowed, outbound_url_check
from .client import OutboundAnswer, outbound_request
from .exceptions import (
    AddressRefused,
    NameNotFound,
    OutboundAnswerUnreadable,
    OutboundError,
    OutboundTimeout,
    OutboundTooLarge,
    OutboundUnreachable,
    TooManyRedirects,
    UrlRefused,
)

__all__ = [
    "AddressRefused",
    "NameNotFound",
    "OutboundAnswer",
    "OutboundAnswerUnreadable",
    "OutboundError",
    "OutboundTarget",
    "OutboundTimeout",
    "OutboundTooLarge",
    "OutboundUnreachable",
    "TooManyRedirects",
    "UrlRefused",
    "address_is_allowed",
    "outbound_request",
    "outbound_url_check",
]
