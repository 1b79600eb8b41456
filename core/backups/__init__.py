"""Backups that restore: made from one snapshot, verified by reading them back, rehearsed by restoring them.

backup_create(kind="daily")          # dump, manifest, rename, verify, and only then prune
backups_list()                       # what lies in BACKUP_ROOT; the files themselves are the truth
backup_verify(backup, level=...)     # hash, decode, restore
backups_state()                      # is all well? for health pages and alerts

A backup is a folder in `BACKUP_ROOT`: `2026-03-01T02-00-00Z-daily` with `database.dump`, `media.tar`, `private.tar`
and `manifest.json`, and `checks.json` with what was found when it was verified. docs/backups.md has the whole of it.
"""
