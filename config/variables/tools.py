"""What development, the tests and the programs beside the site look at."""

from __future__ import annotations

from .variable import Section, Variable

UPGRADES = "large or busy databases"

SECTIONS = (
    Section(
        "Upgrades",
        (
            Variable(
                "UPGRADE_LOCK_SECONDS",
                "how long a migration waits for a lock, and guests behind it",
                "`3`",
                "1",
                UPGRADES,
            ),
            Variable(
                "UPGRADE_LOCK_TRIES",
                "how often a migration that did not get its lock is tried",
                "`5`",
                "20",
                UPGRADES,
            ),
            Variable(
                "UPGRADE_STATEMENT_SECONDS",
                "how long a statement of a migration may run, but for those that hold nobody up",
                "`300`",
                "60",
                UPGRADES,
            ),
            Variable(
                "UPGRADE_TRANSACTION_SECONDS",
                "an upgrade does not begin while a transaction of somebody else is older",
                "`60`",
                "300",
                UPGRADES,
            ),
            Variable(
                "UPGRADE_FREE_MEGABYTES",
                "what must be free for the database, if it is on this machine, and for its backups",
                "`1024`",
                "20000",
                UPGRADES,
            ),
        ),
    ),
    Section(
        "Development and tests",
        (
            Variable("PORT", "where `make run` and `make dev` serve", "`8000`", "8080"),
            Variable(
                "DEBUG",
                "pages that explain errors; production has none",
                "`false`; `make dev`: `true`",
                "true",
            ),
            Variable(
                "VACANCY_DEMO_DATA",
                "bookings for the demo",
                "the file beside the project, else the sample",
                "hotel_bookings.csv.xz",
            ),
            Variable(
                "VACANCY_REPORTS_DATA",
                "the whole file that the tests compare reports with",
                "the sample",
                "hotel_bookings.csv.xz",
            ),
            Variable(
                "VACANCY_SERVERS_RUN_AS",
                "how embedded PostgreSQL leaves root behind: `namespace` or `user`",
                "whichever works",
                "user",
            ),
            Variable(
                "CHROMIUM_PATH",
                "the browser of the browser tests",
                "the one that is installed",
                "/usr/bin/chromium",
            ),
        ),
    ),
)
