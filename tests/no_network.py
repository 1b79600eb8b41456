"""Tests reach nothing but this machine: connecting or sending anywhere else fails the test at once."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import pytest


class NetworkAccessError(RuntimeError):
    """A test tried to reach another machine."""


def is_local(address: Any) -> bool:
    """Whether a socket's address names this machine: a UNIX socket, or a loopback host."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _guarded(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a socket method that refuses a remote address; the address is the last positional argument."""

    def call(self: socket.socket, *arguments: Any) -> Any:
        if not is_local(arguments[-1]):
            raise NetworkAccessError(
                f"Tests must not use the network, but something contacts {arguments[-1]!r}."
            )
        return method(self, *arguments)

    return call


def _guarded_lookup(lookup: Callable[..., Any]) -> Callable[..., Any]:
    """Return a name lookup that knows only this machine, because any other name is asked of a server."""

    def call(host: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not is_local((name,)):
            raise NetworkAccessError(f"Tests must not use the network, but something looks up {name!r}.")
        return lookup(host, *arguments, **options)

    return call


def pytest_configure(config: pytest.Config) -> None:
    """Close the network for the whole run, fixtures and every thread included."""
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    for name in ("connect", "connect_ex", "sendto"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
