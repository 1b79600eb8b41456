"""Properties, room types and rate plans: what is the same for everybody and changes rarely."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.conditional import validated
from core.api.views import PageView
from inventory.api import examples
from inventory.api.inputs import PropertyQuery
from inventory.api.serializers import PropertySerializer, RatePlanSerializer, RoomTypeSerializer
from inventory.made_from import every_house, house_terms
from inventory.selectors import catalogue_by_slug, properties_list


class PropertyListView(PageView):
    """Published properties."""

    serializer_class = PropertySerializer

    @extend_schema(
        operation_id="property_list",
        summary="List properties",
        description="Published properties by name, filtered by what does not depend on a stay.",
        tags=["properties"],
        parameters=[PropertyQuery],
        responses=PropertySerializer(many=True),
        examples=[examples.PROPERTY],
    )
    @validated(every_house)
    def get(self, request: Request) -> Response:
        query = PropertyQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = dict(query.validated_data)
        return self.page(properties_list(amenities=wanted.pop("amenity"), **wanted))


class PropertyView(APIView):
    """One property."""

    @extend_schema(
        operation_id="property_read",
        summary="Read a property",
        description="With its amenities and photos.",
        tags=["properties"],
        responses=PropertySerializer,
        examples=[examples.PROPERTY],
    )
    @validated(house_terms)
    def get(self, request: Request, slug: str) -> Response:
        return Response(PropertySerializer(catalogue_by_slug(slug=slug).property).data)


class RoomTypeListView(PageView):
    """The room types of a property."""

    serializer_class = RoomTypeSerializer

    @extend_schema(
        operation_id="room_type_list",
        summary="List a property's room types",
        description="Those on sale, in the property's order.",
        tags=["properties"],
        responses=RoomTypeSerializer(many=True),
        examples=[examples.ROOM_TYPE],
    )
    @validated(house_terms)
    def get(self, request: Request, slug: str) -> Response:
        return self.page(list(catalogue_by_slug(slug=slug).room_types.values()))


class RatePlanListView(PageView):
    """The rate plans of a property."""

    serializer_class = RatePlanSerializer

    @extend_schema(
        operation_id="rate_plan_list",
        summary="List a property's rate plans",
        description="Those on sale, in the property's order, with what is due when booking and what cancelling costs.",
        tags=["properties"],
        responses=RatePlanSerializer(many=True),
        examples=[examples.RATE_PLAN],
    )
    @validated(house_terms)
    def get(self, request: Request, slug: str) -> Response:
        catalogue = catalogue_by_slug(slug=slug)
        plans = [plan for plan in catalogue.rate_plans.values() if plan.id in catalogue.house.plans]
        return self.page(plans, terms=catalogue.house.plans)
