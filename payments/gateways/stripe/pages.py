"""What our pages must allow for Stripe, each only where it is needed.

Source: https://docs.stripe.com/security/guide#content-security-policy.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from csp.constants import SELF
from django.conf import settings

SCRIPT = "https://js.stripe.com/v3/"
CHECKOUT = "https://checkout.stripe.com"
API = "https://api.stripe.com"

Policy = dict[str, list[str]]


def form_policy() -> Policy:
    """What the page needs whose form leads to Stripe's page: a browser checks where a form is sent on to."""
    return {"form-action": [CHECKOUT, *_test_server()]}


def field_policy() -> Policy:
    """What the page with Stripe's field needs: their script, their frames (3-D Secure is one), their API."""
    return {
        "script-src": ["https://js.stripe.com", "https://*.js.stripe.com"],
        "frame-src": [SELF, "https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
        "connect-src": [API],
        "form-action": [CHECKOUT, *_test_server()],
    }


def _test_server() -> list[str]:
    """The server that plays Stripe, where the settings name another than Stripe itself."""
    if settings.STRIPE_API_BASE == API:
        return []
    address = urlsplit(settings.STRIPE_API_BASE)
    return [f"{address.scheme}://{address.netloc}"]
