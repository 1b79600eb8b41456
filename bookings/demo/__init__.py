"""The demo: real bookings moved to today, a dozen more houses, and people who have booked there."""
