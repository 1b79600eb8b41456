"""`manage.py sessions_prune`: what the scheduler does."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    """Deletes old sessions."""

    job = "core.sessions_prune"
    help = "Delete sessions that are over."
