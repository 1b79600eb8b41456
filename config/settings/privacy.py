"""Data protection: where erasures are written down, and how long what is kept about people."""

from __future__ import annotations

from pathlib import Path

from .backups import BACKUP_ROOT
from .servers import env

ERASURES_FILE = env(
    "ERASURES_FILE",
    default=str(Path(BACKUP_ROOT) / "erasures.jsonl"),
)
"""The list of erasures that are done again after a restore: beside the backups, not in the database."""
RETENTION_DAYS = {
    "stays": env.int("RETENTION_STAYS_DAYS", default=3 * 365),
    "profiles": env.int("RETENTION_PROFILES_DAYS", default=3 * 365),
    "spaces": env.int("RETENTION_SPACES_DAYS", default=3 * 365),
    "waitlist": env.int("RETENTION_WAITLIST_DAYS", default=180),
    "alerts": env.int("RETENTION_ALERTS_DAYS", default=90),
    "unconfirmed": env.int("RETENTION_UNCONFIRMED_DAYS", default=14),
    "idle_accounts": env.int("RETENTION_IDLE_ACCOUNTS_DAYS", default=0),
    "messages": env.int("RETENTION_MESSAGES_DAYS", default=365),
    "provider_events": env.int("RETENTION_PROVIDER_EVENTS_DAYS", default=180),
    "audit_addresses": env.int("RETENTION_AUDIT_ADDRESSES_DAYS", default=90),
    "invoices": env.int("RETENTION_INVOICES_DAYS", default=10 * 366),
}
"""How long each kind is kept, in days; 0: for ever. `retention_apply` does it, every night."""
RETENTION_BY_PROPERTY = env.json("RETENTION_BY_PROPERTY", default={})
"""Other days for single houses, by their address: `{"miradouro": {"stays": 365}}`."""
CONSENT_VERSIONS = {
    "terms": env("TERMS_VERSION", default="1"),
    "advertising": env("ADVERTISING_CONSENT_VERSION", default="1"),
}
"""Which version of each text people agree to now; a new one is needed when the text changes."""
