"""What came of a load, and how many guests a day that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

P95_TARGET_MS = 200.0
ERRORS_TARGET = 0.001
HIT_RATE_TARGET = 0.9
GUESTS_CPU_MAX = 0.9
"""Of one processor: the guests are one process with one thread."""
REQUESTS_PER_VISIT = 12
"""Pages and answers that somebody asks for who looks for a room, booked or not."""
BUSIEST_HOUR_SHARE = 0.1
"""Of a day's visits, those of its busiest hour."""
HOT = ("catalogue", "special_days", "availability")
"""What of the cache all guests share."""


@dataclass(frozen=True)
class Step:
    """So many guests at once for so many seconds, and what was answered."""

    users: int
    seconds: int
    result: Mapping[str, Any]
    hit_rate: float | None

    @property
    def error_share(self) -> float:
        """Errors of all requests, 0 to 1; no request at all is an error."""
        requests = int(self.result["requests"])
        return int(self.result["errors"]) / requests if requests else 1.0

    @property
    def write_share(self) -> float:
        """Requests that change something, of all."""
        return int(self.result["writes"]) / max(1, int(self.result["requests"]))

    @property
    def is_bound_by_guests(self) -> bool:
        """Whether those who simulate the guests had no processor time left: then the figures are not the site's."""
        return float(self.result["guests_cpu"]) > GUESTS_CPU_MAX

    def line(self) -> str:
        """What happened, for who waits."""
        found = self.result
        parts = [
            f"{found['per_second']:.0f} requests a second, p95 {found['p95_ms']:.0f} ms, {self.error_share:.2%} errors",
            f"{self.write_share:.0%} writes, the guests took {found['guests_cpu']:.0%} of a processor",
            *(f"{what}: {_counts(found[what])}" for what in ("done", "refused", "wrong") if found[what]),
        ]
        return "\n".join(f"  {part}" for part in parts)

    def broken(self, *, with_hits: bool) -> list[str]:
        """The targets that were missed, a sentence each."""
        found = []
        if self.result["p95_ms"] >= P95_TARGET_MS:
            found.append(
                f"{self.users} guests: p95 is {self.result['p95_ms']:.0f} ms, {P95_TARGET_MS:.0f} is promised."
            )
        if self.error_share >= ERRORS_TARGET:
            found.append(
                f"{self.users} guests: {self.error_share:.2%} errors, {ERRORS_TARGET:.1%} is promised."
            )
        if with_hits and (self.hit_rate is None or self.hit_rate <= HIT_RATE_TARGET):
            known = "unknown" if self.hit_rate is None else f"{self.hit_rate:.1%}"
            found.append(f"{self.users} guests: the hit rate is {known}, {HIT_RATE_TARGET:.0%} is promised.")
        if self.is_bound_by_guests:
            found.append(
                f"{self.users} guests: simulating them took {self.result['guests_cpu']:.0%} of a processor, "
                "so the figures are not those of the site."
            )
        return found


def visitors_a_day(requests_per_second: float) -> int:
    """How many visitors of a day make so many requests a second in its busiest hour."""
    return int(requests_per_second * 3600 / REQUESTS_PER_VISIT / BUSIEST_HOUR_SHARE)


def hit_rate_between(
    before: Mapping[str, Mapping[str, int]], after: Mapping[str, Mapping[str, int]]
) -> float | None:
    """Share of reads of hot data that were answered without computing; None without reads."""
    hits = misses = 0
    for namespace in HOT:
        for event, number in after.get(namespace, {}).items():
            new = number - before.get(namespace, {}).get(event, 0)
            hits += new if event in ("hits_local", "hits_shared", "waits") else 0
            misses += new if event == "misses" else 0
    return hits / (hits + misses) if hits + misses else None


def load_part(steps: list[Step], *, proofs: Sequence[str], header: str) -> str:
    """What stands in the document: a row for each step, and what that means for a day."""
    lines = [
        header,
        "",
        "| guests | seconds | requests a second | p50 | p95 | p99 | errors | hit rate of hot data | guests' CPU |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for step in steps:
        found = step.result
        hits = "-" if step.hit_rate is None else f"{step.hit_rate:.1%}"
        lines.append(
            f"| {step.users} | {step.seconds} | {found['per_second']:.0f} | {found['p50_ms']:.0f} ms "
            f"| {found['p95_ms']:.0f} ms | {found['p99_ms']:.0f} ms | {step.error_share:.3%} | {hits} "
            f"| {found['guests_cpu']:.0%} |"
        )
    held = [step for step in steps if not step.broken(with_hits=False)]
    lines += ["", f"Afterwards: {' '.join(proofs)}"]
    if held:
        best = max(held, key=lambda step: float(step.result["per_second"]))
        rate = float(best.result["per_second"])
        lines.append(
            f"{rate:.0f} requests a second within the limits are {visitors_a_day(rate):,} visitors a day: "
            f"{rate:.0f} × 3,600 s ÷ {REQUESTS_PER_VISIT} requests of a visit ÷ {BUSIEST_HOUR_SHARE:.0%} of the day's "
            "visits in its busiest hour."
        )
    else:
        lines.append("No step stayed within the limits.")
    lines += ["", *names_table(steps[0])]
    return "\n".join(lines)


def names_table(step: Step) -> list[str]:
    """What each kind of request took in a step."""
    lines = [
        f"Of the {step.users} guests, by kind of request ({step.write_share:.0%} write):",
        "",
        "| request | share | p50 | p95 | p99 | errors |",
        "|---|---|---|---|---|---|",
    ]
    total = max(1, int(step.result["requests"]))
    for name, found in sorted(step.result["names"].items(), key=lambda item: -int(item[1]["requests"])):
        lines.append(
            f"| {name} | {int(found['requests']) / total:.1%} | {found['p50_ms']:.0f} ms | {found['p95_ms']:.0f} ms "
            f"| {found['p99_ms']:.0f} ms | {found['errors']} |"
        )
    for title, what in (
        ("Came about", "done"),
        ("Refused, as a guest may read", "refused"),
        ("Wrong", "wrong"),
    ):
        if step.result[what]:
            lines += ["", f"{title}: {_counts(step.result[what])}."]
    return lines


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(
        f"{name} {number:,}" for name, number in sorted(counts.items(), key=lambda pair: -pair[1])
    )
