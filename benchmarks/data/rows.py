"""The many rows: nights, rates and their history, accounts, bookings with their money, reviews, figures of days.

Booking number ``n`` (from 0) is of room type ``n % types``; the bookings of a room type follow one another evenly over
the two years, so that at most `ROOMS_PER_TYPE` share a night; a check constraint refuses the data where more do.
"""

from __future__ import annotations

from accounts.models import User
from benchmarks.data.inserting import Insert
from benchmarks.data.sizes import DAYS_AHEAD, DAYS_BACK, ROOM_TYPES_PER_PROPERTY, Size
from bookings.models import Booking, BookingNight, Guest, Review
from inventory.models import PriceChange, Rate, RoomInventory
from payments.models import Folio, FolioEntry, Payment

FIRST = f"(current_date - {DAYS_BACK})"
DAYS = DAYS_BACK + DAYS_AHEAD
NIGHTS_MAX = 4
REVIEWED = 5
"""One of so many stays that are over has a review."""

FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION bench_price(room_type bigint, night date) RETURNS numeric IMMUTABLE LANGUAGE sql
RETURN 80 + (room_type % {ROOM_TYPES_PER_PROPERTY}) * 12
     + CASE WHEN extract(isodow FROM night) IN (5, 6) THEN 20 ELSE 0 END
     + CASE WHEN extract(month FROM night) IN (6, 7, 8) THEN 30 ELSE 0 END;
"""
"""The price of a night, as the rates have it and as it was sold."""

PROPERTY = f"(room_type_id - 1) / {ROOM_TYPES_PER_PROPERTY} + 1"
PLAN = f"2 * ((room_type_id - 1) / {ROOM_TYPES_PER_PROPERTY}) + 1"

GUEST_EMAIL = "'guest-' || coalesce(user_id - 1000, id) || '@guest.example'"
GUEST_COUNTRY = "(ARRAY['DE', 'PT', 'FR', 'GB', 'ES', 'US'])[1 + id % 6]"


def nights(size: Size) -> Insert:
    """Two years of nights of every room type, with what is sold of them: booked first, this comes after."""
    return Insert(
        RoomInventory,
        f"""inventory_roomtype room_type
  CROSS JOIN generate_series(0, {DAYS - 1}) day
  CROSS JOIN LATERAL (SELECT {FIRST} + day AS date) night
  LEFT JOIN (
       SELECT booking.room_type_id, sold_night.date, count(*) AS rooms
         FROM bookings_booking booking JOIN bookings_bookingnight sold_night ON sold_night.booking_id = booking.id
        WHERE booking.status <> 'cancelled'
        GROUP BY 1, 2) sold ON sold.room_type_id = room_type.id AND sold.date = night.date
  JOIN (SELECT room_type_id, count(*) AS rooms FROM inventory_room GROUP BY 1) known
    ON known.room_type_id = room_type.id
  ORDER BY room_type.id, night.date""",
        {
            "room_type_id": "room_type.id",
            "date": "night.date",
            "total": "known.rooms",
            "sold": "coalesce(sold.rooms, 0)",
        },
    )


def rates(size: Size) -> Insert:
    """The price of every night at the plan with prices of its own."""
    return Insert(
        Rate,
        f"""generate_series(1, {size.room_types}) room_type_id CROSS JOIN generate_series(0, {DAYS - 1}) day
  ORDER BY room_type_id, day""",
        {
            "room_type_id": "room_type_id",
            "rate_plan_id": PLAN,
            "date": f"{FIRST} + day",
            "price": f"bench_price(room_type_id, {FIRST} + day)",
        },
    )


def price_changes(size: Size) -> Insert:
    """Four changes of each month's prices, over the last four months."""
    return Insert(
        PriceChange,
        f"""generate_series(0, 3) change CROSS JOIN generate_series(1, {size.room_types}) room_type_id
  CROSS JOIN generate_series(0, {DAYS // 30}) month
  CROSS JOIN LATERAL (SELECT (date_trunc('month', {FIRST}::timestamp) + month * interval '1 month')::date AS first) of
  ORDER BY change, room_type_id, month""",
        {
            "changed_at": "now() - (4 - change) * interval '29 days'",
            "room_type_id": "room_type_id",
            "rate_plan_id": PLAN,
            "stay_month": "of.first",
            "nights": """ARRAY(SELECT of.first + number FROM generate_series(0, 30) number
                  WHERE of.first + number < of.first + interval '1 month')""",
            "currency": "'EUR'",
            "price_before": "70 + change * 5 + room_type_id % 7",
            "price_after": "75 + change * 5 + room_type_id % 7",
        },
    )


