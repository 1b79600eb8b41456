"""Telling people and programs what happened."""

from .events import domain_event_record
from .messages import DEFAULT_LANGUAGE, language_supported, notification_enqueue

__all__ = ["DEFAULT_LANGUAGE", "domain_event_record", "language_supported", "notification_enqueue"]
