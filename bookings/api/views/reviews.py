"""Reviews: the public's, one's own, and what staff do with them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from bookings.api import review_examples as examples
from bookings.api.access import booking_of_request, is_guest_of, request_user
from bookings.api.review_shapes import (
    ModerateBody,
    PublicReviewQuery,
    PublicReviewSerializer,
    ReplyBody,
    ReportBody,
    ReportSerializer,
    ReviewBody,
    ReviewChangeBody,
    ReviewQuery,
    ReviewSerializer,
)
from bookings.exceptions import ReviewNotFound
from bookings.models import Booking, Review
from bookings.selectors.reviews import (
    review_for_staff,
    review_get,
    review_of_booking,
    reviews_published,
    reviews_visible,
)
from bookings.services.reviews import (
    review_change,
    review_moderate,
    review_reply_set,
    review_report,
    review_withdraw,
    review_write,
)
from core.api.pagination import LongListPagination
from core.api.throttling import client_of
from core.api.views import PageView
from core.exceptions import PermissionDenied
from inventory.selectors import catalogue_by_slug

from .private import ONE_BOOKING, PrivateView

ONE_REVIEW = [OpenApiParameter("review_id", int, OpenApiParameter.PATH, description="The review's id.")]


class PropertyReviewListView(PageView):
    """What the public reads."""

    serializer_class = PublicReviewSerializer
    pagination_class = LongListPagination

    @extend_schema(
        operation_id="property_reviews",
        summary="List a property's reviews",
        description="Published ones. The property's `rating` has their mean and number.",
        tags=["reviews"],
        parameters=[PublicReviewQuery],
        responses=PublicReviewSerializer(many=True),
        examples=[examples.PUBLIC],
    )
    def get(self, request: Request, slug: str) -> Response:
        query = PublicReviewQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        house = catalogue_by_slug(slug=slug).property
        return self.page(reviews_published(property_id=house.id, order=query.validated_data["order"]))


class BookingReviewView(PrivateView):
    """The review of a booking, for its guest."""

    @extend_schema(
        operation_id="booking_review_read",
        summary="Read one's review",
        description="For the guest of the booking and for staff of the property.",
        tags=["reviews"],
        parameters=ONE_BOOKING,
        responses=ReviewSerializer,
        examples=[examples.OWN],
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(ReviewSerializer(_review_of(booking_of_request(request, reference))).data)

    @extend_schema(
        operation_id="booking_review_write",
        summary="Write a review",
        description=(
            "Once for each booking, after departure. It is published when staff have read it, or at once where the "
            "house does not moderate."
        ),
        tags=["reviews"],
        parameters=ONE_BOOKING,
        request=ReviewBody,
        responses={201: ReviewSerializer},
        examples=[examples.WRITE, examples.WRITTEN],
    )
    def post(self, request: Request, reference: str) -> Response:
        booking = _own_booking(request, reference)
        body = ReviewBody(data=request.data)
        body.is_valid(raise_exception=True)
        user = request_user(request)
        written = review_write(booking_id=booking.pk, actor=user, **body.validated_data)
        document = ReviewSerializer(review_get(review_id=written.pk)).data
        return Response(document, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="booking_review_change",
        summary="Change one's review",
        description="For a day, or until it is published or rejected.",
        tags=["reviews"],
        parameters=ONE_BOOKING,
        request=ReviewChangeBody,
        responses=ReviewSerializer,
        examples=[examples.CHANGE, examples.OWN],
    )
    def put(self, request: Request, reference: str) -> Response:
        review = _review_of(_own_booking(request, reference))
        body = ReviewChangeBody(data=request.data)
        body.is_valid(raise_exception=True)
        review_change(review_id=review.pk, **body.validated_data)
        return Response(ReviewSerializer(review_get(review_id=review.pk)).data)

    @extend_schema(
        operation_id="booking_review_withdraw",
        summary="Take one's review back",
        description="For good: its words and the author's name are erased, and its points do not count any more.",
        tags=["reviews"],
        parameters=ONE_BOOKING,
        responses={204: None},
    )
    def delete(self, request: Request, reference: str) -> Response:
        review_withdraw(review_id=_review_of(_own_booking(request, reference)).pk)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ReviewListView(PrivateView, PageView):
    """Reviews for staff, or one's own."""

    serializer_class = ReviewSerializer
    pagination_class = LongListPagination
    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="review_list",
        summary="List reviews",
        description="A guest's own; for staff those of their properties. `status=pending` is the moderation queue.",
        tags=["reviews"],
        parameters=[ReviewQuery],
        responses=ReviewSerializer(many=True),
        examples=[examples.OWN],
    )
    def get(self, request: Request) -> Response:
        query = ReviewQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        assert isinstance(request.user, User)
        return self.page(
            reviews_visible(user=request.user, status=wanted["status"], property_id=wanted["property"])
        )