def users(size: Size) -> Insert:
    """Accounts of guests; they have no password, so nobody can log in as one."""
    return Insert(
        User,
        f"generate_series(1, {size.users}) number",
        {
            "id": "1000 + number",
            "password": "'!'",
            "email": "'guest-' || number || '@guest.example'",
            "full_name": "'Guest Number ' || number",
            "country": "'DE'",
            "language": "'en'",
            "date_joined": "now() - interval '1 year'",
        },
    )


def stays(size: Size) -> str:
    """The bookings before they are written, for the statements that follow: a table that lives as long as the build."""
    per_type, types = size.bookings_per_room_type, size.room_types
    return f"""
CREATE UNLOGGED TABLE bench_stay AS
SELECT n + 1 AS id, room_type_id, {PROPERTY} AS property_id, {PLAN} AS plan_id,
       arrival, departure, user_id,
       min(n + 1) OVER (PARTITION BY {PROPERTY}, coalesce(user_id - 1000, n + 1)) AS guest_id,
       CASE WHEN (k * 7 + room_type_id) % 10 = 0 THEN 'cancelled'
            WHEN departure <= current_date THEN 'checked_out'
            WHEN arrival < current_date THEN 'checked_in'
            ELSE 'confirmed' END AS status,
       (SELECT sum(bench_price(room_type_id, night)) FROM generate_series(arrival, departure - 1, '1 day') AS day(at)
         CROSS JOIN LATERAL (SELECT at::date AS night) one) AS total
  FROM (SELECT n, n / {types} AS k, n % {types} + 1 AS room_type_id,
               {FIRST} + (n / {types}) * {DAYS - NIGHTS_MAX} / {per_type} AS arrival,
               {FIRST} + (n / {types}) * {DAYS - NIGHTS_MAX} / {per_type}
                       + 1 + ((n / {types}) * 3 + n % {types}) % {NIGHTS_MAX} AS departure,
               CASE WHEN n % 2 = 0 THEN 1001 + (n / 2) % {size.users} END AS user_id
          FROM generate_series(0, {size.bookings - 1}) n) made
"""


def folios(size: Size) -> Insert:
    """A folio for each booking."""
    return Insert(
        Folio, "bench_stay ORDER BY id", {"id": "id", "property_id": "property_id", "currency": "'EUR'"}
    )


def guests(size: Size) -> Insert:
    """A profile of each guest at each house."""
    return Insert(
        Guest,
        "bench_stay WHERE id = guest_id ORDER BY id",
        {
            "id": "id",
            "property_id": "property_id",
            "name": "'Guest Number ' || id",
            "email": GUEST_EMAIL,
            "country": GUEST_COUNTRY,
        },
    )


def bookings(size: Size) -> Insert:
    """The bookings, made 40 days before their arrival."""
    made_at = "arrival - interval '40 days'"
    over = "status = 'checked_out'"
    return Insert(
        Booking,
        "bench_stay ORDER BY id",
        {
            "id": "id",
            "created_at": made_at,
            "updated_at": made_at,
            "reference": "'BENCH' || lpad(id::text, 9, '0')",
            "property_id": "property_id",
            "room_type_id": "room_type_id",
            "rate_plan_id": "plan_id",
            "folio_id": "id",
            "user_id": "user_id",
            "guest_name": "'Guest Number ' || id",
            "guest_id": "guest_id",
            "guest_email": GUEST_EMAIL,
            "guest_country": GUEST_COUNTRY,
            "arrival": "arrival",
            "departure": "departure",
            "adults": "2",
            "status": "status",
            "currency": "'EUR'",
            "room_total": "total",
            "total": "total",
            "quote": "jsonb_build_object('tax_included', round(total * 7 / 107, 2)::text, 'lines', '[]'::jsonb)",
            "market_segment": "(ARRAY['leisure', 'business', 'groups'])[1 + id % 3]",
            "channel": "(ARRAY['web', 'api', 'staff', 'travel_agent'])[1 + id % 4]",
            "confirmed_at": made_at,
            "cancelled_at": "CASE WHEN status = 'cancelled' THEN arrival - interval '10 days' END",
            "cancellation_fee": "CASE WHEN status = 'cancelled' THEN 0 END",
            "checked_in_at": f"CASE WHEN {over} OR status = 'checked_in' THEN arrival + interval '15 hours' END",
            "checked_out_at": f"CASE WHEN {over} THEN departure + interval '10 hours' END",
        },
    )


