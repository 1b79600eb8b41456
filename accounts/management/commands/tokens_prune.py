"""`manage.py tokens_prune`: what the scheduler does."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    """Deletes old tokens."""

    job = "accounts.tokens_prune"
    help = "Delete API tokens that have expired."
