"""Bookings and the nights they were sold for."""

from .booking import Booking, BookingChannel, BookingNight

__all__ = ["Booking", "BookingChannel", "BookingNight"]
