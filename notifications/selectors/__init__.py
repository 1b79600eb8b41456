"""Reading messages and events."""

from .messages import notification_get, notifications_latest, notifications_with_keys

__all__ = ["notification_get", "notifications_latest", "notifications_with_keys"]
