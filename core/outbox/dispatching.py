"""Doing what is due: here, or by handing it to Celery's workers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from core.models import Effect, Queue
from core.models.outbox import LEASED

from .broker import BrokerAway
from .claiming import effects_claim, effects_recover, effects_release
from .running import Outcome, effect_run

BATCH_EFFECTS = 20
IN_FLIGHT_EFFECTS = 100
"""How many of a queue are handed over at a time: enough for its workers until the next look, and never a backlog in
the broker, which may forget it."""

Publish = Callable[[int, Queue, str], None]


@dataclass(slots=True)
class DispatchSummary:
    """What a pass did: effects by outcome, and how many leases of the vanished were over."""

    outcomes: Counter[str] = field(default_factory=Counter)
    recovered: int = 0

    @property
    def total(self) -> int:
        """How many effects were run, or handed over."""
        return sum(self.outcomes.values())

    def add(self, other: DispatchSummary) -> None:
        """Count another pass's work to this."""
        self.outcomes.update(other.outcomes)
        self.recovered += other.recovered

    def as_dict(self) -> dict[str, int]:
        """The counts, every outcome named."""
        names = sorted({outcome.value for outcome in Outcome} | self.outcomes.keys())
        return {name: self.outcomes[name] for name in names} | {"recovered": self.recovered}


def effects_run_due(
    *,
    at: datetime | None = None,
    kinds: Collection[str] | None = None,
    limit: int | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> DispatchSummary:
    """Run here everything that is due, and what becomes due by it, until nothing is; each effect once.

    The next effect is claimed when the one before has ended, so the order of a key holds and another process can
    share the work. ``stopping`` is asked between two effects.
    """
    summary = DispatchSummary(recovered=effects_recover(at=at or timezone.now()))
    seen: set[int] = set()
    progressed = True
    while progressed:
        progressed = False
        for queue in Queue:
            while not stopping() and (limit is None or summary.total < limit):
                now = at or timezone.now()
                token, ids = effects_claim(queue=queue, at=now, limit=1, kinds=kinds, skip=seen)
                if not ids:
                    break
                seen.update(ids)
                progressed = True
                summary.outcomes[effect_run(effect_id=ids[0], queue=queue, token=token, at=at).value] += 1
    return summary


def effects_hand_over(
    *,
    publish: Publish,
    at: datetime | None = None,
    kinds: Collection[str] | None = None,
    limit: int | None = None,
) -> DispatchSummary:
    """Hand to Celery what is due, as far as the queues' windows have room; how many.

    What is claimed is committed before anything is published. Raises `BrokerAway` after giving back what could not
    be handed over; what was published in doubt and arrives after all does nothing, because nobody is waiting for it.
    """
    now = at or timezone.now()
    summary = DispatchSummary(recovered=effects_recover(at=now))
    held = Counter(Effect.objects.filter(status__in=LEASED).values_list("queue", flat=True))
    for queue in Queue:
        room = IN_FLIGHT_EFFECTS - held[queue.value]
        while room > 0 and (limit is None or summary.total < limit):
            number = min(room, BATCH_EFFECTS, limit - summary.total if limit is not None else BATCH_EFFECTS)
            token, ids = effects_claim(queue=queue, at=now, limit=number, kinds=kinds)
            if not ids:
                break
            for place, effect_id in enumerate(ids):
                try:
                    publish(effect_id, queue, token)
                except BrokerAway:
                    effects_release(ids=ids[place:], token=token, due_at=now)
                    raise
                summary.outcomes["handed_over"] += 1
            room -= len(ids)
    return summary
