"""The floors: what a request costs that does nothing, and what the database alone takes for each operation."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.data.inserting import Insert
from bookings.models import Booking, BookingNight
from payments.models import Folio


def empty(request: HttpRequest) -> HttpResponse:
    """Answer nothing, through all middleware."""
    return HttpResponse(b"")


class EmptyView(APIView):
    """The same through the REST framework, its authentication and rate limits."""

    def get(self, request: Request) -> Response:
        return Response({})


ROOM_TYPES = "SELECT * FROM inventory_roomtype WHERE property_id = %(house)s AND is_active"
AVAILABILITY = """
SELECT i.room_type_id, min(i.available), sum(r.price)
  FROM inventory_roomtype t
  JOIN inventory_roominventory i ON i.room_type_id = t.id AND i.date >= %(arrival)s AND i.date < %(departure)s
  JOIN inventory_rate r ON r.room_type_id = t.id AND r.date = i.date
 WHERE t.property_id = ANY(%(houses)s)
 GROUP BY i.room_type_id
"""
BOOKINGS = """
SELECT b.*, p.name, t.name, (SELECT sum(amount) FROM payments_folioentry e WHERE e.folio_id = b.folio_id)
  FROM bookings_booking b JOIN inventory_property p ON p.id = b.property_id
  JOIN inventory_roomtype t ON t.id = b.room_type_id
 WHERE b.user_id = %(user)s
 ORDER BY b.created_at DESC LIMIT 20
"""
PRICES = """
SELECT * FROM inventory_pricechange
 WHERE room_type_id = %(room_type)s AND stay_month = date_trunc('month', %(arrival)s::date)::date
"""
REVIEWS = """
SELECT * FROM bookings_review WHERE property_id = %(house)s AND status = 'published'
 ORDER BY published_at DESC, id DESC LIMIT 20
"""
REPORT = """
SELECT date_trunc('month', date::timestamp), sum(sold), sum(revenue) FROM reports_dailystat
 WHERE property_id = %(house)s AND date >= %(year_ago)s AND date < %(today)s GROUP BY 1
"""
TAKE = (
    """SELECT id FROM inventory_roominventory WHERE room_type_id = %(room_type)s
          AND date >= %(arrival)s AND date < %(departure)s ORDER BY date FOR UPDATE""",
    """UPDATE inventory_roominventory SET held = held + 1 WHERE room_type_id = %(room_type)s
          AND date >= %(arrival)s AND date < %(departure)s""",
)
"""Lock and take nights."""
NIGHT = "%(arrival)s::date + night"
NIGHTS = "generate_series(0, %(departure)s::date - %(arrival)s::date - 1) night"
COMMIT = "SELECT pg_logical_emit_message(true, 'bench', '')"
"""As little as a commit can write that waits for the disk."""


def hold() -> tuple[str, ...]:
    """The statements of a booking that is held: nights taken, folio, booking and its nights written."""
    return (
        *TAKE,
        Insert(
            Folio,
            "inventory_roomtype WHERE id = %(room_type)s",
            {"property_id": "property_id", "currency": "'EUR'"},
        ).statement(),
        Insert(
            Booking,
            "inventory_roomtype WHERE id = %(room_type)s",
            {
                "reference": "upper(substr(md5(random()::text), 1, 16))",
                "property_id": "property_id",
                "room_type_id": "id",
                "rate_plan_id": "%(rate_plan)s",
                "folio_id": "currval(pg_get_serial_sequence('payments_folio', 'id'))",
                "guest_name": "'Ada Lovelace'",
                "guest_email": "'ada@guest.example'",
                "arrival": "%(arrival)s",
                "departure": "%(departure)s",
                "adults": "2",
                "currency": "'EUR'",
                "room_total": "%(total)s",
                "total": "%(total)s",
                "hold_expires_at": "now() + interval '15 minutes'",
            },
        ).statement(),
        Insert(
            BookingNight,
            f"{NIGHTS} JOIN inventory_rate rate ON rate.room_type_id = %(room_type)s AND rate.date = {NIGHT}"
            " AND rate.rate_plan_id = %(rate_plan)s",
            {
                "booking_id": "currval(pg_get_serial_sequence('bookings_booking', 'id'))",
                "date": "rate.date",
                "price": "rate.price",
            },
        ).statement(),
    )


def sql_seconds(statements: Sequence[str], parameters: dict[str, Any]) -> float:
    """How long the statements of one operation take, rows fetched, more than one of them in one transaction."""
    started = time.perf_counter()
    if len(statements) == 1:
        _run(statements[0], parameters)
    else:
        with transaction.atomic():
            for statement in statements:
                _run(statement, parameters)
    return time.perf_counter() - started


def _run(statement: str, parameters: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        if cursor.description:
            cursor.fetchall()
