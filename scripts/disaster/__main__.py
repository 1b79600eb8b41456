"""`python -m scripts.disaster`: destroy a database under load, recover by docs/recovery.md, prove that all is there."""

from __future__ import annotations

import argparse
import json
import signal
import sys

from config.embedded import EmbeddedServerError
from scripts.disaster.exercise import READY_SECONDS_MAX, Report, exercise_run
from scripts.disaster.site import ExerciseFailed

BOOKINGS = 150
GUESTS = 4
PROBLEMS_SHOWN = 20


def main() -> int:
    """Run the exercise; the exit status is 0 when nothing was lost and the site was back in time."""
    parser = argparse.ArgumentParser(prog="python -m scripts.disaster", description=__doc__)
    parser.add_argument(
        "--bookings", type=int, default=BOOKINGS, help="so many before the restart and after it"
    )
    parser.add_argument("--guests", type=int, default=GUESTS, help="so many book at a time")
    parser.add_argument("--seed", type=int, default=1, help="what they book")
    parser.add_argument("--json", action="store_true", help="print the figures for programs")
    options = parser.parse_args()
    if min(options.bookings, options.guests) < 1:
        parser.error("--bookings and --guests are numbers from 1.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that everything is stopped
    try:
        report = exercise_run(
            say=lambda sentence: print(sentence, file=sys.stderr, flush=True),
            bookings=options.bookings,
            guests=options.guests,
            seed=options.seed,
        )
    except (ExerciseFailed, EmbeddedServerError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if report.restart_site_seconds > READY_SECONDS_MAX:
        report.problems.append(
            f"The site was ready {report.restart_site_seconds} s after the restarted server, "
            f"{READY_SECONDS_MAX:g} s are promised."
        )
    print(json.dumps(report.as_json()) if options.json else text(report))
    return 1 if report.problems else 0


def text(report: Report) -> str:
    """The report for people."""
    checks = "; ".join(
        f"{name}: " + ", ".join(f"{number:,} {what}" for what, number in counts.items())
        for name, counts in report.checks.items()
    )
    restart = (
        f"Restart under load: the server took {report.restart_server_seconds} s, the site was ready "
        f"{report.restart_site_seconds} s later, the first booking {report.restart_booking_seconds} s later."
    )
    recovery = (
        f"Destroyed after {report.acknowledged_before:,} acknowledged bookings. The server was back after "
        f"{report.recovery_seconds} s, the first booking after {report.first_booking_seconds / 60:.1f} minutes."
    )
    outcome = (
        f"{report.bookings:,} bookings and {report.payments:,} payments were acknowledged in all; "
        f"{'every one is there.' if not report.problems else 'something is wrong:'}"
    )
    lines = [
        restart,
        recovery,
        outcome,
        *(f"  {problem}" for problem in report.problems[:PROBLEMS_SHOWN]),
        *(
            [f"  and {len(report.problems) - PROBLEMS_SHOWN} more"]
            if len(report.problems) > PROBLEMS_SHOWN
            else []
        ),
        f"{checks}.",
        "Answers: "
        + ", ".join(f"{status or 'none'} × {number:,}" for status, number in report.statuses.items()),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
