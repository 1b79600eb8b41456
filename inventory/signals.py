"""What inventory announces to the apps above it."""

from django.dispatch import Signal

nights_freed = Signal()
"""Sent after commit when rooms came back on sale: ``room_type_id``, ``arrival``, ``departure``, ``rooms``."""

inventory_changed = Signal()
"""Sent inside the transaction that changed how many rooms are free: ``property_id``, ``room_type_id`` (None: all of the
property), ``arrival``, ``departure``. What a receiver raises undoes the change."""

calendar_read = Signal()
"""Sent after commit when a calendar of another channel was brought in, or could not be: ``calendar_id``."""

rates_changed = Signal()
"""Sent inside the transaction that changed nightly rates: ``property_id`` and ``changes`` (`RatesChange`)."""
