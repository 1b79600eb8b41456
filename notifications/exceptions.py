"""What can be refused about messages, webhooks and events, and how sending can fail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict, DomainError, NotFound, ValidationFailed


class EndpointNotFound(NotFound):
    """No such endpoint, or it is not the actor's to see."""

    code = "webhook_endpoint_not_found"
    message = _("There is no such webhook endpoint.")


class DeliveryNotFound(NotFound):
    """No such delivery, or it is not the actor's to see."""

    code = "webhook_delivery_not_found"
    message = _("There is no such delivery.")


class EventsNotFound(NotFound):
    """No such property, or its events are not the actor's to see."""

    code = "property_not_found"
    message = _("There is no such property.")


class EndpointOff(Conflict):
    """Nothing is sent to an endpoint that is switched off."""

    code = "webhook_endpoint_off"
    message = _("This endpoint is switched off. Switch it on first.")


class TooManyEndpoints(Conflict):
    """A property, or the chain, has as many endpoints as it may have."""

    code = "too_many_webhook_endpoints"
    message = _("There are too many webhook endpoints already.")


class EventTypeUnknown(ValidationFailed):
    """No events of this type are ever sent."""

    code = "unknown_event_type"
    message = _("There is no such type of events.")


class RangeInvalid(ValidationFailed):
    """A range of events that contains none, or names no beginning."""

    code = "invalid_range"
    message = _("Say from which event or time on, and until a later one.")


class CursorTooOld(DomainError):
    """Events after the cursor are not kept any more (410): what was missed has to be read elsewhere."""

    code = "cursor_too_old"
    http_status = 410
    message = _("Events after this number are not kept any more.")


class CursorAhead(Conflict):
    """The cursor is beyond the newest event: it is another stream's, or the database was restored."""

    code = "cursor_ahead"
    message = _("There is no event with this number yet: the cursor belongs to another list.")


class NotificationNotFound(NotFound):
    """It is not there, or in somebody else's inbox."""

    code = "notification_not_found"
    message = _("There is no such message in your inbox.")


class ChoiceNotAllowed(ValidationFailed):
    """What a booking or an account needs is told in any case."""

    code = "choice_not_allowed"
    message = _("These messages cannot be switched off.")


class DeliveryError(Exception):
    """A message was not taken. The text is the server's own, for staff."""


class DeliveryRefused(DeliveryError):
    """For good: there is no such mailbox, or the message is not wanted. Trying again will not help."""


class DeliveryDeferred(DeliveryError):
    """Not now, says the server, which works: the message is to be tried again."""


class DeliveryInterrupted(DeliveryError):
    """The server was reached and did not answer to the end. It may have taken the message."""


class ServerAway(DeliveryError):
    """The server cannot be reached, or lets nobody in. No message is to blame for that."""
