"""`manage.py calendar_troubles_report`: what the scheduler does."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    """Reports conflicts of calendars."""

    job = "bookings.calendar_troubles_report"
    help = "Write to staff what calendars of other channels could not do."
