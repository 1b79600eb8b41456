"""`manage.py registrations_forget`: what the scheduler does."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    """Deletes registration cards whose time is over."""

    job = "bookings.registrations_forget"
    help = "Delete registration cards that have been kept for REGISTRATION_KEEP_DAYS after the departure."
