"""What a stay costs, where there are rooms for it, and why not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.selectors import discount_for_user
from core.api.conditional import validated
from core.api.views import PageView
from core.dates import property_today
from inventory.api import examples
from inventory.api.inputs import BatchBody, CalendarQuery, QuoteBody, SearchQuery, StayQuery
from inventory.api.serializers import (
    AvailabilitySerializer,
    BatchAnswersSerializer,
    CalendarSerializer,
    QuotedSerializer,
    SearchResultSerializer,
)
from inventory.exceptions import UnknownRatePlan, UnknownRoomType
from inventory.made_from import house_offers
from inventory.selectors import (
    AvailabilityRequest,
    availability_batch,
    calendar_for_property,
    catalogue_by_slug,
    offers_for_property,
    property_search,
    quote_get,
)
from inventory.selectors.catalogue import Catalogue


def _discount(request: Request) -> Decimal:
    """The reader's discount in percent, asked for once in a request. One query, none for anonymous readers."""
    known: Decimal | None = getattr(request, "reader_discount", None)
    if known is None:
        known = discount_for_user(request.user)
        request.reader_discount = known  # type: ignore[attr-defined]
    return known


class AvailabilityView(APIView):
    """What a property offers for a stay."""

    @extend_schema(
        operation_id="availability_read",
        summary="Read what a property offers for a stay",
        description=(
            "Every room type at every rate plan, cheapest first, with its total or the reason why it cannot be booked. "
            "Members who are logged in see their own prices. Up to five minutes old; a quote is exact."
        ),
        tags=["availability"],
        parameters=[StayQuery],
        responses=AvailabilitySerializer,
        examples=[examples.AVAILABILITY],
    )
    @validated(house_offers, varies=_discount)
    def get(self, request: Request, slug: str) -> Response:
        query = StayQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        house = catalogue_by_slug(slug=slug).property
        offers = offers_for_property(
            property_id=house.id,
            stay=query.stay,
            party=query.party,
            discount_percent=_discount(request),
        )
        answer = {
            "arrival": query.stay.arrival,
            "departure": query.stay.departure,
            "nights": query.stay.nights,
            "currency": house.currency,
            "room_types": offers,
        }
        return Response(AvailabilitySerializer(answer, context={"currency": house.currency}).data)


class CalendarView(APIView):
    """A property night by night."""

    @extend_schema(
        operation_id="calendar_read",
        summary="Read a property's calendar",
        description="Price, free rooms and restrictions of every night, from today on; at most 400 days at once.",
        tags=["availability"],
        parameters=[CalendarQuery],
        responses=CalendarSerializer,
        examples=[examples.CALENDAR],
    )
    @validated(house_offers, varies=_discount)
    def get(self, request: Request, slug: str) -> Response:
        query = CalendarQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        catalogue = catalogue_by_slug(slug=slug)
        house = catalogue.property
        _known_check(catalogue, room_type_id=wanted["room_type"], rate_plan_id=wanted["rate_plan"])
        nights = calendar_for_property(
            property_id=house.id,
            first=wanted["first"] or property_today(house.time_zone),
            days=wanted["days"],
            party=query.party,
            room_type_id=wanted["room_type"],
            rate_plan_id=wanted["rate_plan"],
            discount_percent=_discount(request),
        )
        answer = {"currency": house.currency, "nights": nights}
        return Response(CalendarSerializer(answer, context={"currency": house.currency}).data)


class SearchView(PageView):
    """Properties for a stay."""

    serializer_class = SearchResultSerializer

    @extend_schema(
        operation_id="search",
        summary="Search properties for a stay",
        description=(
            "First the properties with rooms for the whole stay, in the order asked for, each with its cheapest offer; "
            "then those without, each with the reason that a guest can do most about."
        ),
        tags=["availability"],
        parameters=[SearchQuery],
        responses=SearchResultSerializer(many=True),
        examples=[examples.SEARCH_RESULT],
    )
    def get(self, request: Request) -> Response:
        query = SearchQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        results = property_search(
            destination=wanted["where"],
            stay=query.stay,
            party=query.party,
            discount_percent=discount_for_user(request.user),
            stars=wanted["stars"],
            amenities=wanted["amenity"],
            board=wanted["board"],
            refundable=wanted["refundable"],
            max_total=wanted["max_total"],
            order=wanted["order"],
        )
        rows: list[dict[str, Any]] = [
            {"property": offer.property, "offer": offer, "reason": None} for offer in results.offers
        ]
        rows += [{"property": house, "offer": None, "reason": why} for house, why in results.unavailable]
        return self.page(rows)


class AvailabilityBatchView(APIView):
    """Free rooms for many stays at once."""

    @extend_schema(
        operation_id="availability_batch",
        summary="Ask for up to 50 stays at once",
        description=(
            "Free rooms by room type for each stay, in the order asked, without prices and rules: for a first look at "
            "many dates or properties. Read afresh, in one go."
        ),
        tags=["availability"],
        request=BatchBody,
        responses=BatchAnswersSerializer,
        examples=[examples.BATCH, examples.BATCH_ANSWERS],
    )
    def post(self, request: Request) -> Response:
        body = BatchBody(data=request.data)
        body.is_valid(raise_exception=True)
        answers = availability_batch(requests=[AvailabilityRequest(*entry) for entry in body.requests])
        return Response(BatchAnswersSerializer({"answers": answers}).data)


class QuoteView(APIView):
    """What a stay costs right now."""

    @extend_schema(
        operation_id="quote_create",
        summary="Quote a stay",
        description=(
            "Every night, discount and tax as a line, and the total that is charged to the cent if the booking comes "
            "before something changes. Nothing is kept: a booking holds the rooms. Members who are logged in get their "
            "discount."
        ),
        tags=["quotes"],
        request=QuoteBody,
        responses=QuotedSerializer,
        examples=[examples.QUOTE_REQUEST, examples.QUOTE],
    )
    def post(self, request: Request) -> Response:
        body = QuoteBody(data=request.data)
        body.is_valid(raise_exception=True)
        quote = quote_get(
            room_type_id=body.validated_data["room_type"],
            rate_plan_id=body.validated_data["rate_plan"],
            stay=body.stay,
            party=body.party,
            discount_percent=discount_for_user(request.user),
        )
        return Response(QuotedSerializer(quote).data)


def _known_check(catalogue: Catalogue, *, room_type_id: int | None, rate_plan_id: int | None) -> None:
    if room_type_id is not None and room_type_id not in catalogue.room_types:
        raise UnknownRoomType(field="room_type")
    if rate_plan_id is not None and rate_plan_id not in catalogue.rate_plans:
        raise UnknownRatePlan(field="rate_plan")
