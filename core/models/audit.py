"""Who changed what, from where, and what it was before: written by triggers alone, chained by hash."""

from __future__ import annotations

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

TRANSACTION_ID = Func(
    function="pg_current_xact_id",
    template="%(function)s()::text::bigint",
    output_field=models.BigIntegerField(),
)
CLOCK = Func(function="clock_timestamp", output_field=models.DateTimeField())


class Operation(models.TextChoices):
    INSERT = "insert", _("created")
    UPDATE = "update", _("changed")
    DELETE = "delete", _("deleted")
    TRUNCATE = "truncate", _("emptied")


class Origin(models.TextChoices):
    PAGE = "page", _("page")
    STAFF = "staff", _("staff page")
    API = "api", _("API")
    COMMAND = "command", _("command")
    JOB = "job", _("scheduled job")
    EFFECT = "effect", _("background work")
    SQL = "sql", _("database")


class AuditEntry(models.Model):
    """One change of one row, or of several of a kind that changed alike (`keys` says which).

    The triggers that `core.audit.audited` gives a model write it in the transaction of the change; the database refuses
    to change, delete or write it otherwise. An update has only the columns that changed. No foreign key holds anything
    back, and the log outlives what it tells of. `txid` is the transaction's number: see `core.audit.sealing`.
    """

    txid = models.BigIntegerField(_("transaction"), db_default=TRANSACTION_ID, editable=False)
    at = models.DateTimeField(_("when"), db_default=CLOCK)
    operation = models.CharField(_("what was done"), max_length=10, choices=Operation)
    model = models.CharField(_("kind"), max_length=80)
    object_id = models.CharField(_("number"), max_length=64, help_text=_("Empty for several rows."))
    parent_model = models.CharField(max_length=80, null=True)  # noqa: DJ001 - a partial index leaves out the most
    parent_id = models.CharField(max_length=64, null=True)  # noqa: DJ001
    property_id = models.BigIntegerField(_("property"), null=True)
    keys = models.JSONField(_("which rows"), null=True)
    before = models.JSONField(pgettext_lazy("audit", "before"), null=True)
    after = models.JSONField(pgettext_lazy("audit", "after"), null=True)
    user_id = models.BigIntegerField(pgettext_lazy("audit", "who"), null=True)
    origin = models.CharField(pgettext_lazy("audit", "by way of"), max_length=10, choices=Origin)
    place = models.CharField(
        pgettext_lazy("audit", "where"), max_length=300, help_text=_("An address, a command or a job.")
    )
    ip = models.CharField(_("IP address"), max_length=45)
    request_id = models.CharField(_("request"), max_length=64)
    extra = models.JSONField(null=True)
    salt = models.UUIDField(null=True, db_default=RandomUUID(), editable=False)
    erased = models.JSONField(null=True, editable=False)

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        ordering = ("-id",)
        indexes = (
            # entries_seal: what was committed since, in the order of the chain
            models.Index(fields=("txid", "id"), name="audit_entry_order"),
            # audit_for: the history of one object
            models.Index(fields=("model", "object_id", "id"), name="audit_entry_object"),
            # audit_for: what belongs to it
            models.Index(
                fields=("parent_model", "parent_id", "id"),
                name="audit_entry_parent",
                condition=Q(parent_id__isnull=False),
            ),
            # audit_page: the log of a house
            models.Index(fields=("property_id", "id"), name="audit_entry_property"),
            # audit_page: what one person did
            models.Index(
                fields=("user_id", "id"), name="audit_entry_user", condition=Q(user_id__isnull=False)
            ),
            # audit_page: what one request did
            models.Index(fields=("request_id",), name="audit_entry_request", condition=~Q(request_id="")),
        )

    def __str__(self) -> str:
        return f"{self.pk}: {self.operation} {self.model} {self.object_id}"


class AuditLink(models.Model):
    """An entry's place in the chain, and the hash over it and all before it. Append-only; written by sealing alone."""

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("link of the log")
        verbose_name_plural = _("links of the log")
        ordering = ("position",)

    def __str__(self) -> str:
        return f"{self.position}: {self.entry_id}"


class AuditSeal(models.Model):
    """How far the chain was closed at one time: no entry of a transaction below `horizon` can come any more.

    ``moved`` says that the numbers of transactions began anew, as they do in a restored database.
    """

    at = models.DateTimeField(db_default=CLOCK)
    horizon = models.BigIntegerField()
    last_position = models.BigIntegerField()
    head = models.BinaryField(max_length=32)
    moved = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("seal of the log")
        verbose_name_plural = _("seals of the log")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.last_position}: {bytes(self.head).hex()[:12]}"
