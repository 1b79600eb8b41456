"""`manage.py no_shows_mark`: what the scheduler does."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    """Marks no-shows."""

    job = "bookings.no_shows_mark"
    help = "Mark guests who have not come, by the clock of their property."
