"""The site, and who may enter."""

from __future__ import annotations

from .variable import EVERYBODY, Section, Variable

BEHIND_PROXY = "behind a proxy"

SECTIONS = (
    Section(
        "The site",
        (
            Variable(
                "DJANGO_SETTINGS_MODULE",
                "which settings: development's bring their own servers, production's refuse to start half set",
                "`config.settings.dev`",
                "config.settings.production",
                EVERYBODY,
            ),
            Variable(
                "SECRET_KEY",
                "what sessions, links and tokens are signed with; at least 50 characters",
                "production: none",
                "",
                EVERYBODY,
                secret=True,
                required=True,
            ),
            Variable(
                "ALLOWED_HOSTS",
                "host names that are answered, separated by commas",
                "production: none",
                "hotel.example",
                EVERYBODY,
                required=True,
            ),
            Variable(
                "SITE_URL",
                "the address in mails and calendar files",
                "`http://localhost:$PORT`; production: none",
                "https://hotel.example",
                EVERYBODY,
                required=True,
            ),
            Variable("SITE_NAME", "what the site calls itself", "`Vacancy`", "Hotel Aurora"),
            Variable(
                "CSRF_TRUSTED_ORIGINS",
                "origins that forms may come from, separated by commas",
                "`https://` + each allowed host",
                "https://hotel.example",
            ),
            Variable(
                "LOG_LEVEL", "`DEBUG`, `INFO`, `WARNING` or `ERROR`: what is logged from", "`INFO`", "WARNING"
            ),
        ),
    ),
    Section(
        "Files",
        (
            Variable(
                "MEDIA_ROOT",
                "the directory of uploaded pictures",
                "`.run/media`; production: none",
                "/var/lib/vacancy/media",
                EVERYBODY,
                required=True,
            ),
            Variable(
                "PRIVATE_ROOT",
                "where files lie that only their owner may fetch, such as exports; web processes and workers share it",
                "`.run/private`; production: `private` beside `MEDIA_ROOT`",
                "/var/lib/vacancy/private",
            ),
            Variable("STATIC_ROOT", "where `collectstatic` writes", "`staticfiles/`", "/opt/vacancy/static"),
            Variable(
                "SERVE_MEDIA",
                "the web processes hand out pictures themselves; a proxy that does it instead passes on what it does "
                "not find, so that the sizes of pictures are made",
                "`true`",
                "false",
                BEHIND_PROXY,
            ),
            Variable("EXPORT_DAYS", "how long the file of an export is kept", "`7`", "14"),
            Variable(
                "RECEIPT_FONTS",
                "TrueType files for names on receipts, separated by commas",
                "the system's",
                "/usr/share/fonts/truetype/noto/NotoSansThai-Regular.ttf",
            ),
        ),
    ),
    Section(
        "Who comes in",
        (
            Variable(
                "NUM_PROXIES",
                "trusted proxies in front, for the client's address",
                "`0`",
                "1",
                BEHIND_PROXY,
            ),
            Variable(
                "SECURE_SSL_REDIRECT",
                "whoever comes by `http://` is sent to `https://`",
                "`true` in production",
                "false",
            ),
            Variable(
                "STAFF_SECOND_FACTOR_REQUIRED",
                "staff log in with an authenticator app",
                "`true` in production",
                "false",
            ),
            Variable(
                "METRICS_TOKEN",
                "opens `/metrics` to a collector on another machine, as a bearer token; at least 32 characters",
                "none",
                "",
                "Prometheus elsewhere",
                secret=True,
            ),
        ),
    ),
)
