"""What people have agreed to, and which erasures were done: both are only ever appended to."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ConsentPurpose(models.TextChoices):
    TERMS = "terms", _("terms of booking")
    ADVERTISING = "advertising", _("offers and news")


class ConsentWay(models.TextChoices):
    PAGE = "page", _("on a page")
    MAIL = "mail", _("by a link in a mail")
    API = "api", _("by a program")


class Consent(models.Model):
    """One word of one person on one purpose: given or withdrawn, to which text, when and where. No address is kept.

    The newest of a purpose counts. The database lets nobody change or delete one, but for erasing a person.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="consents",
        db_index=False,
        verbose_name=_("user"),
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    purpose = models.CharField(_("purpose"), max_length=20, choices=ConsentPurpose)
    text_version = models.CharField(_("version of the text"), max_length=20)
    is_given = models.BooleanField(_("given"), help_text=_("Otherwise withdrawn."))
    way = models.CharField(_("how"), max_length=10, choices=ConsentWay)
    place = models.CharField(_("where"), max_length=200, help_text=_("The name of the page, or the booking."))
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(purpose__in=ConsentPurpose.values), name="consent_purpose_known"
            ),
            models.CheckConstraint(condition=Q(way__in=ConsentWay.values), name="consent_way_known"),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | ~Q(email=""), name="consent_is_somebodys"
            ),
        )
        indexes = (
            # consents_of: one account's, newest first
            models.Index(fields=("user", "-id"), name="consent_user", condition=Q(user__isnull=False)),
            # consents_of: those of an address
            models.Index(Lower("email"), name="consent_email"),
        )
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),)

    def __str__(self) -> str:
        return f"{self.purpose} {self.text_version}"


class Erasure(models.Model):
    """That somebody was erased: how many rows of what, by whom. Not who it was.

    The list beside the backups says which rows; what is there and not here is to be done again after a restore.
    """

    uid = models.UUIDField(_("id"), unique=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now)
    rows = models.JSONField(_("rows by kind"), default=dict)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("erased by"),
    )
    is_own = models.BooleanField(_("by the person"), default=False)
    reapplied_at = models.DateTimeField(
        _("done again"), null=True, blank=True, help_text=_("After an older backup was restored.")
    )

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ("-id",)
        triggers = (
            pgtrigger.Protect(
                name="append_only", operation=pgtrigger.Delete | pgtrigger.UpdateOf("uid", "at", "rows")
            ),
        )

    def __str__(self) -> str:
        return str(self.uid)
