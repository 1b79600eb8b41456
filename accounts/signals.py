"""What accounts announce to the apps above them."""

from django.dispatch import Signal

account_mail = Signal()
"""Sent inside the transaction of the request: ``template``, ``email``, ``context``, ``language``."""

security_event = Signal()
"""Sent when an account is used in a new way: ``user``, ``event``, ``at``, ``ip``, ``user_agent``."""
