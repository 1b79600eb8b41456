"""Forget old events by hand."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    job = "notifications.events_forget"
    help = "Forget events for programs, with their webhook deliveries, when WEBHOOK_EVENT_DAYS are over."
