"""`manage.py spaces_tend`: what the scheduler does."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    """Looks after bookings of spaces."""

    job = "bookings.spaces_tend"
    help = "Expire requests for spaces, mark no-shows, end what is over, and remind of what comes."
