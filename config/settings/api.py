"""The API for programs, and its description."""

from __future__ import annotations

from datetime import timedelta

from .servers import env

REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "core.api.problems.problem_exception_handler",
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.ProblemAutoSchema",
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.PagePagination",
    "DEFAULT_THROTTLE_CLASSES": [
        "core.api.throttling.ClientRateThrottle",
        "core.api.throttling.SensitiveRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"client": "100/min", "sensitive": "20/min", "calendar_feed": "300/min"},
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.StrictJSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ApiTokenAuthentication",
        "accounts.authentication.ApiSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "NUM_PROXIES": env.int("NUM_PROXIES", default=0),
}
TOKEN_DAYS = 30
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=TOKEN_DAYS),
    "TOKEN_LIMIT_PER_USER": 20,
    "TOKEN_PREFIX": "vac_",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Vacancy API",
    "DESCRIPTION": (
        "Find rooms, quote stays, book, pay and cancel.\n\n"
        "Amounts are decimals in strings with their currency. Nights are dates; a stay is from its arrival to its "
        "departure, which is not slept in. Every refusal is a problem document (RFC 9457) with a `code` for programs; "
        "fields that do not exist are refused by name. What moves rooms or money takes an `Idempotency-Key` and "
        "happens once. Log in with a token (`Authorization: Token …`), or open one booking with its own "
        "(`X-Booking-Token`). Lists come in pages; limits are told in `X-RateLimit-*`."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "defaultModelsExpandDepth": 0},
    "TAGS": [
        {"name": "properties", "description": "What is the same for every guest."},
        {"name": "availability", "description": "Free rooms and prices for a stay, and why there are none."},
        {"name": "quotes", "description": "What a stay costs, line by line, to the cent."},
        {"name": "bookings", "description": "From the hold to the end of the stay."},
        {"name": "payments", "description": "Paying for a booking, and what providers tell us."},
        {"name": "waitlist", "description": "Waiting for a room, and what is offered when one comes free."},
        {"name": "notifications", "description": "One's inbox, and what one wants to be told."},
        {"name": "desk", "description": "For staff: guests who come and go."},
        {"name": "calendars", "description": "For staff: calendars that are exchanged with other channels."},
        {"name": "alerts", "description": "Prices that are watched."},
        {"name": "webhooks", "description": "Telling programs what happens, and what has happened."},
        {"name": "reports", "description": "For staff: what the house sold, earned and expects."},
        {"name": "accounts", "description": "One's own account."},
        {"name": "tokens", "description": "How programs log in."},
        {"name": "system", "description": "For staff."},
    ],
    "ENUM_NAME_OVERRIDES": {
        "EventTypeEnum": "notifications.api.webhook_serializers.TYPES",
        "DeliveryStatusEnum": "notifications.models.DeliveryStatus",
        "NotificationChannelEnum": "notifications.models.Channel",
        "NotificationCategoryEnum": "notifications.api.inbox_serializers.CATEGORIES",
        "ConflictStateEnum": "inventory.models.ConflictState",
        "ConflictEndEnum": "inventory.models.ConflictEnd",
        "GroupStatusEnum": "bookings.models.GroupStatus",
        "HousekeepingEnum": "inventory.models.Housekeeping",
        "BookingStatusEnum": "bookings.transitions.BookingStatus",
        "WaitlistEntryStatusEnum": "waitlist.transitions.EntryStatus",
        "WaitlistOfferStatusEnum": "waitlist.transitions.OfferStatus",
        "PaymentStatusEnum": "payments.models.PaymentStatus",
        "RefundStatusEnum": "payments.models.RefundStatus",
        "BookingChannelEnum": "bookings.models.BookingChannel",
        "NewBookingChannelEnum": "bookings.api.inputs.CHANNELS",
        "BoardEnum": "inventory.models.BoardBasis",
        "QuoteLineKindEnum": "inventory.types.QuoteLineKind",
        "DepositKindEnum": "inventory.models.policies.DepositKind",
    },
}
