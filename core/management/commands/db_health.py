"""`manage.py db_health`: whether the database answers, how fast, and whether it is as the code expects it."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.observability.health import DatabaseHealth, database_document, database_health


class Command(BaseCommand):
    """Looks only. It answers within seconds also when the database does not."""

    help = (
        "Show whether the database answers, its version and latency, this process's pool, and migrations applied and "
        "pending. Exit code 1 if it does not answer or migrations are pending."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="write one line of JSON")

    def handle(self, *_args: Any, as_json: bool, **_options: Any) -> None:
        health = database_health()
        if as_json:
            self.stdout.write(json.dumps(database_document(health)))
        elif health.reachable:
            self._print(health)
        if not health.reachable:
            raise CommandError("The database does not answer.")
        if health.migrations_pending:
            number, first = len(health.migrations_pending), health.migrations_pending[0]
            raise CommandError(f"Migrations are pending: {number}, the first {first}.")

    def _print(self, health: DatabaseHealth) -> None:
        self.stdout.write(f"PostgreSQL {health.version}, answers in {health.latency_ms} ms")
        pool = health.pool
        told = (
            "none"
            if pool is None
            else f"{pool['active']} active, {pool['idle']} idle of {pool['pool_max']} at most"
        )
        self.stdout.write(f"Pool of this process: {told}")
        self.stdout.write(
            f"Migrations: {health.migrations_applied} applied, {len(health.migrations_pending)} pending"
        )
