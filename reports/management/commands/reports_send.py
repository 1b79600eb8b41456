"""`manage.py reports_send`: what the scheduler does every minute."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    """Has scheduled reports sent whose time it is."""

    job = "reports.schedules_send"
    help = "Have scheduled reports sent whose time it is."
