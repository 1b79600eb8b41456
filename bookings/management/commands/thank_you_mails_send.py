"""`manage.py thank_you_mails_send`: what the scheduler does."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    """Writes the mails after departures."""

    job = "bookings.thank_you_mails_send"
    help = "Thank guests the day after they left, and ask for a review."
