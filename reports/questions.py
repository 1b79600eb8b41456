"""What is asked of a report: exactly what its address says, so that an address, a schedule and a program mean the same.

    ?period=last_month&compare=previous&house=3&house=5
    ?from=2026-07-01&to=2026-08-31&group=2          (both days included)

A period may be relative: what it means is found when the report is run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.exceptions import ValidationFailed

from .periods import Preset, preset_period
from .report import Report
from .types import FIRST_DAY, LAST_DAY, Comparison, Period

PERIOD, FIRST, LAST, COMPARE, HOUSE, GROUP = "period", "from", "to", "compare", "house", "group"
OWN_KEYS = frozenset({PERIOD, FIRST, LAST, COMPARE, HOUSE, GROUP})

DEFAULT_PRESET = Preset.THIS_MONTH
DEFAULT_PRESETS = {
    "forecast": Preset.NEXT_90,
    "pace": Preset.NEXT_90,
    "arrivals": Preset.NEXT_30,
    "pickup": Preset.NEXT_90,
}
"""Where this month is not what one wants to see first."""


@dataclass(frozen=True, slots=True)
class Question:
    """A report, a period (a preset, or the days ``first`` to ``last``), properties, a comparison, and options.

    No ``house_ids`` and no ``group_id``: every property that the reader may see.
    """

    report: str
    preset: Preset | None = DEFAULT_PRESET
    first: date | None = None
    last: date | None = None
    house_ids: tuple[int, ...] = ()
    group_id: int | None = None
    compare: Comparison | None = None
    options: Mapping[str, str | int] = field(default_factory=dict)

    def period(self, *, today: date) -> Period:
        """Return the days that are meant on a day. Raises `InvalidPeriod`."""
        if self.preset is not None:
            return preset_period(self.preset, today=today)
        assert self.first is not None
        assert self.last is not None
        return Period.from_days(self.first, self.last)

    def as_query(self) -> dict[str, list[str]]:
        """Return it as it stands in an address; what differs from nothing only."""
        query: dict[str, list[str]] = {}
        if self.preset is not None:
            query[PERIOD] = [self.preset.value]
        elif self.first and self.last:
            query[FIRST], query[LAST] = [self.first.isoformat()], [self.last.isoformat()]
        if self.group_id is not None:
            query[GROUP] = [str(self.group_id)]
        elif self.house_ids:
            query[HOUSE] = [str(number) for number in self.house_ids]
        if self.compare:
            query[COMPARE] = [self.compare.value]
        return query | {key: [str(value)] for key, value in self.options.items()}

    def as_address(self) -> str:
        """Return the part of an address behind the question mark."""
        return urlencode(self.as_query(), doseq=True)


def question_read(report: Report, query: Mapping[str, Sequence[str]]) -> Question:
    """Read an address. Raises `ValidationFailed`, ``field`` names the part that is wrong; others are ignored.

    Houses and groups are read as numbers only: whether the reader may see them is `scope_choose`'s to say.
    """
    last_of = {key: values[-1] for key, values in query.items() if values}
    compare = last_of.get(COMPARE, "")
    if compare and compare not in Comparison.values:
        raise _wrong(COMPARE, compare)
    preset, first, last = _period_of(report, last_of)
    known = {parameter.key for parameter in report.parameters}
    return Question(
        report=report.key,
        preset=preset,
        first=first,
        last=last,
        house_ids=tuple(sorted({_number(HOUSE, text) for text in query.get(HOUSE, ()) if text})),
        group_id=_number(GROUP, last_of[GROUP]) if last_of.get(GROUP) else None,
        compare=Comparison(compare) if compare and report.compares else None,
        options=_options(report, {key: value for key, value in last_of.items() if key in known}),
    )


def _options(report: Report, given: Mapping[str, str]) -> dict[str, str | int]:
    """Return the options that are not what they are anyway."""
    cleaned = report.options_clean(given)
    defaults = {parameter.key: parameter.default for parameter in report.parameters}
    return {key: value for key, value in cleaned.items() if value != defaults[key]}


def _period_of(report: Report, query: Mapping[str, str]) -> tuple[Preset | None, date | None, date | None]:
    preset = query.get(PERIOD, "")
    if preset and preset != "days":
        if preset not in Preset.values:
            raise _wrong(PERIOD, preset)
        return Preset(preset), None, None
    if not query.get(FIRST) and not query.get(LAST):
        return DEFAULT_PRESETS.get(report.key, DEFAULT_PRESET), None, None
    days: list[date] = []
    for key in (FIRST, LAST):
        text = query.get(key) or query.get(FIRST) or query[LAST]
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise _wrong(key, text) from error
        if not FIRST_DAY <= day <= LAST_DAY:
            raise _wrong(key, text)
        days.append(day)
    Period.from_days(*days)
    return None, days[0], days[1]


def _number(key: str, text: Any) -> int:
    if not (str(text).isascii() and str(text).isdecimal() and len(str(text)) < 19):
        raise _wrong(key, str(text))
    return int(text)


def _wrong(key: str, value: str) -> ValidationFailed:
    return ValidationFailed(
        _("“%(value)s” is not possible here.") % {"value": value[:80]}, field=key, code="invalid_option"
    )
