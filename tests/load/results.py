"""What the simulated guests saw, counted from the end of the warm-up on, and left for whoever ran them."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

import gevent
from locust import events
from locust.env import Environment

WARM_UP_SECONDS = float(os.environ.get("LOAD_WARM_UP", "0"))
RESULT = Path(os.environ["LOAD_RESULT"])

refused: Counter[str] = Counter()
"""Answers that a guest reads as a refusal."""
wrong: Counter[str] = Counter()
"""Answers that must not be."""
done: Counter[str] = Counter()
"""What came about: holds, confirmed stays, changes, cancellations, waiting."""
mistakes: Counter[str] = Counter()
began = {"wall": time.monotonic(), "cpu": time.process_time()}


@events.test_start.add_listener
def forget_the_warm_up(environment: Environment, **_kwargs: Any) -> None:
    """Count from the end of the warm-up on."""

    def forget() -> None:
        environment.runner.stats.reset_all()  # type: ignore[union-attr]
        for counter in (refused, wrong, done, mistakes):
            counter.clear()
        began.update(wall=time.monotonic(), cpu=time.process_time())

    gevent.spawn_later(WARM_UP_SECONDS, forget)


@events.user_error.add_listener
def mistake(exception: Exception, **_kwargs: Any) -> None:
    """A guest that does not understand an answer is an error as well."""
    wrong[f"{type(exception).__name__}: {str(exception)[:80]}"] += 1
    mistakes["count"] += 1


@events.test_stopping.add_listener
def processor_time(**_kwargs: Any) -> None:
    """Remember how much of a processor the guests themselves took while they came."""
    seconds = time.monotonic() - began["wall"]
    began["share"] = (time.process_time() - began["cpu"]) / seconds if seconds else 0.0


@events.quitting.add_listener
def result_write(environment: Environment, **_kwargs: Any) -> None:
    """Leave the figures."""
    stats = environment.stats
    total = stats.total
    RESULT.write_text(
        json.dumps(
            {
                "requests": total.num_requests,
                "errors": total.num_failures + mistakes["count"],
                "writes": sum(
                    entry.num_requests for entry in stats.entries.values() if entry.method == "POST"
                ),
                "per_second": total.total_rps,
                **_percentiles(total),
                "guests_cpu": began.get("share", 0.0),
                "done": dict(done),
                "refused": dict(refused),
                "wrong": dict(wrong),
                "names": {
                    entry.name: {
                        "requests": entry.num_requests,
                        "errors": entry.num_failures,
                        "mean_ms": entry.avg_response_time,
                        **_percentiles(entry),
                    }
                    for entry in stats.entries.values()
                },
            }
        )
    )
    environment.process_exit_code = 0  # what the figures are worth is for their reader to say


def _percentiles(entry: Any) -> dict[str, float]:
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    return {name: entry.get_response_time_percentile(share) for name, share in shares.items()}
