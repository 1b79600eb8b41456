"""Where backups lie, how many are kept, and who is told when something is wrong."""

from __future__ import annotations

from .variable import Section, Variable

SECTIONS = (
    Section(
        "Backups",
        (
            Variable(
                "BACKUP_ROOT",
                "the folder of the backups, for their owner only; better on another disk than the database's",
                "`.run/backups`; production: `backups` beside `MEDIA_ROOT`",
                "/var/backups/vacancy",
            ),
            Variable(
                "BACKUP_KEY_FILE",
                "a file whose first line is the passphrase that backups are encrypted with "
                "(`openssl rand -base64 32`); keep a copy where the backups are not",
                "they are not encrypted",
                "/etc/vacancy/backup.key",
            ),
            Variable(
                "BACKUP_DESTINATION",
                "a second place: `file:///folder`, `s3://bucket/prefix`, `gs://bucket/prefix` or "
                "`supabase://project/bucket/prefix`, with options such as `?region=eu-central-1`",
                "there is none",
                "s3://hotel-backups/vacancy?region=eu-central-1",
            ),
            Variable(
                "BACKUP_ACCESS_KEY_ID",
                "the name of the key for the second place",
                "as boto3 finds one",
                "AKIAEXAMPLE",
            ),
            Variable("BACKUP_SECRET_ACCESS_KEY", "that key", "as boto3 finds one", "", secret=True),
            Variable(
                "BACKUP_DATABASE_URL",
                "the database past any pooler, with a role that may create databases",
                "`DATABASE_URL`",
                "",
                secret=True,
            ),
            Variable(
                "PG_BIN",
                "the folder of `pg_dump` and `pg_restore`",
                "the newest that is found",
                "/usr/lib/postgresql/18/bin",
            ),
            Variable("BACKUP_KEEP_DAILY", "how many verified daily backups are kept", "`7`", "14"),
            Variable("BACKUP_KEEP_WEEKLY", "how many weekly ones", "`4`", "8"),
            Variable("BACKUP_KEEP_MONTHLY", "how many monthly ones", "`6`", "12"),
            Variable("BACKUP_KEEP_PRE_MIGRATION", "how many that were made before a migration", "`3`", "5"),
            Variable(
                "BACKUP_AGE_HOURS_MAX",
                "the operators are told when the newest verified backup is older, in hours",
                "`26`",
                "50",
            ),
            Variable(
                "BACKUP_SHRINK_MAX",
                "they are told when a backup has less than this part of the size of those before it",
                "`0.5`",
                "0.8",
            ),
            Variable(
                "BACKUP_DRILL_DAYS_MAX",
                "they are told when no restore was rehearsed for so many days",
                "`9`",
                "35",
            ),
            Variable(
                "BACKUP_SCHEDULED",
                "whether the workers make the backups at their times; `false` where systemd, cron or the platform does",
                "`true`",
                "false",
            ),
            Variable(
                "ADMINS",
                "who is told by mail when something is wrong with the installation: addresses, separated by commas",
                "nobody",
                "operator@hotel.example",
            ),
        ),
    ),
)
