"""What was done with backups, and how it went. The backups themselves explain themselves, with no database."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class BackupAction(models.TextChoices):
    CREATE = "create", _("backup")
    VERIFY = "verify", _("verification")
    DRILL = "drill", _("restore drill")
    RESTORE = "restore", _("restore")
    PRUNE = "prune", _("removal of old ones")
    PUSH = "push", _("copy to the second place")
    PULL = "pull", _("copy from the second place")


class BackupOutcome(models.TextChoices):
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    INTERRUPTED = "interrupted", _("interrupted")


class BackupRun(models.Model):
    """One piece of work on the backups. `name` is the backup's; `level` is how far it was verified."""

    action = models.CharField(_("action"), max_length=20, choices=BackupAction)
    kind = models.CharField(_("kind"), max_length=20, blank=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=20, choices=BackupOutcome, default=BackupOutcome.RUNNING
    )
    started_at = models.DateTimeField(_("begun"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    size_bytes = models.BigIntegerField(_("size (bytes)"), null=True, blank=True)
    level = models.CharField(_("verified by"), max_length=20, blank=True)
    seconds = models.FloatField(_("duration (s)"), null=True, blank=True)
    message = models.TextField(_("message"), blank=True)

    class Meta:
        verbose_name = _("work on backups")
        verbose_name_plural = _("works on backups")
        ordering = ("-started_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(outcome__in=BackupOutcome.values), name="backup_run_outcome_known"
            ),
            models.CheckConstraint(
                condition=models.Q(action__in=BackupAction.values), name="backup_run_action_known"
            ),
        )
        indexes = (
            # backup_runs: the newest ones
            models.Index(fields=("-started_at", "-id"), name="backup_run_newest"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.name}".strip()
