"""Backups: where they lie, how many are kept, who is told. docs/backups.md explains them."""

from __future__ import annotations

from .servers import BASE_DIR, env

BACKUP_ROOT = env("BACKUP_ROOT", default=str(BASE_DIR / ".run" / "backups"))
"""The folder of the backups; better on another disk than the database's. Only its owner may look into it."""
BACKUP_KEY_FILE = env("BACKUP_KEY_FILE", default="")
"""A file whose first line is the passphrase that backups are encrypted with; empty: they are not."""
BACKUP_DESTINATION = env("BACKUP_DESTINATION", default="")
"""A second place: `file:///folder`, `s3://bucket/prefix?region=...`, `gs://bucket/prefix`, `supabase://...`."""
BACKUP_ACCESS_KEY_ID = env("BACKUP_ACCESS_KEY_ID", default="")
BACKUP_SECRET_ACCESS_KEY = env("BACKUP_SECRET_ACCESS_KEY", default="")
"""The key of the second place; empty: as boto3 finds one."""
BACKUP_DATABASE_URL = env("BACKUP_DATABASE_URL", default="")
"""The database's address past any pooler, with a role that may create databases; empty: the site's own."""
PG_BIN = env("PG_BIN", default="")
"""The folder of pg_dump and pg_restore; empty: they are looked for."""
BACKUP_KEEP = {
    "daily": env.int("BACKUP_KEEP_DAILY", default=7),
    "weekly": env.int("BACKUP_KEEP_WEEKLY", default=4),
    "monthly": env.int("BACKUP_KEEP_MONTHLY", default=6),
    "pre-migration": env.int("BACKUP_KEEP_PRE_MIGRATION", default=3),
}
"""How many verified backups of each kind are kept; those made by hand are kept until they are removed by hand."""
BACKUP_AGE_HOURS_MAX = env.float("BACKUP_AGE_HOURS_MAX", default=26)
"""When the newest verified backup is older than this, the operators are told."""
BACKUP_SHRINK_MAX = env.float("BACKUP_SHRINK_MAX", default=0.5)
"""A backup of the database that is smaller than this part of the ones before it is suspicious."""
BACKUP_DRILL_DAYS_MAX = env.float("BACKUP_DRILL_DAYS_MAX", default=9)
"""When no restore was rehearsed for so long, the operators are told."""
BACKUP_SCHEDULED = env.bool("BACKUP_SCHEDULED", default=True)
"""Whether the workers make the backups at their times; no where systemd, cron or the platform does."""
ADMINS = [("", address) for address in env.list("ADMINS", default=[])]
"""Who is told by mail when something is wrong with the installation: addresses, separated by commas."""
