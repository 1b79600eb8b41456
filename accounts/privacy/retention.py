"""How long what is held about people is kept: one table, and one job that does it.

    retention(
        "waitlist", model="waitlist.waitlistentry", title=_("who has waited, after it ended"),
        over=lambda before: Q(ended_at__lt=before), house="property",
    )

A rule's days are `RETENTION_DAYS[key]`, or a single house's in `RETENTION_BY_PROPERTY`; 0 keeps for ever. What has jobs
of its own stands in the table too, so that the whole policy can be read in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise

from .erasing import rows_erase

BATCH_ROWS = 500
logger = structlog.get_logger(__name__)

Over = Callable[[datetime], Q]
Choose = Callable[[list[Any]], Mapping[str, Iterable[Any]]]
Run = Callable[[datetime, bool], int]


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the policy.

    ``over`` says which rows of ``model`` are due that are older than an instant; what they are erased with says
    ``choose`` (rows by model; default: themselves). ``house`` leads to the property, where houses may differ. ``run``
    does something else instead: it gets the instant and whether it only counts. ``job`` names the scheduled job that
    does it already, ``days`` its setting.
    """

    key: str
    title: str | Promise
    model: str = ""
    over: Over | None = None
    choose: Choose | None = None
    house: str = ""
    run: Run | None = None
    job: str = ""
    setting: str = ""

    @property
    def days(self) -> int:
        """How many days are kept; 0: for ever."""
        if self.setting:
            return int(getattr(settings, self.setting))
        return int(settings.RETENTION_DAYS.get(self.key, 0))


_rules: dict[str, Rule] = {}


def retention(key: str, **about: Any) -> None:
    """Add a line to the policy; ``about`` as in `Rule`. Raises `ValueError` for a key that is taken."""
    if key in _rules:
        raise ValueError(f"the policy has a rule {key} already")
    _rules[key] = Rule(key=key, **about)


def retention_rules() -> list[Rule]:
    """The whole policy."""
    return [_rules[key] for key in sorted(_rules)]


def retention_apply(
    *,
    at: datetime | None = None,
    dry_run: bool = False,
    only: Iterable[str] | None = None,
    batch_rows: int = BATCH_ROWS,
) -> dict[str, int]:
    """Erase what is older than the policy says; rows by rule.

    In batches, each in a transaction of its own that leaves out what somebody else has locked; safe to run twice at
    once, and it goes on where it was stopped. Raises `KeyError` for a rule that does not exist.
    """
    at = at or timezone.now()
    chosen = retention_rules() if only is None else [_rules[key] for key in only]
    done = {}
    for rule in chosen:
        if rule.job:
            continue
        if rule.run is not None:
            done[rule.key] = rule.run(at - timedelta(days=rule.days), dry_run) if rule.days else 0
        else:
            done[rule.key] = _rule_apply(rule, at, dry_run=dry_run, batch_rows=batch_rows)
    logger.info("retention_applied", dry_run=dry_run, **done)
    return done


def _rule_apply(rule: Rule, at: datetime, *, dry_run: bool, batch_rows: int) -> int:
    wanted = _wanted(rule, at)
    if wanted is None:
        return 0
    model = apps.get_model(rule.model)
    choose = rule.choose or (lambda keys: {rule.model: keys})
    total, last = 0, None
    while True:
        with transaction.atomic():
            rows = model._default_manager.filter(wanted, **({} if last is None else {"pk__gt": last}))
            rows = rows.order_by("pk")
            if not dry_run:
                rows = rows.select_for_update(skip_locked=True, of=("self",))
            keys = list(rows.values_list("pk", flat=True)[:batch_rows])
            if not keys:
                return total
            last = keys[-1]
            chosen = choose(keys)
            total += len(list(chosen.get(rule.model, ())))
            if not dry_run:
                rows_erase(chosen, at=at)


def _wanted(rule: Rule, at: datetime) -> Q | None:
    """Which rows are over: by the days of their house, else by those of all. None: none ever."""
    assert rule.over is not None
    other = {
        slug: int(days[rule.key])
        for slug, days in settings.RETENTION_BY_PROPERTY.items()
        if rule.house and rule.key in days
    }
    parts = [
        Q(**{f"{rule.house}__slug": slug}) & rule.over(at - timedelta(days=days))
        for slug, days in other.items()
        if days
    ]
    if rule.days:
        rest = rule.over(at - timedelta(days=rule.days))
        parts.append(rest & ~Q(**{f"{rule.house}__slug__in": list(other)}) if other else rest)
    wanted = parts[0] if parts else None
    for part in parts[1:]:
        wanted = part if wanted is None else wanted | part
    return wanted
