"""`manage.py retention_apply`: forget people as the policy says."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.privacy.retention import retention_apply, retention_rules
from core.schedule import job_recorded


class Command(BaseCommand):
    """What the scheduler does every night; or says what it would do, or what the policy is."""

    help = "Erase what is older than the policy says (RETENTION_*_DAYS), in batches."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, change nothing")
        parser.add_argument(
            "--only", action="append", metavar="RULE", help="this rule alone; may be repeated"
        )
        parser.add_argument("--policy", action="store_true", help="say how long what is kept")
        parser.add_argument("--json", action="store_true", dest="as_json", help="write one line of JSON")

    def handle(
        self, *_args: Any, dry_run: bool, only: list[str] | None, policy: bool, as_json: bool, **_options: Any
    ) -> None:
        if policy:
            self._policy(as_json=as_json)
            return
        known = {rule.key for rule in retention_rules() if not rule.job}
        if unknown := sorted(set(only or ()) - known):
            raise CommandError(f"No rule {', '.join(unknown)}; there are {', '.join(sorted(known))}.")
        if dry_run or only:
            done = retention_apply(dry_run=dry_run, only=only)
        else:
            with job_recorded("accounts.retention_apply") as record:
                done = record.result = retention_apply()
        if as_json:
            self.stdout.write(json.dumps(done))
            return
        for key, count in done.items():
            self.stdout.write(f"{key}: {count} {'would go' if dry_run else 'gone'}")

    def _policy(self, *, as_json: bool) -> None:
        rules = retention_rules()
        if as_json:
            self.stdout.write(json.dumps({rule.key: rule.days for rule in rules}))
            return
        for rule in rules:
            kept = f"{rule.days} days" if rule.days else "for ever"
            self.stdout.write(
                f"{rule.key:16} {kept:10} {rule.title}" + (f" ({rule.job})" if rule.job else "")
            )
