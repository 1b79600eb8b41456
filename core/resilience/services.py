"""The outside services we depend on: one breaker each, found by name, and what happened to them lately.

An app names its services as it starts (`service_register`); whoever calls one asks for its breaker (`breaker_get`). A
service that stands for many (``webhooks``: a receiver each) is a family: ``webhooks.hotel.example`` has a breaker of
its own, so that one dead receiver does not silence the others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.cache.client import cache_key, cache_server

from .breaker import Breaker

MEMBERS_MAX = 200
"""How many members of a family are shown at most."""

EMAIL = "email"
WEBHOOKS = "webhooks"
CALENDARS = "calendars"


class ServiceUnknown(LookupError):
    """No service has this name: a mistake in the code that asks."""


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Service:
    """An outside service. ``ignored`` are errors that show it at work; ``is_family``: it has members by name.

    ``is_listed`` says whether this installation uses it, so that operators see only what concerns them.
    """

    name: str
    label: str | Promise
    ignored: tuple[type[BaseException], ...] = ()
    is_family: bool = False
    is_listed: Callable[[], bool] = _always


_services: dict[str, Service] = {}
_breakers: dict[str, Breaker] = {}
_lock = threading.Lock()


def service_register(
    name: str,
    *,
    label: str | Promise,
    ignored: tuple[type[BaseException], ...] = (),
    is_family: bool = False,
    is_listed: Callable[[], bool] = _always,
) -> None:
    """Make a service known; its breaker begins anew with these ``ignored`` errors."""
    with _lock:
        _services[name] = Service(name, label, ignored, is_family, is_listed)
        for known in [known for known in _breakers if _service_name(known) == name]:
            del _breakers[known]


def breaker_get(name: str) -> Breaker:
    """Return the breaker of a service or of a member of a family. Raises `ServiceUnknown`.

    One object per name and process; the state behind it is shared by all processes.
    """
    breaker = _breakers.get(name)
    if breaker is None:
        service = _services.get(_service_name(name))
        if service is None:
            raise ServiceUnknown(name)
        if name != service.name:
            _member_remember(name)
        with _lock:
            breaker = _breakers.setdefault(name, Breaker(name, ignored=service.ignored))
    return breaker


def service_label(name: str) -> str:
    """Return what people call a service; a member of a family with its own name behind it."""
    service = _services.get(_service_name(name))
    if service is None:
        raise ServiceUnknown(name)
    return str(service.label) if service.name == name else f"{service.label}: {name[len(service.name) + 1 :]}"


def service_names(*, with_members: bool = True) -> list[str]:
    """Return the services in use by name, with the members of families that any process has called. One round trip."""
    listed = {name for name, service in _services.items() if service.is_listed()}
    return sorted(listed | {*_members()} if with_members else listed)


def _service_name(name: str) -> str:
    """The service a name belongs to: itself, or the family whose name it begins with."""
    if name in _services:
        return name
    families = (service.name for service in _services.values() if service.is_family)
    return next((family for family in families if name.startswith(f"{family}.")), name)


def _members_key() -> str:
    return cache_key("breaker-members")


def _member_remember(name: str) -> None:
    cache_server().call(lambda redis: redis.sadd(_members_key(), name), default=0)


def _members() -> list[str]:
    nobody: set[bytes | str] = set()
    found = cache_server().call(lambda redis: redis.smembers(_members_key()), default=nobody)
    names = sorted(item.decode() for item in found if isinstance(item, bytes))
    return [name for name in names if _service_name(name) in _services][:MEMBERS_MAX]


service_register(EMAIL, label=_("E-mail"))
service_register(WEBHOOKS, label=_("Webhooks"), is_family=True)
service_register(CALENDARS, label=_("Calendars"), is_family=True)
