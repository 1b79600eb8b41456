"""`manage.py sandbox_events_deliver`: what the scheduler does every 30 seconds."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    """Lets the sandbox's bank tell what happened to its payments."""

    job = "payments.sandbox_events_deliver"
    help = "Let the sandbox's bank send the events that are due."
