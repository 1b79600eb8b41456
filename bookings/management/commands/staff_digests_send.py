"""`manage.py staff_digests_send`: what the scheduler does."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    """Sends daily overviews."""

    job = "bookings.staff_digests_send"
    help = "Send staff the overview of the day where it is time for it."
