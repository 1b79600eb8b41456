"""Where the servers are: addresses from the environment, as Django and Celery read them."""

from __future__ import annotations

from pathlib import Path

from config.variables import env

__all__ = ["BASE_DIR", "broker_config", "cache_config", "email_config", "env"]

BASE_DIR = Path(__file__).resolve().parents[2]


def broker_config(url: str) -> str:
    """The broker's address as Celery reads it: a UNIX socket has a scheme of its own, and its database another name."""
    return url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")


def cache_config(url: str) -> dict[str, dict[str, object]]:
    """Valkey through django-redis, with timeouts that a paused server cannot stretch.

    Whole pages have a cache of their own, and may have a server of their own (`PAGE_CACHE_URL`), so that they never
    drive out what everything needs.
    """
    options = {
        "CLIENT_CLASS": "core.cache.backend.SkippingClient",
        "REDIS_CLIENT_CLASS": "core.cache.client.CountedRedis",
        "IGNORE_EXCEPTIONS": True,
        "SOCKET_TIMEOUT": 0.25,
        "SOCKET_CONNECT_TIMEOUT": 0.25,
    }
    common = {"BACKEND": "core.cache.backend.FailOpenCache", "OPTIONS": options}
    return {
        "default": common | {"LOCATION": url, "KEY_PREFIX": "vacancy"},
        "pages": common | {"LOCATION": env("PAGE_CACHE_URL", default=url), "KEY_PREFIX": "vacancy-pages"},
    }


def email_config(url: str) -> dict[str, object]:
    """The mail server of an address such as `smtp+tls://user:password@host:587`; `EMAIL_BACKEND` names another way."""
    config: dict[str, object] = dict(env.email_url_config(url))
    if config["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
        config["EMAIL_BACKEND"] = "notifications.channels.smtp.EmailBackend"
    return config | {"EMAIL_BACKEND": env("EMAIL_BACKEND", default=config["EMAIL_BACKEND"])}
