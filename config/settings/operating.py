"""What the operator is told: limits of the page /admin/system, certificates to watch, and where errors are reported."""

from __future__ import annotations

from config.variables import env

PROGRAMS_EXPECTED = env.list("PROGRAMS_EXPECTED", default=["worker", "dispatcher", "beat"])
"""Which programs must run beside the web; where `dispatch_outbox --watch` does the work itself, only `dispatcher`."""
TLS_CERTIFICATE_FILES = env.list("TLS_CERTIFICATE_FILES", default=[])
"""Certificates (PEM) that the site's own address does not show, such as those of the database or of a mail server."""
CERTIFICATE_DAYS_MIN = env.int("CERTIFICATE_DAYS_MIN", default=14)
"""A certificate with fewer days left is red."""
DISK_FREE_SHARE_MIN = env.float("DISK_FREE_SHARE_MIN", default=0.1)
"""A disk with a smaller share free is red; with less than twice that, amber."""

SENTRY_DSN = env("SENTRY_DSN", default="")
"""Where errors are reported (Sentry's protocol); empty: nowhere."""
SENTRY_ENVIRONMENT = env("SENTRY_ENVIRONMENT", default="production")
RELEASE = env("RELEASE", default="")
"""What runs here, as error reports name it: a tag or a commit."""
