"""Spaces of a house: what there is, when they are free, what they cost, and their calendars."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bookings.api import space_examples as examples
from bookings.api import space_inputs as inputs
from bookings.api import space_shapes as shapes
from bookings.selectors.spaces import series_preview, space_free, space_starts
from bookings.selectors.spaces.availability import days_taken, occupied_periods, wish_problem
from bookings.space_types import Occurrence, SeriesPreview
from core.api.views import PageView
from core.dates import property_now
from inventory.api.views.calendars import StaffView
from inventory.channels.tokens import space_feed_url
from inventory.models import SpaceFeed
from inventory.selectors import catalogue_by_slug
from inventory.selectors.spaces import (
    UnknownSpace,
    space_by_slug,
    space_get,
    space_price,
    spaces_of_property,
)
from inventory.services.space_feeds import space_feed_get, space_feed_rotate

TAGS = ["spaces"]
HOUSE = OpenApiParameter("slug", str, OpenApiParameter.PATH, description="The property's slug.")
SPACE = OpenApiParameter("space_slug", str, OpenApiParameter.PATH, description="The space's slug.")


class SpaceListView(PageView):
    """What a house lets by the hour."""

    serializer_class = shapes.SpaceSerializer

    @extend_schema(
        operation_id="spaces_list",
        summary="List the spaces of a property",
        description="Those on offer, in their order.",
        tags=TAGS,
        parameters=[HOUSE],
        responses=shapes.SpaceSerializer(many=True),
        examples=[examples.SPACES],
    )
    def get(self, request: Request, slug: str) -> Response:
        house = catalogue_by_slug(slug=slug).property
        return self.page(spaces_of_property(property_id=house.id))


class SpaceFreeView(APIView):
    """When a space is free."""

    @extend_schema(
        operation_id="space_free",
        summary="Read when a space is free",
        description="For a day, a week, up to a month: free stretches, and every time at which one may begin.",
        tags=TAGS,
        parameters=[HOUSE, SPACE, inputs.SpaceFreeQuery],
        responses=shapes.SpaceFreeDaySerializer(many=True),
        examples=[examples.FREE],
    )
    def get(self, request: Request, slug: str, space_slug: str) -> Response:
        query = inputs.SpaceFreeQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        space, at = space_by_slug(property_slug=slug, slug=space_slug), timezone.now()
        first = query.validated_data["day"]
        days = [first + timedelta(days=ahead) for ahead in range(query.validated_data["days"])]
        taken = days_taken(space, first=days[0], last=days[-1], at=at)
        found = [
            {
                "day": day,
                "free": space_free(space, first=day, last=day, at=at, taken=taken),
                "starts": space_starts(space, day=day, at=at, taken=taken),
            }
            for day in days
        ]
        return Response(shapes.SpaceFreeDaySerializer(found, many=True).data)


class SpaceQuoteView(APIView):
    """What a wish costs, and what stands in its way."""

    throttle_scope = "sensitive"

    @extend_schema(
        operation_id="space_quote",
        summary="Quote a time in a space, or a series of them",
        description=(
            "Every time with its price, or with the reason why it cannot be had; the total is of those that can. "
            "Nothing is kept."
        ),
        tags=TAGS,
        request=inputs.SpaceWishBody,
        responses=shapes.SpaceQuoteSerializer,
        examples=[examples.QUOTE_REQUEST, examples.QUOTED],
    )
    def post(self, request: Request) -> Response:
        body = inputs.SpaceWishBody(data=request.data)
        body.is_valid(raise_exception=True)
        space = space_get(space_id=body.validated_data["space"], include_inactive=False)
        series = body.series(space)
        preview = series_preview(space, series) if series else _once(body, space)
        return Response(shapes.SpaceQuoteSerializer(preview).data)


class SpaceFeedView(StaffView):
    """The address of a space's own calendar."""

    @extend_schema(
        operation_id="space_feed_read",
        summary="Read the address of a space's calendar",
        description="When it is taken, not by whom. A space gets its address when it is first asked for.",
        tags=TAGS,
        responses=shapes.SpaceFeedSerializer,
        examples=[examples.FEED],
    )
    def get(self, request: Request, space_id: int) -> Response:
        self._check("space_feed_read", space_id)
        return Response(_feed(space_feed_get(space_id=space_id)))

    @extend_schema(
        operation_id="space_feed_rotate",
        summary="Give a space's calendar another address",
        description="The one before is gone at once.",
        tags=TAGS,
        request=None,
        responses=shapes.SpaceFeedSerializer,
        examples=[examples.FEED],
    )
    def post(self, request: Request, space_id: int) -> Response:
        self._check("space_feed_rotate", space_id)
        return Response(_feed(space_feed_rotate(space_id=space_id, actor=self.actor)))

    def _check(self, operation: str, space_id: int) -> None:
        """A space of a house that the user does not see is a 404."""
        space, seen = space_get(space_id=space_id), self.seen("inventory.space")
        if seen is not None and space.property_id not in seen:
            raise UnknownSpace
        self.operation_check(operation, space.property_id)


def _once(body: inputs.SpaceWishBody, space: shapes.Space) -> SeriesPreview:
    wish, at = body.wish(), timezone.now()
    needed = wish.period.widened(before=space.buffer_before_minutes, after=space.buffer_after_minutes)
    taken = occupied_periods(space_ids=[space.pk], span=needed, at=at)[space.pk]
    problem = wish_problem(
        space, wish.period, at=at, taken=taken, persons=wish.persons, equipment=wish.equipment
    )
    quote = space_price(space, wish.period)
    day = property_now(space.property.time_zone, wish.period.start).date()
    one = Occurrence(day, wish.period, quote, problem)
    return SeriesPreview((one,), quote.total if problem is None else quote.total * 0, quote.currency)


def _feed(feed: SpaceFeed) -> object:
    shown = {"space_id": feed.space_id, "address": space_feed_url(feed), "rotated_at": feed.rotated_at}
    return shapes.SpaceFeedSerializer(shown).data