class StaffReviewView(PrivateView):
    """What staff do with one review."""

    permission_classes = (IsAuthenticated,)

    def actor(self, request: Request, review_id: int) -> User:
        """Who acts; a review of another house does not exist for them."""
        assert isinstance(request.user, User)
        if not request.user.is_staff:
            raise PermissionDenied
        review_for_staff(review_id=review_id, user=request.user)
        return request.user


class ReviewModerateView(StaffReviewView):
    """Publishing or keeping back."""

    @extend_schema(
        operation_id="review_moderate",
        summary="Decide on a review",
        description="For managers of the property. What was published may be taken off again, with a reason.",
        tags=["reviews"],
        parameters=ONE_REVIEW,
        request=ModerateBody,
        responses=ReviewSerializer,
        examples=[examples.MODERATE, examples.OWN],
    )
    def post(self, request: Request, review_id: int) -> Response:
        body = ModerateBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = body.validated_data
        review_moderate(
            review_id=review_id,
            is_published=wanted["publish"],
            reason=wanted["reason"],
            version=wanted.get("version"),
            actor=self.actor(request, review_id),
        )
        return Response(ReviewSerializer(review_get(review_id=review_id)).data)


class ReviewReplyView(StaffReviewView):
    """The property's reply."""

    @extend_schema(
        operation_id="review_reply",
        summary="Reply to a review",
        description="One reply, which may be changed. The first is mailed to the author.",
        tags=["reviews"],
        parameters=ONE_REVIEW,
        request=ReplyBody,
        responses=ReviewSerializer,
        examples=[examples.REPLY, examples.OWN],
    )
    def put(self, request: Request, review_id: int) -> Response:
        body = ReplyBody(data=request.data)
        body.is_valid(raise_exception=True)
        actor = self.actor(request, review_id)
        review_reply_set(review_id=review_id, text=body.validated_data["text"], actor=actor)
        return Response(ReviewSerializer(review_get(review_id=review_id)).data)


class ReviewReportView(APIView):
    """Objecting to a review."""

    throttle_scope = "sensitive"

    @extend_schema(
        operation_id="review_report",
        summary="Report a review",
        description="Anybody may, once for each review. Staff look at it.",
        tags=["reviews"],
        parameters=ONE_REVIEW,
        request=ReportBody,
        responses={201: ReportSerializer},
        examples=[examples.REPORT, examples.REPORTED],
    )
    def post(self, request: Request, review_id: int) -> Response:
        body = ReportBody(data=request.data)
        body.is_valid(raise_exception=True)
        report = review_report(
            review_id=review_id,
            user=request_user(request),
            client=client_of(request),
            **body.validated_data,
        )
        return Response(ReportSerializer(report).data, status=status.HTTP_201_CREATED)


def _own_booking(request: Request, reference: str) -> Booking:
    """The booking, for its guest alone: staff do not write what guests think."""
    booking = booking_of_request(request, reference)
    if not is_guest_of(request, booking):
        raise PermissionDenied
    return booking


def _review_of(booking: Any) -> Review:
    review = review_of_booking(booking_id=booking.pk)
    if review is None:
        raise ReviewNotFound
    return review
