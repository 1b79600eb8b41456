"""What programs get to see of the catalogue, and of prices and free rooms."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import MoneyField, MoneySerializer, money_json
from inventory.models import BoardBasis
from inventory.models.policies import DepositKind, PenaltyKind
from inventory.types import QuoteLineKind

Plain = serializers.Serializer[Any]


class AmenitySerializer(Plain):
    code = serializers.CharField()
    name = serializers.CharField()


class PhotoSerializer(Plain):
    url = serializers.CharField(help_text="Relative to the site, unless pictures are kept elsewhere.")
    width = serializers.IntegerField(help_text="In pixels.")
    height = serializers.IntegerField(help_text="In pixels.")
    alt = serializers.CharField(help_text="What it shows, for who cannot see it.")


class RatingSerializer(Plain):
    """What guests who stayed think of it."""

    score = serializers.DecimalField(
        max_digits=3, decimal_places=2, help_text="The mean of all reviews, 1 to 5."
    )
    review_count = serializers.IntegerField()


class PropertySerializer(Plain):
    """A property. Its time zone decides what today is there, its currency what its prices are in."""

    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    stars = serializers.IntegerField(allow_null=True)
    address = serializers.CharField()
    postal_code = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2.")
    latitude = serializers.DecimalField(max_digits=8, decimal_places=5, allow_null=True)
    longitude = serializers.DecimalField(max_digits=8, decimal_places=5, allow_null=True)
    time_zone = serializers.CharField()
    currency = serializers.CharField(help_text="ISO 4217.")
    arrival_from = serializers.TimeField()
    departure_until = serializers.TimeField()
    child_max_age = serializers.IntegerField(help_text="Older children count and pay as adults.")
    rating = serializers.SerializerMethodField(help_text="None until somebody has reviewed a stay.")
    amenities = AmenitySerializer(many=True)
    photos = PhotoSerializer(many=True)

    @extend_schema_field(RatingSerializer(allow_null=True))
    def get_rating(self, house: Any) -> Any:
        return RatingSerializer(house).data if house.score is not None else None


class RoomTypeSerializer(Plain):
    """Rooms of which one is as good as the other."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    beds = serializers.CharField()
    size_sqm = serializers.IntegerField(allow_null=True)
    standard_occupancy = serializers.IntegerField(help_text="Adults that the nightly price is for.")
    max_adults = serializers.IntegerField()
    max_children = serializers.IntegerField()
    max_occupancy = serializers.IntegerField()
    amenities = AmenitySerializer(many=True)
    photos = PhotoSerializer(many=True)


class RatePlanShortSerializer(Plain):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    board = serializers.ChoiceField(choices=BoardBasis.choices)


class CancellationTierSerializer(Plain):
    """Until so many hours before arrival cancelling costs this; the total from the last tier on."""

    hours_before = serializers.IntegerField()
    penalty_kind = serializers.ChoiceField(choices=PenaltyKind.choices)
    penalty_value = serializers.DecimalField(max_digits=14, decimal_places=3)


class CancellationPolicySerializer(Plain):
    name = serializers.CharField(source="cancellation_name")
    tiers = CancellationTierSerializer(many=True)
    no_show_percent = serializers.DecimalField(max_digits=5, decimal_places=2)


class DepositPolicySerializer(Plain):
    kind = serializers.ChoiceField(source="deposit_kind", choices=DepositKind.choices)
    value = serializers.DecimalField(source="deposit_value", max_digits=14, decimal_places=3)


