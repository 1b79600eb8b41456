"""When a price has dropped far enough to tell of it. Pure: what was, what is, and what is told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Watch:
    """What an alert waits for, and what it remembers.

    Exactly one of ``target_total`` (that or less) and ``drop_percent`` (so much less than ``reference``) is set.
    ``reference`` is the price when the alert was set, later the last one that was told. ``is_armed``: the price has
    been above the target since the last message. ``told`` are all totals that were told.
    """

    target_total: Decimal | None
    drop_percent: Decimal | None
    reference: Decimal | None
    is_armed: bool = True
    told: frozenset[Decimal] = field(default_factory=frozenset)

    def seen(self, total: Decimal | None) -> tuple[Watch, bool]:
        """Return the watch after a look at the price, and whether to tell of it.

        ``total`` is what the stay can be booked at now; None: it cannot be booked, and nothing happens.
        """
        if total is None:
            return self, False
        if self.target_total is not None:
            return self._seen_with_target(total, self.target_total)
        return self._seen_with_percent(total)

    def _seen_with_target(self, total: Decimal, target: Decimal) -> tuple[Watch, bool]:
        if total > target:
            return replace(self, is_armed=True), False
        is_drop = self.is_armed or self.reference is None or total < self.reference
        if not is_drop:
            return self, False
        return self._told(total)

    def _seen_with_percent(self, total: Decimal) -> tuple[Watch, bool]:
        assert self.drop_percent is not None
        if self.reference is None:
            return replace(self, reference=total), False
        if total * HUNDRED > self.reference * (HUNDRED - self.drop_percent):
            return self, False
        return self._told(total)

    def _told(self, total: Decimal) -> tuple[Watch, bool]:
        """Remember the price as the one to compare with; it is told unless it was before."""
        after = replace(self, reference=total, is_armed=False, told=self.told | {total})
        return after, total not in self.told
