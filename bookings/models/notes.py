"""What staff tell each other about a stay, kept as it was written."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.audit import audited

from .booking import Booking

NOTE_MAX_LENGTH = 2000


@audited(property_path="booking__property", parent="booking")
class BookingNote(models.Model):
    """One note with its author and time. Notes are only ever appended; the database refuses the rest."""

    booking = models.ForeignKey(
        Booking, models.CASCADE, related_name="notes", db_index=False, verbose_name=_("booking")
    )
    text = models.TextField(_("note"), max_length=NOTE_MAX_LENGTH)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("author"),
    )
    author_name = models.CharField(
        _("author's name"), max_length=150, blank=True, help_text=_("As it was when this was written.")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("note on a booking")
        verbose_name_plural = _("notes on bookings")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=~models.Q(text=""), name="booking_note_says_something"),
        )
        indexes = (
            # booking_page: the notes of a booking, newest first
            models.Index(fields=("booking", "-id"), name="booking_note_latest"),
        )
        triggers = (
            pgtrigger.Protect(
                name="append_only",
                operation=pgtrigger.Delete
                | pgtrigger.UpdateOf("booking_id", "text", "author_name", "created_at"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.author_name}: {self.text[:40]}"
