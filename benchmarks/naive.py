"""The naive way: the same questions as a first draft would answer them, a query for each thing it comes across.

No cache, no join, no `select_related`. What is answered is simpler than the site's answer, never richer.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bookings.models import Booking, BookingNight, Review, Trip
from inventory.models import PriceChange, Property, Rate, RatePlan, RoomInventory, RoomType
from payments.models import Folio, FolioEntry, Payment

Row = dict[str, Any]


def _nights(arrival: date, departure: date) -> Iterator[date]:
    return (arrival + timedelta(days=number) for number in range((departure - arrival).days))


def _stay(request: HttpRequest) -> tuple[date, date]:
    return date.fromisoformat(request.GET["arrival"]), date.fromisoformat(request.GET["departure"])


def room_types(request: HttpRequest, slug: str) -> HttpResponse:
    """The room types of a house, each with its amenities, photos and prices by guests."""
    found = [
        {
            "name": room_type.name,
            "house": room_type.property.name,
            "amenities": [amenity.name for amenity in room_type.amenities.all()],
            "photos": [photo.alt for photo in room_type.photos.all()],
            "prices": [str(price.value) for price in room_type.occupancy_prices.all()],
        }
        for room_type in RoomType.objects.filter(property__slug=slug)
    ]
    return JsonResponse({"results": found})


def _free(house: Property, arrival: date, departure: date) -> list[Row]:
    found = []
    for room_type in house.room_types.all():
        for plan in house.rate_plans.all():
            available, total = 99, Decimal(0)
            for night in _nights(arrival, departure):
                available = min(
                    available, RoomInventory.objects.get(room_type=room_type, date=night).available
                )
                priced = plan.derived_from or plan
                rate = Rate.objects.get(room_type=room_type, rate_plan=priced, date=night)
                total += rate.price + (plan.derived_value if plan.derived_from else 0)
            found.append(
                {"room_type": room_type.name, "plan": plan.name, "free": available, "total": str(total)}
            )
    return found


def availability(request: HttpRequest, slug: str) -> HttpResponse:
    """What a house has free, night by night."""
    return JsonResponse({"results": _free(Property.objects.get(slug=slug), *_stay(request))})


def search(request: HttpRequest) -> HttpResponse:
    """What a city has free, house by house."""
    houses = Property.objects.filter(city__icontains=request.GET["where"], is_published=True)
    found = [{"house": house.name, "free": _free(house, *_stay(request))} for house in houses]
    return JsonResponse({"results": found})


def _bookings_of(user: Any) -> list[Row]:
    return [
        {
            "reference": booking.reference,
            "house": booking.property.name,
            "room_type": booking.room_type.name,
            "plan": booking.rate_plan.name,
            "balance": str(sum(entry.amount for entry in booking.folio.entries.all())),
            "payments": [str(payment.amount) for payment in booking.folio.payments.all()],
            "nights": [str(night.price) for night in booking.nights.all()],
        }
        for booking in Booking.objects.filter(user=user).order_by("-created_at")[:20]
    ]


def bookings(request: HttpRequest) -> HttpResponse:
    """A guest's bookings with their money."""
    return JsonResponse({"results": _bookings_of(request.user)})


def dashboard(request: HttpRequest) -> HttpResponse:
    """What a guest's dashboard is made of: stays, and for each whether it was reviewed."""
    stays = _bookings_of(request.user)
    for stay in stays:
        stay["is_reviewed"] = Review.objects.filter(booking__reference=stay["reference"]).exists()
    return JsonResponse(
        {"stays": stays, "trips": list(Trip.objects.filter(user_id=request.user.pk or 0).values("pk"))}
    )


