"""From an address to an answer: the same for pages, files, schedules and programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.types import StaffAccess
from core.exceptions import NotFound

from .access import report_house_ids
from .catalogue import REPORTS
from .questions import Question, question_read
from .report import Report
from .selectors.scopes import ScopeChoice, scope_choose
from .types import Period, ReportResult


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a report that the reader may ask, with the properties and days it means.

    ``at`` fixes the instant it is asked at; without it the answer is as of now and may be a few minutes old.
    """

    report: Report
    question: Question
    choice: ScopeChoice
    period: Period
    at: datetime | None = None

    def answer(self) -> ReportResult:
        """Run the report, and that of the other period. As many queries as the report's selector."""
        return self.report.run(
            scope=self.choice.scope,
            period=self.period,
            compare=self.question.compare,
            at=self.at,
            **dict(self.question.options),
        )


def report_get(key: str, access: StaffAccess) -> Report:
    """Return a report. Raises `NotFound` for one that does not exist or is not for the reader."""
    report = REPORTS.get(key)
    if report is None or report_house_ids(access, key) == []:
        raise NotFound
    return report


def report_ask(
    *, key: str, query: Mapping[str, Sequence[str]], access: StaffAccess, at: datetime | None = None
) -> Asked:
    """Read an address. Three queries.

    Raises `NotFound` for a report, house or group that is not the reader's, `ValidationFailed` for anything impossible.
    """
    report = report_get(key, access)
    return question_ask(question_read(report, query), access=access, at=at)


def question_ask(question: Question, *, access: StaffAccess, at: datetime | None = None) -> Asked:
    """Find the properties and days that a question means. Three queries. Raises as `report_ask`."""
    report = report_get(question.report, access)
    choice = scope_choose(
        report_house_ids(access, report.key),
        house_ids=question.house_ids,
        group_id=question.group_id,
        at=at or timezone.now(),
    )
    return Asked(report, question, choice, question.period(today=choice.today), at)
