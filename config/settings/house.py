"""How houses are run: terms, payments, and what is called outside."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from .servers import env

IDEMPOTENCY_KEY_HOURS = 72
BOOKING_HOLD_MINUTES = 15
WAITLIST_OFFER_HOURS = env.int("WAITLIST_OFFER_HOURS", default=24)
"""How long who waits may think about an offer; near arrival it is less."""
INVENTORY_DAYS_AHEAD = 760
REVIEW_WINDOW_DAYS = 180
"""How long after departure a guest may review."""
REVIEW_EDIT_HOURS = 24
"""How long a guest may change a review that is not published yet."""
REVIEWS_MODERATED = env.bool("REVIEWS_MODERATED", default=True)
"""Whether staff look at a review before it is published; without, it is public at once and stays as it was sent."""
PAYMENT_RETURN_HOSTS = env.list("PAYMENT_RETURN_HOSTS", default=[])
"""Hosts besides the site's own that programs may let a bank send guests back to."""
OUTBOUND_ALLOW_HTTP = env.bool("OUTBOUND_ALLOW_HTTP", default=False)
"""Whether addresses that users give us (webhook endpoints, calendars) may be `http://`."""
OUTBOUND_ALLOWED_PORTS = env.list("OUTBOUND_ALLOWED_PORTS", cast=int, default=[443, 8443])
OUTBOUND_ALLOWED_NETWORKS = env.list("OUTBOUND_ALLOWED_NETWORKS", default=[])
"""Networks that are called although they are not public, such as `10.20.0.0/16`, on any port."""
WEBHOOK_EVENT_DAYS = env.int("WEBHOOK_EVENT_DAYS", default=90)
"""How long events, and what was delivered of them, are kept for programs that come back late."""
REGISTRATION_KEEP_DAYS = env.int("REGISTRATION_KEEP_DAYS", default=365)
"""How long after the departure registration cards are kept; the law of the house's country says."""
OUTBOUND_CA_FILE = env("OUTBOUND_CA_FILE", default="")
"""Authorities that vouch for these addresses, in PEM; empty: the usual ones."""
STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY", default="")
STRIPE_PUBLISHABLE_KEY = env("STRIPE_PUBLISHABLE_KEY", default="")
STRIPE_WEBHOOK_SECRETS = env.list("STRIPE_WEBHOOK_SECRETS", default=[])
"""With all three, cards can be taken through Stripe. More than one secret while one replaces another."""
STRIPE_CAPTURE = env("STRIPE_CAPTURE", default="automatic")
"""`automatic` takes the money at once; `manual` has the guest's bank put it aside, and staff take it."""
STRIPE_API_BASE = env("STRIPE_API_BASE", default="https://api.stripe.com")
FIGURES_FLUSH_SECONDS = env.float("FIGURES_FLUSH_SECONDS", default=10)
"""How often each process adds what it has counted to the figures of all; 0: never."""
METRICS_TOKEN = env("METRICS_TOKEN", default="")
"""Opens /metrics to a collector on another machine, as a bearer token."""
DEMO_PAGES = False
"""Pages that must not exist in production: the mails of the outbox, and the sandbox's bank."""

if STRIPE_CAPTURE not in {"automatic", "manual"}:
    raise ImproperlyConfigured("STRIPE_CAPTURE is automatic or manual.")
