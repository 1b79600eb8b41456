"""Messages, events, and who is told of them."""

from .deliveries import WebhookDeliveryAdmin
from .events import DomainEventAdmin
from .messages import NotificationAdmin
from .webhooks import WebhookEndpointAdmin

__all__ = ["DomainEventAdmin", "NotificationAdmin", "WebhookDeliveryAdmin", "WebhookEndpointAdmin"]
