"""How prices moved."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.selectors import discount_for_user
from core.api.views import PageView
from core.dates import property_today
from core.exceptions import NotFound, ValidationFailed
from inventory.api import examples
from inventory.api.inputs import PriceHistoryQuery
from inventory.api.serializers import PricePointSerializer
from inventory.exceptions import UnknownRatePlan, UnknownRoomType
from inventory.selectors import PriceHistory, catalogue_for_reader, price_history
from inventory.selectors.prices import HISTORY_DAYS


class PriceHistoryView(PageView):
    """The prices of a stay over time."""

    serializer_class = PricePointSerializer

    @extend_schema(
        operation_id="price_history_list",
        summary="List how the price of a stay moved",
        description=(
            "What the stay in a room type would have cost at each time of the past year, by rate plan, newest first. "
            "Nightly rates are those of the time; derived plans, guests, special days and taxes count as they do now: "
            "the newest total of a plan is what it costs now. Staff of the property may look further back, and at "
            "stays that are over."
        ),
        tags=["availability"],
        parameters=[PriceHistoryQuery],
        responses=PricePointSerializer(many=True),
        examples=[examples.PRICE_POINT],
    )
    def get(self, request: Request, slug: str, room_type_id: int) -> Response:
        query = PriceHistoryQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        catalogue, is_staff = catalogue_for_reader(slug=slug, user=request.user)
        if wanted["rate_plan"] not in (None, *catalogue.rate_plans):
            raise UnknownRatePlan(field="rate_plan")
        since = wanted["since"] and datetime.combine(wanted["since"], time.min, tzinfo=UTC)
        if not is_staff:
            since = since and max(since, timezone.now() - timedelta(days=HISTORY_DAYS))
            if query.stay.arrival < property_today(catalogue.property.time_zone):
                raise ValidationFailed(_("The arrival is in the past."), field="arrival")
        try:
            history = price_history(
                catalogue=catalogue,
                room_type_id=room_type_id,
                stay=query.stay,
                party=query.party,
                discount_percent=discount_for_user(request.user),
                since=since,
            )
        except UnknownRoomType as error:
            raise NotFound from error
        return self.page(_rows(history, wanted["rate_plan"]))


def _rows(history: PriceHistory, rate_plan_id: int | None) -> list[dict[str, Any]]:
    """Every point of every plan, newest first, each with the price before it."""
    rows = [
        {
            "changed_at": point.at,
            "rate_plan": plan.rate_plan,
            "before": plan.points[index - 1].total if index else None,
            "total": point.total,
            "currency": history.currency,
        }
        for plan in history.plans
        if rate_plan_id in (None, plan.rate_plan.id)
        for index, point in enumerate(plan.points)
    ]
    return sorted(rows, key=lambda row: row["changed_at"], reverse=True)
