"""What inventory reads for others."""

from .availability import (
    AvailabilityAnswer,
    AvailabilityRequest,
    RoomTypeAvailability,
    availability_batch,
    availability_for_room_types,
)
from .calendar import CalendarNight, calendar_for_property
from .catalogue import (
    Catalogue,
    catalogue_by_slug,
    catalogue_for_reader,
    catalogue_get,
    property_by_slug,
    rate_plans_for_property,
    room_types_for_property,
    special_days_for_property,
)
from .destinations import CitySummary, cities_list, properties_featured
from .doorways import CityDoorway, catalogue_of_room_type, city_doorways, places_list, search_amenities
from .listing import properties_list
from .offers import PlanOffer, RoomTypeOffer, offers_for_property
from .prices import PlanPrices, PriceHistory, PricePoint, price_history
from .quotes import quote_get
from .search import PropertyOffer, SearchResults, property_search
from .summaries import AmenitySummary, PhotoSummary, PropertySummary, RatePlanSummary, RoomTypeSummary

__all__ = [
    "AmenitySummary",
    "AvailabilityAnswer",
    "AvailabilityRequest",
    "CalendarNight",
    "Catalogue",
    "CityDoorway",
    "CitySummary",
    "PhotoSummary",
    "PlanOffer",
    "PlanPrices",
    "PriceHistory",
    "PricePoint",
    "PropertyOffer",
    "PropertySummary",
    "RatePlanSummary",
    "RoomTypeAvailability",
    "RoomTypeOffer",
    "RoomTypeSummary",
    "SearchResults",
    "availability_batch",
    "availability_for_room_types",
    "calendar_for_property",
    "catalogue_by_slug",
    "catalogue_for_reader",
    "catalogue_get",
    "catalogue_of_room_type",
    "cities_list",
    "city_doorways",
    "offers_for_property",
    "places_list",
    "price_history",
    "properties_featured",
    "properties_list",
    "property_by_slug",
    "property_search",
    "quote_get",
    "rate_plans_for_property",
    "room_types_for_property",
    "search_amenities",
    "special_days_for_property",
]
