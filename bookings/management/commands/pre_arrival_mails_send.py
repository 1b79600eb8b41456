"""`manage.py pre_arrival_mails_send`: what the scheduler does."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    """Writes the mails before arrivals."""

    job = "bookings.pre_arrival_mails_send"
    help = "Write to guests whose arrival is near, once for each booking."
