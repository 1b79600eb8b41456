"""`manage.py dispatch_outbox`: do what the outbox holds, here or by Celery's workers."""

from __future__ import annotations

import json
import signal
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from time import monotonic
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.management.arguments import whole_number
from core.outbox import effect_kinds
from core.outbox.broker import Broker, BrokerAway
from core.outbox.dispatching import DispatchSummary, effects_hand_over, effects_run_due
from core.outbox.watching import effects_watch
from core.schedule.missed import jobs_missed_request
from core.system.heartbeats import DISPATCHER, Pulse

MISSED_EVERY_SECONDS = 30.0


def watching_pass(one_pass: Callable[[], DispatchSummary]) -> Callable[[], DispatchSummary]:
    """A pass that also tells that it is alive, and looks every half minute whether scheduled work was missed."""
    next_look, pulse = monotonic() + MISSED_EVERY_SECONDS, Pulse(DISPATCHER)

    def look_and_pass() -> DispatchSummary:
        nonlocal next_look
        pulse.beat()
        if monotonic() >= next_look:
            next_look = monotonic() + MISSED_EVERY_SECONDS
            jobs_missed_request()
        return one_pass()

    return look_and_pass


class Command(BaseCommand):
    """Runs or hands over what is due. Several may run at the same time, on several machines."""

    help = (
        "Do every effect that is due, here and now, until none is due; with --celery hand them to Celery's workers "
        "instead. Exit code 1 if an effect was given up, or the broker is away."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--celery", action="store_true", help="hand over to Celery instead of doing it here"
        )
        parser.add_argument("--watch", action="store_true", help="stay, until SIGTERM or Ctrl-C")
        parser.add_argument("--kind", action="append", dest="kinds", help="only this kind; may be repeated")
        parser.add_argument(
            "--limit", type=whole_number(1), help="at most so many effects (in each look, with --watch)"
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="write one line of JSON")

    def handle(
        self,
        *_args: Any,
        celery: bool,
        watch: bool,
        kinds: list[str] | None,
        limit: int | None,
        as_json: bool,
        **_options: Any,
    ) -> None:
        if unknown := sorted(set(kinds or ()) - effect_kinds().keys()):
            raise CommandError(f"There is no such kind of effect: {', '.join(unknown)}.")
        stopping = threading.Event()
        self._stop_on_signals(stopping)
        broker = Broker()
        if celery:
            one_pass = partial(effects_hand_over, publish=broker.publish, kinds=kinds, limit=limit)
        else:
            one_pass = partial(effects_run_due, kinds=kinds, limit=limit, stopping=stopping.is_set)
        try:
            summary = effects_watch(watching_pass(one_pass), stopping=stopping) if watch else one_pass()
        except BrokerAway as error:
            raise CommandError(f"The broker is away ({error}); nothing is lost.") from error
        finally:
            broker.close()
        self._report(summary, as_json=as_json)
        if summary.outcomes["dead"] and not watch:
            raise CommandError("Some effects were given up: see manage.py deadletters.")

    def _stop_on_signals(self, stopping: threading.Event) -> None:
        def stop(_number: int, _frame: FrameType | None) -> None:
            stopping.set()

        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, stop)
            signal.signal(signal.SIGINT, stop)

    def _report(self, summary: DispatchSummary, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(summary.as_dict()))
            return
        counts = ", ".join(
            f"{number} {name.replace('_', ' ')}" for name, number in summary.as_dict().items() if number
        )
        self.stdout.write(f"Effects: {counts or 'nothing was due'}.")