def booking_nights(size: Size) -> Insert:
    """Each night of each booking, at the price it was sold for."""
    return Insert(
        BookingNight,
        f"""bench_stay stay CROSS JOIN generate_series(0, {NIGHTS_MAX - 1}) offset_days
 WHERE offset_days < departure - arrival
 ORDER BY stay.id, offset_days""",
        {
            "booking_id": "stay.id",
            "date": "arrival + offset_days",
            "price": "bench_price(room_type_id, arrival + offset_days)",
        },
    )


def payments(size: Size) -> Insert:
    """A card payment for each booking that was not called off."""
    return Insert(
        Payment,
        "bench_stay WHERE status <> 'cancelled' ORDER BY id",
        {
            "id": "id",
            "created_at": "arrival - interval '40 days'",
            "updated_at": "arrival - interval '40 days'",
            "folio_id": "id",
            "user_id": "user_id",
            "gateway": "'sandbox'",
            "purpose": "'total'",
            "amount": "total",
            "currency": "'EUR'",
            "status": "'captured'",
            "idempotency_key": "'bench-' || lpad(id::text, 9, '0')",
            "captured_at": "arrival - interval '40 days'",
        },
    )


def charges(size: Size) -> Insert:
    """What each stay costs, night by night; those called off cost nothing."""
    return Insert(
        FolioEntry,
        """bench_stay stay JOIN bookings_bookingnight night ON night.booking_id = stay.id
 WHERE status <> 'cancelled'""",
        {
            "folio_id": "stay.id",
            "kind": "'charge'",
            "description": "'Room'",
            "stay_date": "night.date",
            "amount": "night.price",
            "created_at": "arrival - interval '40 days'",
        },
    )


def money_entries(size: Size) -> Insert:
    """What was paid."""
    return Insert(
        FolioEntry,
        "bench_stay WHERE status <> 'cancelled'",
        {
            "folio_id": "id",
            "kind": "'payment'",
            "description": "'Card'",
            "amount": "-total",
            "payment_id": "id",
            "created_at": "arrival - interval '40 days'",
        },
    )


def reviews(size: Size) -> Insert:
    """What guests say of some stays that are over, all published."""
    return Insert(
        Review,
        f"bench_stay WHERE status = 'checked_out' AND id % {REVIEWED} = 0",
        {
            "booking_id": "id",
            "property_id": "property_id",
            "user_id": "user_id",
            "author_name": "'Guest'",
            "author_country": "'DE'",
            "language": "'en'",
            "title": "'A stay of ' || (departure - arrival) || ' nights'",
            "text": "repeat('The room was quiet and the breakfast good. ', 5)",
            "cleanliness": "3 + id % 3",
            "comfort": "3 + (id / 3) % 3",
            "location": "2 + (id / 7) % 4",
            "staff": "4 + id % 2",
            "value": "1 + (id / 5) % 5",
            "status": "'published'",
            "submitted_at": "departure + interval '1 day'",
            "published_at": "departure + interval '2 days'",
        },
    )


RATINGS = """
INSERT INTO inventory_propertyrating
       (property_id, review_count, cleanliness_sum, comfort_sum, location_sum, staff_sum, value_sum)
SELECT property_id, count(*), sum(cleanliness), sum(comfort), sum(location), sum(staff), sum(value)
  FROM bookings_review WHERE status = 'published' GROUP BY property_id
"""
