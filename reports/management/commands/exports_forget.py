"""`manage.py exports_forget`: what the scheduler does every night."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    """Deletes files of exports and reports whose time is over."""

    job = "reports.files_delete"
    help = "Delete files of exports and of reports that were sent, EXPORT_DAYS after they were written."
