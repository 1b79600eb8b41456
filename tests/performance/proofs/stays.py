"""Indexes of bookings, groups, guests and reviews, each with what reads by it."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import User
from bookings.models import Booking, Guest, SpaceBooking, Trip
from bookings.selectors import (
    assignments,
    changes,
    desk,
    groups,
    guests,
    reviews,
    today,
    trips,
    unsettled,
    visible,
)
from bookings.selectors.channels import stays_for_channels
from bookings.selectors.spaces import due, lists
from bookings.selectors.spaces.availability import occupied_periods
from bookings.services import registering
from bookings.services.reaping import expired_holds_exist
from core.dates import StayDates
from inventory.hourly import Period
from inventory.models import Property
from tests.performance.filling import BASE
from tests.performance.proving import Proofs

STAFF = User(pk=1, is_staff=True, is_superuser=True)

PROOFS: Proofs = {
    "booking_user_status": lambda world: list(
        visible.bookings_visible(user=User(pk=world.user), statuses=["confirmed"])[:20]
    ),
    "booking_room_type_dates": lambda world: stays_for_channels(world.room_type, world.today),
    "booking_active_dates": lambda world: today.day_at_desk(
        house=Property.objects.get(pk=world.house), at=world.at
    ),
    "booking_left": lambda world: today.day_at_desk(house=Property.objects.get(pk=world.house), at=world.at),
    "booking_property_dates": lambda world: list(
        visible.bookings_visible(
            user=STAFF,
            property_id=world.house,
            arrival_from=world.today,
            order="arrival",
        )[:20]
    ),
    "booking_guest_email": lambda world: list(Booking.objects.of_guest_email("Guest7@Example.com")),
    "booking_guest": lambda world: list(guests.guest_stays(guest_id=BASE + 4)[:50]),
    "booking_guest_unlinked": lambda world: guests.bookings_without_guest(limit=100),
    "booking_trip": lambda world: trips.trip_stays(trip=Trip(pk=BASE + 20)),
    "booking_group": lambda world: groups.group_bookings(group_id=BASE + 30),
    "booking_holds": lambda world: unsettled.holds_expired(at=world.at, limit=100),
    "group_release": lambda world: groups.groups_due(at=world.at, limit=10),
    "review_published": lambda world: list(reviews.reviews_published(property_id=world.house)[:10]),
    "review_by_score": lambda world: list(
        reviews.reviews_published(property_id=world.house, order="best")[:10]
    ),
    "review_property_status": lambda world: list(
        reviews.reviews_visible(user=STAFF, status="published", property_id=world.house)[:20]
    ),
    "assignment_booking": lambda world: assignments.assignments_of(Booking(pk=BASE + 7)),
    "registration_keep_until": lambda world: registering.registrations_forget(at=world.at, batch_rows=100),
    "guest_property_name": lambda world: guests.guest_duplicates(Guest.objects.get(pk=BASE + 7)),
    "guest_property_phone": lambda world: guests.guest_duplicates(Guest.objects.get(pk=BASE + 9)),
    "booking_change_booking": lambda world: changes.changes_of_booking(booking=Booking(pk=BASE + 7)),
    "booking_change_pending": lambda world: changes.changes_overdue(at=world.at, limit=10),
    "trip_user_created": lambda world: list(trips.trips_of_user(user=User(pk=world.user))),
    "space_booking_user": lambda world: lists.space_bookings_upcoming(
        user=User(pk=world.user), at=world.at, limit=5
    ),
    "space_booking_property": lambda world: lists.space_bookings_today(
        house=Property.objects.get(pk=world.house), at=world.at
    ),
    "space_booking_series": lambda world: lists.series_of(SpaceBooking(series_id=BASE + 11)),
    "space_booking_waits": lambda world: due.space_waits_over(at=world.at, limit=100),
    "space_booking_ahead": lambda world: due.space_reminders_due(at=world.at, limit=100),
    "group_property_arrival": lambda world: list(
        groups.groups_visible(property_ids=None, property_id=world.house)[:20]
    ),
    "booking_change_hold_night": lambda world: expired_holds_exist(
        room_type_id=world.room_type, stay=StayDates(world.day(20), world.day(23)), at=world.at
    ),
    "booking_note_latest": lambda world: desk.booking_desk(
        booking=Booking.objects.select_related("property", "guest").get(pk=BASE + 7)
    ),
    "space_booking_space_start": lambda world: occupied_periods(
        space_ids=[BASE + 3], span=Period(world.at, world.at + timedelta(days=2)), at=world.at
    ),
}
