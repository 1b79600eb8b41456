"""`manage.py guests_link`: what the scheduler does."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    """Links stays with guests."""

    job = "bookings.guests_link"
    help = "Give every sold stay that has none the profile of its guest."
