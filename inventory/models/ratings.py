"""What guests think of a property, summed up: kept by triggers of the reviews, never counted for a page."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Cast, Round
from django.utils.translation import gettext_lazy as _

from .properties import Property

RATING_CATEGORIES = ("cleanliness", "comfort", "location", "staff", "value")
"""What a stay is scored by, each from 1 to 5 points; the score of a stay is their mean."""

RATING_MAX = 5

CATEGORY_LABELS = {
    "cleanliness": _("Cleanliness"),
    "comfort": _("Comfort"),
    "location": _("Location"),
    "staff": _("Staff"),
    "value": _("Value for money"),
}


def _sums() -> models.expressions.Combinable:
    total: models.expressions.Combinable = F("cleanliness_sum")
    for category in RATING_CATEGORIES[1:]:
        total = total + F(f"{category}_sum")
    return total


class PropertyRating(models.Model):
    """Number of published reviews of a property, and the points they gave it in each category.

    Triggers on the reviews' table add and take away by statement, so that bulk writes and raw SQL count too;
    ``manage.py ratings_check`` proves it. Nothing else writes here.
    """

    property = models.OneToOneField(
        Property, models.CASCADE, primary_key=True, related_name="rating", verbose_name=_("property")
    )
    review_count = models.IntegerField(_("published reviews"), default=0)
    cleanliness_sum = models.IntegerField(default=0)
    comfort_sum = models.IntegerField(default=0)
    location_sum = models.IntegerField(default=0)
    staff_sum = models.IntegerField(default=0)
    value_sum = models.IntegerField(default=0)
    score = models.GeneratedField(
        expression=Case(
            When(
                review_count__gt=0,
                then=Round(
                    Cast(_sums(), models.DecimalField(max_digits=12, decimal_places=2))
                    / (F("review_count") * Value(len(RATING_CATEGORIES))),
                    precision=2,
                ),
            ),
            default=None,
        ),
        output_field=models.DecimalField(max_digits=3, decimal_places=2, null=True),
        db_persist=True,
        null=True,
        verbose_name=_("score"),
        help_text=_("The mean of all categories, from 1 to 5; empty without reviews."),
    )

    class Meta:
        verbose_name = _("rating of a property")
        verbose_name_plural = _("ratings of properties")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(review_count__gte=0), name="property_rating_count_not_negative"
            ),
        )

    def __str__(self) -> str:
        return f"{self.score or '–'} ({self.review_count})"
