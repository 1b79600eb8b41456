"""`manage.py groups_release`: what the scheduler does."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    """Releases groups."""

    job = "bookings.groups_release"
    help = "Put rooms that groups have not picked up back on sale, once their release date has come."
