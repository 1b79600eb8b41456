"""`manage.py cache_stats`: how often the cache helped."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.cache.report import CacheReport, Counted, cache_report
from core.cache.totals import totals_reset

COLUMNS = ("reads", "hits_local", "hits_shared", "waits", "misses", "refreshes", "errors", "evictions")
HEADINGS = ("reads", "memory", "server", "waits", "misses", "renewed", "errors", "evicted")


class Command(BaseCommand):
    """Shows the counts of all processes together, by kind of data."""

    help = "Show how often the cache helped, by kind of data, in all processes together."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="write JSON")
        parser.add_argument("--reset", action="store_true", help="show the counts, then begin at zero")

    def handle(self, *_args: Any, as_json: bool, reset: bool, **_options: Any) -> None:
        report = cache_report()
        if as_json:
            self.stdout.write(json.dumps(report.as_dict()))
        else:
            self._write(report)
        if report.server is None or (reset and not totals_reset()):
            raise CommandError("The cache server does not answer.")

    def _write(self, report: CacheReport) -> None:
        since = f" since {report.since:%Y-%m-%d %H:%M} UTC" if report.since else ""
        self.stdout.write(f"Reads of all processes{since}")
        self.stdout.write(_row("", "hit rate", *HEADINGS, "stored"))
        for namespace in report.namespaces:
            counted = namespace.all
            figures = (f"{getattr(counted, column):,}" for column in COLUMNS)
            self.stdout.write(_row(namespace.name, _rate(counted), *figures, _size(counted.stored_bytes)))
        if report.server is not None:
            limit = f" of {_size(report.server.max_bytes)}" if report.server.max_bytes else ""
            self.stdout.write(
                f"Server: {report.server.keys:,} keys, {_size(report.server.used_bytes)}{limit}, "
                f"{report.server.evicted_keys:,} evicted, {report.server_errors:,} times without an answer, "
                f"{report.server_skipped:,} times left alone after that"
            )


def _row(name: str, *figures: str) -> str:
    return f"{name:<14}" + "".join(f"{figure:>11}" for figure in figures)


def _rate(counted: Counted) -> str:
    return "–" if counted.hit_rate is None else f"{counted.hit_rate:.1%}"


def _size(size: int) -> str:
    return f"{size / 1024 / 1024:,.1f} MB"
