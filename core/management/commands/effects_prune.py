"""`manage.py effects_prune`: what the scheduler does every night."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    """Deletes effects that are over for long; dead letters stay."""

    job = "core.effects_prune"
    help = "Delete effects that were done or discarded more than 90 days ago."
