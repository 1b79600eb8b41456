"""Look at watched prices now."""

from __future__ import annotations

from core.management.job_command import JobCommand


class Command(JobCommand):
    """`manage.py alerts_check`: what the scheduler does every five minutes."""

    help = "Look at watched prices, tell of drops, and end the alerts of stays that are over."
    job = "waitlist.alerts_check"
