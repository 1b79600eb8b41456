"""What the operator is told, and where errors are reported."""

from __future__ import annotations

from .variable import Section, Variable

SECTIONS = (
    Section(
        "Watching and reporting",
        (
            Variable(
                "PROGRAMS_EXPECTED",
                "the programs beside the web that are missed when silent; where `manage.py dispatch_outbox --watch` "
                "does the work itself, only `dispatcher`",
                "`worker,dispatcher,beat`",
                "dispatcher",
            ),
            Variable(
                "TLS_CERTIFICATE_FILES",
                "certificates (PEM) to watch besides that of `SITE_URL`, separated by commas",
                "none",
                "/etc/ssl/database.pem",
            ),
            Variable("CERTIFICATE_DAYS_MIN", "a certificate with fewer days left is red", "`14`", "21"),
            Variable("DISK_FREE_SHARE_MIN", "a disk with a smaller share free is red", "`0.1`", "0.2"),
            Variable(
                "SENTRY_DSN",
                "where errors are reported, without personal data (Sentry's protocol); nothing is sent without it",
                "none",
                "https://key@errors.example.com/1",
                "an error tracker",
                secret=True,
            ),
            Variable(
                "SENTRY_ENVIRONMENT", "which installation an error comes from", "`production`", "staging"
            ),
            Variable("RELEASE", "what runs here, as error reports name it", "none", "2026.11.2"),
        ),
    ),
)
