"""What bookings add to the calendars that inventory hands out."""

from __future__ import annotations

from inventory.channels.sources import stay_source_register

from .selectors.channels import stays_for_channels


def register() -> None:
    """Show stays in the feeds of their room types; called when the app is ready."""
    stay_source_register(stays_for_channels)
