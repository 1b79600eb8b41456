"""Forget by hand what people have read long ago."""

from core.management.job_command import JobCommand


class Command(JobCommand):
    """Deletes old read messages of inboxes."""

    job = "notifications.inbox_forget"
    help = "Delete what was read in an inbox half a year ago; mails stay."
