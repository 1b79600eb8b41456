"""What the site does with the world outside."""

from __future__ import annotations

from .variable import EVERYBODY, Section, Variable

STRIPE = "cards through Stripe"
CHANNELS = "webhooks and calendars"

SECTIONS = (
    Section(
        "Messages",
        (
            Variable(
                "EMAIL_URL",
                "the mail server",
                "mails are kept at `/dev/mail/`; production: none",
                "smtp+tls://user:password@mail.example:587",
                EVERYBODY,
                secret=True,
                required=True,
            ),
            Variable(
                "EMAIL_BACKEND",
                "a provider's class instead of a mail server",
                "by `EMAIL_URL`",
                "anymail.backends.postmark.EmailBackend",
                "mails by a provider",
            ),
            Variable(
                "ANYMAIL",
                "the provider's settings, as JSON",
                "none",
                '{"POSTMARK_SERVER_TOKEN": "..."}',
                "mails by a provider",
                secret=True,
            ),
            Variable(
                "DEFAULT_FROM_EMAIL",
                "sender of all mails; its domain ends the Message-IDs",
                "`noreply@` + host of `SITE_URL`",
                "Hotel Aurora <stay@hotel.example>",
            ),
            Variable(
                "SMS_GATEWAY",
                "class that takes text messages",
                "the terminal; production: none",
                "hotel.gateways.Gateway",
                "text messages",
            ),
        ),
    ),
    Section(
        "The house",
        (
            Variable(
                "WAITLIST_OFFER_HOURS",
                "how long who waits may think about an offer; less near arrival",
                "`24`",
                "12",
            ),
            Variable(
                "REVIEWS_MODERATED",
                "staff read a review before it is published; `false`: it is public at once",
                "`true`",
                "false",
            ),
            Variable(
                "REGISTRATION_KEEP_DAYS",
                "how long after the departure registration cards are kept",
                "`365`",
                "730",
            ),
        ),
    ),
    Section(
        "Payments ([more](stripe.md))",
        (
            Variable("STRIPE_SECRET_KEY", "the key the server uses", "none", "", STRIPE, secret=True),
            Variable("STRIPE_PUBLISHABLE_KEY", "the key the payment page uses", "none", "", STRIPE),
            Variable(
                "STRIPE_WEBHOOK_SECRETS",
                "what Stripe's events are signed with; several, separated by commas, while one replaces another",
                "none",
                "",
                STRIPE,
                secret=True,
            ),
            Variable(
                "STRIPE_CAPTURE",
                "`manual`: the guest's bank puts the money aside, and staff take it",
                "`automatic`",
                "manual",
            ),
            Variable(
                "STRIPE_API_BASE",
                "where Stripe answers",
                "`https://api.stripe.com`",
                "https://api.stripe.com",
            ),
            Variable(
                "PAYMENT_RETURN_HOSTS",
                "other hosts an API client may send guests back to, separated by commas",
                "none",
                "app.hotel.example",
                "programs that take payments",
            ),
        ),
    ),
    Section(
        "What is called outside ([more](webhooks.md))",
        (
            Variable(
                "OUTBOUND_ALLOWED_NETWORKS",
                "private networks that webhooks and calendars may call, on any port",
                "none",
                "10.20.0.0/16",
                CHANNELS,
            ),
            Variable("OUTBOUND_ALLOWED_PORTS", "ports that they may call elsewhere", "`443,8443`", "443"),
            Variable(
                "OUTBOUND_ALLOW_HTTP",
                "`http://` endpoints and calendars besides `https://`",
                "`false`",
                "true",
            ),
            Variable(
                "OUTBOUND_CA_FILE",
                "who vouches for their certificates, in PEM",
                "the usual authorities",
                "/etc/vacancy/authorities.pem",
            ),
            Variable("WEBHOOK_EVENT_DAYS", "how long events and their deliveries are kept", "`90`", "30"),
        ),
    ),
    Section(
        "Seeing what it does ([more](monitoring.md))",
        (
            Variable(
                "FIGURES_FLUSH_SECONDS",
                "how often each process adds what it has counted to the figures of all; `0`: never",
                "`10`",
                "30",
            ),
            Variable(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "where traces go",
                "none",
                "http://collector.example:4318",
                "traces",
            ),
            Variable("OTEL_SERVICE_NAME", "the site's name in traces", "`vacancy`", "hotel-aurora"),
        ),
    ),
)
