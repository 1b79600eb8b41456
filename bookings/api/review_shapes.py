"""What programs send and get about reviews."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from bookings.models import ReportReason, ReportStatus, ReviewStatus
from bookings.selectors.reviews import REVIEW_ORDERS
from bookings.services.reviews import REPLY_MAX_LENGTH, TEXT_MAX_LENGTH, TITLE_MAX_LENGTH
from core.api.inputs import BodySerializer, IdField
from inventory.models.ratings import RATING_CATEGORIES, RATING_MAX

Plain = serializers.Serializer[Any]
VERSION_MAX = 2**31 - 1


def _points(**more: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=RATING_MAX, **more)


class PointsSerializer(BodySerializer):
    """1 to 5 points in each category."""

    cleanliness = _points()
    comfort = _points()
    location = _points()
    staff = _points()
    value = _points()


class PublicReviewSerializer(Plain):
    """A published review. The author is a first name and a country, both empty if they wish."""

    id = serializers.IntegerField()
    author_name = serializers.CharField()
    author_country = serializers.CharField(help_text="ISO 3166-1 alpha-2.")
    language = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    score = serializers.DecimalField(max_digits=3, decimal_places=2, help_text="The mean of the points.")
    points = serializers.SerializerMethodField()
    published_at = serializers.DateTimeField(allow_null=True)
    reply = serializers.CharField(help_text="Of the property; empty if there is none.")
    replied_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(PointsSerializer)
    def get_points(self, review: Any) -> dict[str, int]:
        return {category: getattr(review, category) for category in RATING_CATEGORIES}


class ReviewSerializer(PublicReviewSerializer):
    """A review as its author and the property's staff see it."""

    reference = serializers.CharField(source="booking.reference", help_text="Of the booking.")
    property = serializers.CharField(source="property.slug", help_text="The property's slug.")
    status = serializers.ChoiceField(choices=ReviewStatus.choices)
    submitted_at = serializers.DateTimeField()
    rejection_reason = serializers.CharField()
    version = serializers.IntegerField()


class ReportSerializer(Plain):
    reason = serializers.ChoiceField(choices=ReportReason.choices)
    text = serializers.CharField()
    status = serializers.ChoiceField(choices=ReportStatus.choices)
    created_at = serializers.DateTimeField()


@extend_schema_serializer(component_name="ReviewText")
class ReviewBody(BodySerializer):
    """What a guest says of a stay."""

    points = PointsSerializer()
    title = serializers.CharField(max_length=TITLE_MAX_LENGTH, allow_blank=True, default="")
    text = serializers.CharField(max_length=TEXT_MAX_LENGTH, allow_blank=True, default="")
    language = serializers.CharField(
        max_length=10, allow_blank=True, default="", help_text="Of the text: en, de, es, fr, pt."
    )


@extend_schema_serializer(component_name="ReviewChange")
class ReviewChangeBody(BodySerializer):
    """The review as it shall be; ``version`` is the one that was read."""

    points = PointsSerializer()
    title = serializers.CharField(max_length=TITLE_MAX_LENGTH, allow_blank=True, default="")
    text = serializers.CharField(max_length=TEXT_MAX_LENGTH, allow_blank=True, default="")
    version = serializers.IntegerField(min_value=0, max_value=VERSION_MAX)


@extend_schema_serializer(component_name="ReviewDecision")
class ModerateBody(BodySerializer):
    """Publish it, or keep it back for a reason, which the author reads."""

    publish = serializers.BooleanField()
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")
    version = serializers.IntegerField(min_value=0, max_value=VERSION_MAX, required=False)


@extend_schema_serializer(component_name="ReviewReply")
class ReplyBody(BodySerializer):
    """The property's one reply; an empty text takes it away."""

    text = serializers.CharField(max_length=REPLY_MAX_LENGTH, allow_blank=True)


@extend_schema_serializer(component_name="ReviewReport")
class ReportBody(BodySerializer):
    """What is wrong with a published review."""

    reason = serializers.ChoiceField(choices=ReportReason.choices)
    text = serializers.CharField(max_length=500, allow_blank=True, default="")


class PublicReviewQuery(serializers.Serializer[Any]):
    """In which order."""

    order = serializers.ChoiceField(choices=[(name, name) for name in REVIEW_ORDERS], default="newest")


class ReviewQuery(serializers.Serializer[Any]):
    """Which reviews to list."""

    status = serializers.ChoiceField(choices=ReviewStatus.choices, default="")
    property = IdField(default=None, help_text="Id of the property.")
