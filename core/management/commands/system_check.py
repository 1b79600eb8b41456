"""`manage.py system_check`: one line for each part of the installation, green or red, and what to do."""

from __future__ import annotations

import json
import textwrap
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.system import Line, Report, State, system_report

WORDS = {State.GREEN: "ok", State.AMBER: "LOOK", State.RED: "RED", State.GREY: "-"}
LABEL_WIDTH = 28


class Command(BaseCommand):
    """Looks only, and answers within seconds, whoever is away."""

    help = (
        "Look at every part of the installation and say what is wrong and what to do: docs/runbook.md has an entry "
        "for each. Exit code 1 if anything is red."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="write one line of JSON")

    def handle(self, *_args: Any, as_json: bool, **_options: Any) -> None:
        report = system_report()
        if as_json:
            self.stdout.write(json.dumps(report.as_dict()))
        else:
            self._print(report)
        red = [str(line.label) for line in report.lines if line.state is State.RED]
        if red:
            raise CommandError(f"Red: {', '.join(red)}.")

    def _print(self, report: Report) -> None:
        for group, lines in report.groups:
            if not lines:
                continue
            self.stdout.write(f"{group.label}")
            for line in lines:
                self._print_line(line)
        counts = report.counts
        self.stdout.write(
            f"{counts['red']} red, {counts['amber']} to look at, {counts['green']} good, {counts['grey']} not known "
            f"or not set up; looked at in {report.seconds:.1f} s"
        )

    def _print_line(self, line: Line) -> None:
        style = {
            State.RED: self.style.ERROR,
            State.AMBER: self.style.WARNING,
            State.GREEN: self.style.SUCCESS,
        }
        word = f"{WORDS[line.state]:<5}"
        paint = style.get(line.state, str)
        self.stdout.write(f"  {paint(word)} {line.label!s:<{LABEL_WIDTH}} {line.figure}")
        if line.advice and line.state is not State.GREEN:
            indent = " " * (LABEL_WIDTH + 9)
            advice = f"{line.advice} docs/runbook.md#{line.runbook}"
            told = textwrap.fill(
                advice, 110, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
            )
            self.stdout.write(told)
