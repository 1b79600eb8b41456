"""Number events by hand."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    job = "notifications.events_number"
    help = "Give events for programs their numbers, as the next reader or delivery would."
