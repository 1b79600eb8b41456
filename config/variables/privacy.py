"""Data protection."""

from __future__ import annotations

from .variable import Section, Variable

SECTIONS = (
    Section(
        "Data protection ([more](privacy.md))",
        (
            Variable(
                "ERASURES_FILE",
                "the list of erasures that are done again after a restore; belongs beside the backups",
                "`erasures.jsonl` in `BACKUP_ROOT`",
                "/var/backups/vacancy/erasures.jsonl",
            ),
            Variable(
                "RETENTION_STAYS_DAYS",
                "how many days are kept: the guest of a stay that is over and settled",
                "`1095`",
                "730",
            ),
            Variable(
                "RETENTION_PROFILES_DAYS",
                "how many days are kept: a guest's profile without any stay",
                "`1095`",
                "365",
            ),
            Variable(
                "RETENTION_SPACES_DAYS",
                "how many days are kept: the guest of a space's booking that is over and settled",
                "`1095`",
                "365",
            ),
            Variable(
                "RETENTION_WAITLIST_DAYS",
                "how many days are kept: who has waited, after it ended",
                "`180`",
                "30",
            ),
            Variable(
                "RETENTION_ALERTS_DAYS",
                "how many days are kept: price alerts, after the arrival",
                "`90`",
                "30",
            ),
            Variable(
                "RETENTION_UNCONFIRMED_DAYS",
                "how many days are kept: accounts whose address nobody confirmed",
                "`14`",
                "7",
            ),
            Variable(
                "RETENTION_IDLE_ACCOUNTS_DAYS",
                "how many days are kept: accounts that nobody logs in to; `0`: for ever",
                "`0`",
                "1095",
            ),
            Variable(
                "RETENTION_MESSAGES_DAYS",
                "how many days are kept: messages that were sent or not sent",
                "`365`",
                "180",
            ),
            Variable(
                "RETENTION_PROVIDER_EVENTS_DAYS",
                "how many days are kept: what payment providers said, after it was worked off",
                "`180`",
                "90",
            ),
            Variable(
                "RETENTION_AUDIT_ADDRESSES_DAYS",
                "how many days are kept: IP addresses in the log of changes",
                "`90`",
                "30",
            ),
            Variable(
                "RETENTION_INVOICES_DAYS", "how many days are kept: recipients of invoices", "`3660`", "2562"
            ),
            Variable(
                "RETENTION_BY_PROPERTY",
                "other days for single houses, as JSON by their address",
                "none",
                '{"miradouro": {"stays": 365}}',
            ),
            Variable(
                "TERMS_VERSION",
                "which version of the terms is agreed to when booking; kept with each consent",
                "`1`",
                "2027-01",
            ),
            Variable(
                "ADVERTISING_CONSENT_VERSION",
                "which version of the text about offers and news is agreed to",
                "`1`",
                "2027-01",
            ),
        ),
    ),
)
