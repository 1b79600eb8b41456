"""`manage.py notifications_resend`"""

from core.management.job_command import JobCommand


class Command(JobCommand):
    help = "Have messages sent that are long due and have nobody who would send them."
    job = "notifications.resend_overdue"
