"""Tests reach nothing but this machine: connecting or sending anywhere else fails the test at once."""

import ipaddress
import socket
from typing import Any

import pytest


class NetworkAccessError(RuntimeError):
    """A test tried to reach another machine."""


def is_local(address: Any) -> bool:
    """Whether a socket address names this machine: a UNIX socket, or a loopback host."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse(address: Any) -> None:
    if not is_local(address):
        raise NetworkAccessError(f"Tests must not use the network, but something connects to {address!r}.")


class LocalSocket(socket.socket):
    """A socket that goes nowhere else."""

    def connect(self, address: Any) -> None:
        """Connect to a local address."""
        _refuse(address)
        super().connect(address)

    def connect_ex(self, address: Any) -> int:
        """Connect to a local address, returning an error number."""
        _refuse(address)
        return super().connect_ex(address)

    def sendto(self, *arguments: Any) -> int:
        """Send to a local address."""
        _refuse(arguments[-1])
        return super().sendto(*arguments)


def _local_getaddrinfo(host: Any, *arguments: Any, **options: Any) -> Any:
    """Names are resolved by asking a server on the network, so only local ones are."""
    name = host.decode() if isinstance(host, bytes) else host
    if name is not None and not is_local((name,)):
        raise NetworkAccessError(f"Tests must not use the network, but something resolves {name!r}.")
    return _getaddrinfo(host, *arguments, **options)


_getaddrinfo = socket.getaddrinfo


def pytest_configure(config: pytest.Config) -> None:
    """Close the network for the whole run, workers and fixtures included."""
    socket.socket = LocalSocket  # type: ignore[misc]
    socket.getaddrinfo = _local_getaddrinfo
