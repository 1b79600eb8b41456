"""Notices of the backups, for apps that core must not know."""

from django.dispatch import Signal

backup_restored = Signal()
"""A backup was restored, and compared, into a database that nobody uses yet: `server` (`DatabaseServer`: its `url` is a
`DATABASE_URL`, `session()` a connection), `backup`, `previous` (the `DatabaseServer` whose place it is to take, or None
where there is none or none is replaced) and `is_drill`.

Whoever must do something again that was done after the backup (forget a person) does it here, best with
`core.backups.children.command_run(server, ...)`. What a receiver raises stops the restore before the site changes over;
a `BackupError` is shown as it is."""