class RatePlanSerializer(RatePlanShortSerializer):
    """A rate plan with its policies. Give the plan's terms by id as ``terms`` in the context."""

    description = serializers.CharField()
    member_discount = serializers.BooleanField(help_text="Whether members get their discount at this rate.")
    room_types = serializers.SerializerMethodField(
        help_text="Ids of the room types sold at this rate; none means all."
    )
    deposit = serializers.SerializerMethodField()
    cancellation = serializers.SerializerMethodField()

    def get_room_types(self, plan: Any) -> list[int]:
        return sorted(self.context["terms"][plan.id].room_type_ids)

    @extend_schema_field(DepositPolicySerializer)
    def get_deposit(self, plan: Any) -> Any:
        return DepositPolicySerializer(self.context["terms"][plan.id]).data

    @extend_schema_field(CancellationPolicySerializer)
    def get_cancellation(self, plan: Any) -> Any:
        return CancellationPolicySerializer(self.context["terms"][plan.id]).data


class ReasonSerializer(Plain):
    """Why something cannot be sold."""

    code = serializers.CharField(help_text="For programs: sold_out, min_stay, closed_to_arrival …")
    message = serializers.CharField(help_text="For people, in the language of the request.")
    data = serializers.DictField()  # type: ignore[assignment]  # the name is a property of the base


class PlanOfferSerializer(Plain):
    """A rate plan with the total of the stay, or the reason why there is none."""

    rate_plan = RatePlanShortSerializer()
    total = serializers.SerializerMethodField()
    free_until = serializers.DateTimeField(allow_null=True, help_text="Until when cancelling is free.")
    reason = ReasonSerializer(allow_null=True)

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_total(self, offer: Any) -> dict[str, str] | None:
        return None if offer.total is None else money_json(offer.total, self.context["currency"])


class RoomTypeShortSerializer(Plain):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


class RoomTypeOfferSerializer(Plain):
    """A room type with its rate plans, cheapest first. Give ``currency`` in the context."""

    room_type = RoomTypeShortSerializer()
    available = serializers.IntegerField(help_text="Rooms free on every night of the stay.")
    from_total = serializers.SerializerMethodField()
    reason = ReasonSerializer(allow_null=True)
    plans = PlanOfferSerializer(many=True)

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_from_total(self, offer: Any) -> dict[str, str] | None:
        return None if offer.from_total is None else money_json(offer.from_total, self.context["currency"])


class AvailabilitySerializer(Plain):
    """What a property offers for a stay."""

    arrival = serializers.DateField()
    departure = serializers.DateField()
    nights = serializers.IntegerField()
    currency = serializers.CharField()
    room_types = RoomTypeOfferSerializer(many=True)


class CalendarNightSerializer(Plain):
    """One night; the stay limits are those of an arrival on that date. Give ``currency`` in the context."""

    date = serializers.DateField()
    price_from = serializers.SerializerMethodField(help_text="All rooms of the party, taxes included.")
    available = serializers.IntegerField(help_text="Free rooms of all room types that the guests fit in.")
    closed_to_arrival = serializers.BooleanField()
    closed_to_departure = serializers.BooleanField()
    min_stay = serializers.IntegerField()
    max_stay = serializers.IntegerField(allow_null=True)
    special_day = serializers.CharField()
    reasons = ReasonSerializer(many=True)

    @extend_schema_field(MoneySerializer(allow_null=True))
    def get_price_from(self, night: Any) -> dict[str, str] | None:
        return None if night.price_from is None else money_json(night.price_from, self.context["currency"])


class CalendarSerializer(Plain):
    """The nights from today on; those in the past are left out."""

    currency = serializers.CharField()
    nights = CalendarNightSerializer(many=True)


class PropertyShortSerializer(Plain):
    id = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()
    city = serializers.CharField()
    country = serializers.CharField()
    stars = serializers.IntegerField(allow_null=True)


class SearchOfferSerializer(Plain):
    """The cheapest way to stay there."""

    room_type = RoomTypeShortSerializer()
    rate_plan = RatePlanShortSerializer()
    available = serializers.IntegerField()
    total = MoneyField()
    free_until = serializers.DateTimeField(allow_null=True, help_text="Until when cancelling is free.")


class SearchResultSerializer(Plain):
    """A property with its offer, or with the reason why it has none for the stay."""

    property = PropertyShortSerializer()
    offer = SearchOfferSerializer(allow_null=True)
    reason = ReasonSerializer(allow_null=True)


