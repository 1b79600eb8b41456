"""What accounts announce to the apps above them."""

from django.dispatch import Signal

account_mail = Signal()
"""Sent inside the transaction of the request: ``template``, ``email``, ``context``, ``language``."""