@csrf_exempt
def book(request: HttpRequest) -> HttpResponse:
    """Make a booking: night by night, row by row, and all of it committed."""
    asked = json.loads(request.body)
    arrival, departure = date.fromisoformat(asked["arrival"]), date.fromisoformat(asked["departure"])
    with transaction.atomic():
        room_type = RoomType.objects.get(pk=asked["room_type"])
        plan = RatePlan.objects.get(pk=asked["rate_plan"])
        prices = {}
        for night in _nights(arrival, departure):
            inventory = RoomInventory.objects.select_for_update().get(room_type=room_type, date=night)
            if inventory.available < 1:
                return JsonResponse({"error": "sold out"}, status=409)
            inventory.held += 1
            inventory.save()
            prices[night] = Rate.objects.get(room_type=room_type, rate_plan=plan, date=night).price
        total = sum(prices.values(), Decimal(0))
        folio = Folio.objects.create(property=room_type.property, currency=room_type.property.currency)
        booking = Booking.objects.create(
            reference=uuid.uuid4().hex[:16].upper(),
            property=room_type.property,
            room_type=room_type,
            rate_plan=plan,
            folio=folio,
            guest_name=asked["guest"]["name"],
            guest_email=asked["guest"]["email"],
            arrival=arrival,
            departure=departure,
            adults=asked["adults"],
            currency=folio.currency,
            room_total=total,
            total=total,
            hold_expires_at=timezone.now() + timedelta(minutes=15),
        )
        for night, price in prices.items():
            BookingNight.objects.create(booking=booking, date=night, price=price)
            FolioEntry.objects.create(
                folio=folio, kind="charge", description="Room", stay_date=night, amount=price
            )
    return JsonResponse({"reference": booking.reference}, status=201)


def prices(request: HttpRequest, room_type_id: int) -> HttpResponse:
    """How the price of a stay moved: every change of the room type, looked through in Python."""
    arrival, departure = _stay(request)
    wanted = set(_nights(arrival, departure))
    found = [
        {"at": change.changed_at.isoformat(), "plan": change.rate_plan.name, "price": str(change.price_after)}
        for change in PriceChange.objects.filter(room_type_id=room_type_id).order_by("changed_at")
        if wanted & set(change.nights)
    ]
    return JsonResponse({"results": found})


def reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest reviews of a house, with its score counted anew."""
    house = Property.objects.get(slug=slug)
    published = house.reviews.filter(status="published").order_by("-published_at", "-id")
    found = [
        {"title": review.title, "score": str(review.score), "room_type": review.booking.room_type.name}
        for review in published[:20]
    ]
    scores = [review.score for review in published]
    return JsonResponse({"results": found, "score": str(sum(scores) / len(scores)) if scores else None})


def report(request: HttpRequest) -> HttpResponse:
    """Occupancy and revenue of a house by month, added up in Python from bookings and nights."""
    house = Property.objects.get(pk=request.GET["property"])
    first, end = date.fromisoformat(request.GET["from"]), date.fromisoformat(request.GET["to"])
    sold: dict[str, int] = {}
    revenue: dict[str, Decimal] = {}
    rooms: dict[str, int] = {}
    for booking in house.bookings.exclude(status="cancelled").filter(arrival__lte=end, departure__gt=first):
        for night in booking.nights.all():
            if first <= night.date <= end:
                month = f"{night.date:%Y-%m}"
                sold[month] = sold.get(month, 0) + 1
                revenue[month] = revenue.get(month, Decimal(0)) + night.price
    for room_type in house.room_types.all():
        for stock in room_type.inventory.filter(date__range=(first, end)):
            month = f"{stock.date:%Y-%m}"
            rooms[month] = rooms.get(month, 0) + stock.total
    captured = Payment.objects.filter(folio__property=house, status="captured").count()
    return JsonResponse(
        {
            "months": [
                {
                    "month": month,
                    "sold": sold.get(month, 0),
                    "rooms": total,
                    "revenue": str(revenue.get(month, 0)),
                }
                for month, total in sorted(rooms.items())
            ],
            "payments": captured,
        }
    )