class NightAvailabilitySerializer(Plain):
    date = serializers.DateField()
    available = serializers.IntegerField()


class RoomTypeAvailabilitySerializer(Plain):
    """Free rooms, whatever the rules say about the stay."""

    room_type = serializers.IntegerField(source="room_type_id")
    available = serializers.IntegerField(help_text="Rooms free on every night of the stay.")
    nights = serializers.SerializerMethodField()

    @extend_schema_field(NightAvailabilitySerializer(many=True))
    def get_nights(self, entry: Any) -> list[dict[str, Any]]:
        return [{"date": night.isoformat(), "available": available} for night, available in entry.nights]


class BatchAnswerSerializer(Plain):
    """One stay's answer; no room types for a property that does not exist."""

    property = serializers.IntegerField(source="request.property_id")
    arrival = serializers.DateField(source="request.stay.arrival")
    departure = serializers.DateField(source="request.stay.departure")
    rooms = serializers.IntegerField(source="request.rooms")
    room_types = RoomTypeAvailabilitySerializer(many=True)


class BatchAnswersSerializer(Plain):
    """The answers in the order of the stays."""

    answers = BatchAnswerSerializer(many=True)


class QuoteLineSerializer(Plain):
    """A line of a quote. Included ones say what others contain and are not summed."""

    kind = serializers.ChoiceField(choices=QuoteLineKind.choices)
    label = serializers.CharField()  # type: ignore[assignment]  # the name is an attribute of the base
    amount = MoneySerializer()
    date = serializers.DateField(allow_null=True)
    room_index = serializers.IntegerField(allow_null=True, help_text="1 is the first room.")
    is_included = serializers.BooleanField()
    data = serializers.DictField()  # type: ignore[assignment]  # the name is a property of the base


class CancellationTermsSerializer(Plain):
    """What cancelling costs, as sold with the stay."""

    policy = serializers.CharField(required=False)
    tiers = CancellationTierSerializer(many=True, required=False)
    no_show_percent = serializers.CharField(required=False)
    arrival_at = serializers.DateTimeField(required=False, help_text="The hours are counted back from here.")
    time_zone = serializers.CharField(required=False)


class QuotedSerializer(Plain):
    """What a stay costs, line by line: ``total`` is ``room_total`` and ``tax_added``, and the sum of the lines."""

    property = serializers.IntegerField(source="property_id")
    room_type = serializers.IntegerField(source="room_type_id")
    rate_plan = serializers.IntegerField(source="rate_plan_id")
    arrival = serializers.DateField(source="stay.arrival")
    departure = serializers.DateField(source="stay.departure")
    nights = serializers.IntegerField(source="stay.nights")
    adults = serializers.IntegerField(source="party.adults")
    children_ages = serializers.ListField(child=serializers.IntegerField(), source="party.children_ages")
    rooms = serializers.IntegerField(source="party.rooms")
    lines = serializers.SerializerMethodField()
    room_total = MoneyField()
    tax_added = MoneyField()
    tax_included = MoneyField()
    total = MoneyField()
    deposit_due = MoneyField(help_text="Of the total, what is due when booking.")
    cancellation = CancellationTermsSerializer(source="cancellation_terms")
    fingerprint = serializers.CharField(help_text="Equal for equal stays at equal prices and terms.")

    @extend_schema_field(QuoteLineSerializer(many=True))
    def get_lines(self, quote: Any) -> list[dict[str, Any]]:
        return [line.as_json() | {"amount": money_json(line.amount, quote.currency)} for line in quote.lines]


class PricePlanSerializer(Plain):
    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


class PricePointSerializer(Plain):
    """A price of the stay, and since when it stood."""

    changed_at = serializers.DateTimeField(help_text="The price stands, or stood, from here on.")
    rate_plan = PricePlanSerializer()
    before = MoneyField(help_text="None: there was no price before, or none is known.")
    total = MoneyField(help_text="None: from here on a night had no price.")
