"""The data that plans are made on: a year of a middling site, told in a few dozen statements."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from accounts.models import User
from inventory import models as inventory

from .figures import NIGHTS, World
from .filling import BASE, fill, ids
from .stays import stays_build
from .work import work_build

FIRST_NIGHT = "current_date - 30"
"""The first night with inventory, as SQL."""


def build(*, houses: int = 40, users: int = 500, stays: int = 8_000) -> World:
    """Write it all and let the planner count it. Inside a transaction that is rolled back in the end."""
    at = timezone.now()
    world = World(at, at.date(), houses, users, stays)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        _people(world)
        _houses(world)
        stays_build(world)
        work_build(world)
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("ANALYZE")
    return world


def _people(world: World) -> None:
    fill(User, world.users, email="'guest' || n || '@example.com'", full_name="'Guest ' || n")


def _houses(world: World) -> None:
    names = "(ARRAY['Hotel Adler', 'Café Royal', 'Pension Löwe', 'Sea View', 'Grand'])[1 + n %% 5]"
    cities = (
        "(ARRAY['München', 'Lisboa', 'Berlin', 'São Paulo', 'Zürich', 'Málaga', 'Wien', 'Graz'])[1 + n %% 8]"
    )
    fill(
        inventory.Property,
        world.houses,
        name=f"{names} || ' ' || n",
        slug="'house-' || n",
        description="'Quiet rooms with a view of the river, a garden and breakfast at house ' || n",
        city=cities,
        country="'DE'",
        time_zone="'UTC'",
        currency="'EUR'",
        is_published="n %% 10 <> 0",
    )
    houses, types = ids(world.houses), ids(world.room_types)
    fill(
        inventory.RoomType,
        world.room_types,
        property=ids(world.houses, offset="-1"),
        code="'T' || n",
        name="'Double ' || n",
    )
    fill(
        inventory.RatePlan,
        world.houses,
        property=ids(world.houses, offset="-1"),
        code="'FLEX'",
        name="'Flexible'",
        cancellation_policy=f"{BASE}",
        deposit_policy=f"{BASE}",
    )
    rooms = world.room_types * NIGHTS
    night = f"{FIRST_NIGHT} + ((n - 1) / {world.room_types})::int"
    fill(
        inventory.RoomInventory,
        rooms,
        room_type=ids(world.room_types, offset="-1"),
        date=night,
        total="10",
        sold="n %% 9",
    )
    fill(
        inventory.Rate,
        rooms,
        room_type=ids(world.room_types, offset="-1"),
        rate_plan=f"{BASE} + 1 + ((n - 1) %% {world.room_types}) %% {world.houses}",
        date=night,
        price="80 + n %% 40",
    )
    fill(
        inventory.InventoryBlock,
        4_000,
        room_type=types,
        start="current_date - 500 + (n / 4)::int",
        end="current_date - 497 + (n / 4)::int",
    )
    fill(
        inventory.Restriction,
        4_000,
        property=houses,
        first_date="current_date - 900 + (n / 4)::int",
        last_date="current_date - 895 + (n / 4)::int",
    )
    fill(
        inventory.RateEdit,
        4_000,
        property=houses,
        kind="'set'",
        status="CASE WHEN n %% 50 = 0 THEN 'applied' ELSE 'undone' END",
    )
    fill(
        inventory.PriceChange,
        12_000,
        changed_at="now() - (n %% 300) * interval '1 day'",
        room_type=types,
        rate_plan=houses,
        stay_month=f"date_trunc('month', current_date + (n / {world.room_types} * 7 %% 360)::int)::date",
        nights=f"ARRAY[current_date + (n / {world.room_types} * 7 %% 360)::int]",
        currency="'EUR'",
        price_before="100 + n %% 7",
        price_after="120 + n %% 7",
    )
    fill(
        inventory.ExternalCalendar,
        2_000,
        room_type=types,
        name="'Channel ' || n",
        url="'https://example.com/' || n",
        fetched_at="now() - n * interval '1 minute'",
        is_enabled="n %% 4 <> 0",
    )
    fill(
        inventory.ExternalEvent,
        5_000,
        calendar=ids(2_000),
        uid="'event-' || n",
        start="current_date - 700 + (n / 10)::int",
        end="current_date - 698 + (n / 10)::int",
    )
    fill(
        inventory.CalendarConflict,
        3_000,
        calendar=ids(2_000),
        nights="ARRAY[current_date]",
        state="CASE WHEN n %% 60 = 0 THEN 'open' ELSE 'resolved' END",
        resolution="CASE WHEN n %% 60 = 0 THEN '' ELSE 'vanished' END",
        resolved_at="CASE WHEN n %% 60 = 0 THEN NULL ELSE now() END",
    )
