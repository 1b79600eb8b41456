"""Commands that do by hand what the scheduler does."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError

from core.schedule import JobFailed, job_run


class JobCommand(BaseCommand):
    """Runs one scheduled job and reports its result; name it in ``job``, and say in ``help`` what it does.

    Exit code 1 and the reason on standard error if it failed; the run is recorded either way.
    """

    job: ClassVar[str]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="write one line of JSON")

    def handle(self, *_args: Any, as_json: bool, **_options: Any) -> None:
        try:
            result = job_run(self.job)
        except JobFailed as error:
            raise CommandError(str(error)) from error
        if as_json:
            self.stdout.write(json.dumps({"job": self.job, "result": result}))
        else:
            self.stdout.write(f"{self.job}: {self.sentence(result)}")

    def sentence(self, result: Any) -> str:
        """The result in words."""
        if isinstance(result, dict):
            return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in result.items())
        return "done" if result is None else str(result)
