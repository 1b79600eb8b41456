"""Where the servers are: addresses from the environment, as Django and Celery read them."""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from redis.connection import parse_url

from config.variables import env

__all__ = ["BASE_DIR", "broker_config", "cache_config", "email_config", "env"]

BASE_DIR = Path(__file__).resolve().parents[2]


def broker_config(url: str) -> str:
    """The broker's address as Celery reads it: a UNIX socket has a scheme of its own, and its database another name."""
    return url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")


def cache_config(url: str) -> dict[str, dict[str, object]]:
    """Valkey through django-redis, with timeouts that a paused server cannot stretch.

    Whole pages have a cache of their own, and may have a server of their own (`PAGE_CACHE_URL`), so that they never
    drive out what everything needs. Raises ImproperlyConfigured.
    """
    pages = env("PAGE_CACHE_URL", default=url)
    for name, address in (("REDIS_URL", url), ("PAGE_CACHE_URL", pages)):
        _address_check(name, address)
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
        "pages": common | {"LOCATION": pages, "KEY_PREFIX": "vacancy-pages"},
    }


def email_config(url: str) -> dict[str, object]:
    """The mail server of an address such as `smtp+tls://user:password@host:587`; `EMAIL_BACKEND` names another way."""
    try:
        config: dict[str, object] = dict(env.email_url_config(url))
    except (ValueError, ImproperlyConfigured):
        raise ImproperlyConfigured(
            "EMAIL_URL is no address of a mail server: write it as smtp+tls://user:password@host:587."
        ) from None
    if config["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
        config["EMAIL_BACKEND"] = "notifications.channels.smtp.EmailBackend"
    return config | {"EMAIL_BACKEND": env("EMAIL_BACKEND", default=config["EMAIL_BACKEND"])}


def _address_check(name: str, url: str) -> None:
    """Refuse what the cache's client could not read. It is said without the address: there is a password inside."""
    try:
        parse_url(url)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is no address of Valkey or Redis: write it as redis://:password@host:6379/0, or "
            "unix:///path/of/the/socket?db=0."
        ) from None
