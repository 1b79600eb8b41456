"""Prove that the log of changes is as it was written."""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from core.audit.jobs import VERIFY_JOB, LogBroken, verified
from core.audit.verifying import AuditReport, audit_verify, links_count
from core.schedule import job_recorded

HASH = re.compile(r"[0-9a-fA-F]{64}\Z")


def hash_given(text: str) -> str:
    """A hash as the command prints it."""
    if not HASH.match(text):
        raise ArgumentTypeError("a head is 64 hexadecimal digits")
    return text.lower()


class Command(BaseCommand):
    help = (
        "Close the log of changes over what was committed, and check every entry against the chain of hashes. Altered, "
        "removed and inserted entries are named. Exit code 1 if there are any. Note the head that is printed somewhere "
        "else, and give it to --head later: so a tail that was cut, or a log that was written anew, is found too."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
        parser.add_argument("--head", metavar="HASH", type=hash_given, help="a head that was noted earlier")

    def handle(self, *_args: Any, as_json: bool, head: str | None, **_options: Any) -> None:
        with tqdm(
            total=links_count(), unit=" entries", unit_scale=True, file=self.stderr, disable=None
        ) as bar:
            report = audit_verify(head=head or "", progress=bar.update)
        if as_json:
            self.stdout.write(json.dumps(asdict(report)))
        else:
            self._print(report)
        try:
            with job_recorded(VERIFY_JOB) as record:
                record.result = verified(report)
        except LogBroken:
            sys.exit(1)

    def _print(self, report: AuditReport) -> None:
        for problem in report.problems:
            self.stderr.write(f"{problem.kind.value}: {problem.sentence}")
        if report.problem_count > len(report.problems):
            self.stderr.write(f"and {report.problem_count - len(report.problems)} more")
        if report.moves:
            self.stdout.write(f"The log has moved to another database {report.moves} times.")
        if report.problem_count == 0:
            self.stdout.write(f"{report.entries} entries, all as they were written.")
        self.stdout.write(f"head {report.head} at {report.position}")
