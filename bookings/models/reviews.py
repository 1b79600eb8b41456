"""What a guest says of a stay, what the property answers, and what readers object to."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from bookings.querysets import ReviewQuerySet
from core.audit import audited
from core.models import TimeStampedModel
from inventory.models.ratings import CATEGORY_LABELS, RATING_CATEGORIES, RATING_MAX

from .booking import Booking
from .review_triggers import RATING_TRIGGERS


class ReviewStatus(models.TextChoices):
    PENDING = "pending", _("waits for moderation")
    PUBLISHED = "published", _("published")
    REJECTED = "rejected", _("not published")
    WITHDRAWN = "withdrawn", _("taken back by the guest")


_R = ReviewStatus

REVIEW_TRANSITIONS: tuple[tuple[ReviewStatus, ReviewStatus], ...] = (
    (_R.PENDING, _R.PUBLISHED),
    (_R.PENDING, _R.REJECTED),
    (_R.PUBLISHED, _R.REJECTED),  # a report was right
    (_R.REJECTED, _R.PUBLISHED),  # the rejection was wrong
    (_R.PENDING, _R.WITHDRAWN),
    (_R.PUBLISHED, _R.WITHDRAWN),
    (_R.REJECTED, _R.WITHDRAWN),
)
"""The one table of what a review's state may become; a trigger made from it refuses the rest."""


def _points(category: str) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        CATEGORY_LABELS[category], validators=[MinValueValidator(1), MaxValueValidator(RATING_MAX)]
    )


def _mean() -> models.Expression:
    total: models.expressions.Combinable = F(RATING_CATEGORIES[0])
    for category in RATING_CATEGORIES[1:]:
        total = total + F(category)
    return Cast(total, models.DecimalField(max_digits=5, decimal_places=2)) / len(RATING_CATEGORIES)


@audited(property_path="property", parent="booking")
class Review(TimeStampedModel):
    """A stay as its guest found it: 1 to 5 points in each category, and words. One for each booking.

    ``author_name`` is a first name; it, the country and the account can be taken away, and the points stay.
    """

    booking = models.OneToOneField(Booking, models.PROTECT, related_name="review", verbose_name=_("booking"))
    property = models.ForeignKey(
        "inventory.Property",
        models.PROTECT,
        related_name="reviews",
        db_index=False,
        verbose_name=_("property"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reviews",
        verbose_name=_("user"),
    )
    author_name = models.CharField(_("author's first name"), max_length=60, blank=True)
    author_country = models.CharField(_("author's country"), max_length=2, blank=True)
    language = models.CharField(_("language"), max_length=10)
    title = models.CharField(_("title"), max_length=120, blank=True)
    text = models.TextField(_("text"), blank=True)
    cleanliness = _points("cleanliness")
    comfort = _points("comfort")
    location = _points("location")
    staff = _points("staff")
    value = _points("value")
    score = models.GeneratedField(
        expression=_mean(),
        output_field=models.DecimalField(max_digits=3, decimal_places=2),
        db_persist=True,
        verbose_name=_("score"),
    )
    status = models.CharField(_("status"), max_length=20, choices=ReviewStatus, default=ReviewStatus.PENDING)
    submitted_at = models.DateTimeField(_("submitted at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    moderated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by"),
    )
    moderated_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    rejection_reason = models.CharField(_("why it is not published"), max_length=300, blank=True)
    reply = models.TextField(_("reply of the property"), blank=True)
    reply_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("replied by"),
    )
    replied_at = models.DateTimeField(_("replied at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ("-submitted_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(status__in=ReviewStatus.values), name="review_status_known"),
            models.CheckConstraint(
                condition=Q(**{f"{category}__range": (1, RATING_MAX) for category in RATING_CATEGORIES}),
                name="review_points_1_to_5",
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="review_published_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(rejection_reason=""), name="review_rejected_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(reply="", replied_at__isnull=True) | (~Q(reply="") & Q(replied_at__isnull=False)),
                name="review_reply_has_time",
            ),
        )
        indexes = (
            # reviews_of_property, newest first
            models.Index(
                fields=("property", "-published_at", "-id"),
                name="review_published",
                condition=Q(status="published"),
            ),
            # reviews_of_property, by score
            models.Index(
                fields=("property", "-score", "-published_at", "-id"),
                name="review_by_score",
                condition=Q(status="published"),
            ),
            # a property's reviews for its staff
            models.Index(fields=("property", "status", "submitted_at"), name="review_property_status"),
        )
        triggers = (
            pgtrigger.FSM(
                name="status_transitions",
                field="status",
                transitions=[(source.value, target.value) for source, target in REVIEW_TRANSITIONS],
            ),
            *RATING_TRIGGERS,
        )

    def __str__(self) -> str:
        return f"{self.score} · {self.title or self.author_name or self.pk}"

    def points_by_category(self) -> dict[str, int]:
        """Return the points by the category's code."""
        return {category: getattr(self, category) for category in RATING_CATEGORIES}

    def points(self) -> list[tuple[str, int]]:
        """Return each category's label and points, in order."""
        return [(str(CATEGORY_LABELS[category]), getattr(self, category)) for category in RATING_CATEGORIES]


class ReportReason(models.TextChoices):
    OFFENSIVE = "offensive", _("insulting or hateful")
    PRIVATE = "private", _("names private details of somebody")
    FAKE = "fake", _("not about a stay here")
    ADVERTISING = "advertising", _("advertising")
    OTHER = "other", _("something else")


class ReportStatus(models.TextChoices):
    OPEN = "open", _("open")
    UPHELD = "upheld", _("the review was taken down")
    DISMISSED = "dismissed", _("the review stays")


@audited(property_path="review__property", parent="review", secrets=["reporter_hash"])
class ReviewReport(TimeStampedModel):
    """Somebody's objection to a published review. ``reporter_hash`` keeps one person from piling them up."""

    review = models.ForeignKey(
        Review, models.CASCADE, related_name="reports", db_index=False, verbose_name=_("review")
    )
    reason = models.CharField(_("reason"), max_length=20, choices=ReportReason)
    text = models.CharField(_("explanation"), max_length=500, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("reported by"),
    )
    reporter_hash = models.CharField(max_length=64, editable=False)
    status = models.CharField(_("status"), max_length=20, choices=ReportStatus, default=ReportStatus.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_note = models.CharField(_("note on the decision"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("report of a review")
        verbose_name_plural = _("reports of reviews")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(reason__in=ReportReason.values), name="review_report_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(status="open", decided_at__isnull=True)
                | Q(status__in=("upheld", "dismissed"), decided_at__isnull=False),
                name="review_report_decided_has_time",
            ),
            models.UniqueConstraint(fields=("review", "reporter_hash"), name="review_report_once_per_person"),
        )

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.review_id}"
