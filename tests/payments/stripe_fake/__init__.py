"""A small Stripe of ours: a real HTTP server in this process, for what the `localstripe` package does not do.

Idempotency keys with the same-parameters check, declines at confirm, 3-D Secure, Checkout Sessions with a page of their
own, partial captures, disputes, signed webhooks, and an account that is slow or gone.
"""

from .server import StripeFake

__all__ = ["StripeFake"]
