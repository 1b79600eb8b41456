"""A report as the catalogue has it: how it is called, and how it is run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.cache.generations import generations_of
from core.cache.keys import AVAILABILITY, REPORTS
from core.cache.read import get_or_compute
from core.exceptions import ValidationFailed
from core.numbers import whole_number
from core.replicas.reading import reads_after_now

from .services import daily_stats_refresh
from .types import Comparison, Period, ReportResult, Scope, Text

SEVERAL_PROPERTIES = 0
"""Where reports of several properties lie in the cache; their keys name the generation of each."""

TIME_STEP = timedelta(minutes=15)
"""A report that looks at the clock is made anew so often. Every time zone is whole quarters of an hour from UTC."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something a report can be asked besides properties and period: one of ``choices``, or a whole number."""

    key: str
    label: Text
    default: str | int
    choices: tuple[tuple[str, Text], ...] = ()
    minimum: int = 0
    maximum: int = 1_000

    @property
    def kind(self) -> Literal["choice", "int"]:
        return "choice" if self.choices else "int"

    def clean(self, value: str | int | None) -> str | int:
        """Return the value to use; the default for none. Raises `ValidationFailed` for an impossible one."""
        if value is None or value == "":
            return self.default
        if self.choices:
            if value in dict(self.choices):
                return value
        elif (number := whole_number(value)) is not None and self.minimum <= number <= self.maximum:
            return number
        raise ValidationFailed(
            _("“%(value)s” is not possible here.") % {"value": value}, field=self.key, code="invalid_option"
        )


@dataclass(frozen=True, slots=True)
class Report:
    """A report of the catalogue. ``formula`` says how figures are made, ``source`` whose definition that is.

    ``given`` are arguments of the function that nobody is asked for. ``reads_days``: it reads `DailyStat`.
    ``is_cached``: it shows nothing but bookings and rooms, whose changes outdate it; what shows money that is posted
    at any time, or the waitlist, is always computed.
    """

    key: str
    title: Text
    description: Text
    formula: Text
    source: Text
    function: Callable[..., ReportResult]
    parameters: tuple[Parameter, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    compares: bool = True
    group: Literal["rooms", "bookings", "money"] = "rooms"
    reads_days: bool = False
    is_cached: bool = True

    def options_clean(self, options: Mapping[str, Any]) -> dict[str, str | int]:
        """Return a value for every parameter. Raises `ValidationFailed` for an unknown or impossible option."""
        unknown = sorted(set(options) - {parameter.key for parameter in self.parameters})
        if unknown:
            raise ValidationFailed(
                _("This report cannot be asked that."), field=unknown[0], code="unknown_option"
            )
        return {parameter.key: parameter.clean(options.get(parameter.key)) for parameter in self.parameters}

    def run(
        self,
        *,
        scope: Scope,
        period: Period,
        compare: Comparison | str | None = None,
        at: datetime | None = None,
        **options: Any,
    ) -> ReportResult:
        """Compute the report, and the same of the period it is compared with; from the cache for fifteen minutes.

        Exact: days that bookings have changed are added up first, and a change of a booking outdates what is cached.
        With ``at`` nothing is cached. Raises `ValidationFailed` for an unknown option, `ValueError` for an unknown
        comparison, `Unavailable` when somebody is adding up the same house.
        """
        chosen = self.options_clean(options)
        other = Comparison(compare) if compare and self.compares else None
        now = at or timezone.now()

        def compute() -> ReportResult:
            if self.reads_days:
                daily_stats_refresh(property_ids=scope.property_ids)
            asked = {"scope": scope, "at": now, **self.given, **chosen}
            with reads_after_now():
                result = self.function(period=period, **asked)
                if other is None:
                    return result
                return replace(result, compared=self.function(period=period.compared(other), **asked))

        if at is not None or not self.is_cached or not scope.property_ids:
            return compute()
        generations = generations_of(
            (namespace, (property_id,))
            for property_id in scope.property_ids
            for namespace in (REPORTS, AVAILABILITY)
        )
        if generations is None:
            return compute()
        quarter = int(now.timestamp() // TIME_STEP.total_seconds())
        key = (self.key, scope, period, other, sorted(chosen.items()), quarter, generations)
        digest = hashlib.sha256(repr(key).encode()).hexdigest()
        only = scope.property_ids[0] if len(scope.property_ids) == 1 else SEVERAL_PROPERTIES
        return get_or_compute(REPORTS, only, (self.key, digest), compute)
