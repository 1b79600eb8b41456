"""Which addresses may be called: decided on what a name resolves to, not on how it is written."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings

from core.resilience.timeouts import CONNECT_TIMEOUT_SECONDS

from .exceptions import AddressRefused, NameNotFound, OutboundTimeout, UrlRefused

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]

URL_MAX_LENGTH = 2_000
ADDRESSES_MAX = 8
"""More addresses than this are not looked at: a name of a real service has a few."""

PORTS = {"https": 443, "http": 80}

REFUSED_IPV4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, and where clouds keep their keys
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
"""https://www.iana.org/assignments/iana-ipv4-special-registry"""

GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is routed publicly. Outside: loopback, unspecified, IPv4-mapped, NAT64, private, link-local."""

REFUSED_IPV6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarking
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",  # documentation
    )
)
"""https://www.iana.org/assignments/iana-ipv6-special-registry"""


@dataclass(frozen=True, slots=True)
class OutboundTarget:
    """An address of a service that may be called, and the network addresses that were checked."""

    url: str
    host: str
    port: int
    addresses: tuple[str, ...]


def address_is_allowed(text: str, *, port: int = 443) -> bool:
    """Whether we connect to this network address: it is public and the port is one of the allowed.

    Networks in `OUTBOUND_ALLOWED_NETWORKS` are vouched for by the operator, with all their ports.
    """
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    for network in settings.OUTBOUND_ALLOWED_NETWORKS:
        if address in ipaddress.ip_network(network):
            return True
    return port in settings.OUTBOUND_ALLOWED_PORTS and _is_public(address)


def _is_public(address: IPAddress) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not any(address in network for network in REFUSED_IPV4)
    if address.scope_id is not None or address not in GLOBAL_IPV6:
        return False
    return address.is_global and not any(address in network for network in REFUSED_IPV6)


def outbound_url_check(url: str, *, resolver: Resolver | None = None) -> OutboundTarget:
    """Check an address as it is given to us: its form, and what its name resolves to now. Asks the name server.

    Calling it checks again: between now and then a name may move. Raises `UrlRefused`, `AddressRefused`,
    `NameNotFound`, `OutboundTimeout`.
    """
    parsed = url_parse(url)
    port = parsed.port or PORTS[parsed.scheme]
    host = parsed.raw_host.decode("ascii")
    return OutboundTarget(
        url=str(parsed),
        host=host,
        port=port,
        addresses=addresses_checked(host, port, resolver=resolver),
    )


def url_parse(url: str) -> httpx.URL:
    """Read an absolute address without credentials. Raises `UrlRefused`."""
    if len(url) > URL_MAX_LENGTH or not url.isprintable() or " " in url or "\\" in url:
        raise UrlRefused(field="url")
    try:
        parsed = httpx.URL(url)
        parsed.raw_host.decode("ascii")
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise UrlRefused(field="url") from error
    schemes = ("https", "http") if settings.OUTBOUND_ALLOW_HTTP else ("https",)
    is_port = parsed.port is None or 0 < parsed.port < 65_536
    if parsed.scheme not in schemes or not parsed.host or parsed.userinfo or not is_port:
        raise UrlRefused(field="url")
    return parsed.copy_with(fragment=None)


def addresses_checked(host: str, port: int, *, resolver: Resolver | None = None) -> tuple[str, ...]:
    """Resolve a host and give its addresses, all of which may be called. One that may not refuses the host.

    Raises `AddressRefused`, `NameNotFound`, `OutboundTimeout`.
    """
    found = tuple(dict.fromkeys((resolver or resolve)(host.strip("[]"), port)))[:ADDRESSES_MAX]
    if not found:
        raise NameNotFound(field="url")
    if not all(address_is_allowed(address, port=port) for address in found):
        raise AddressRefused(field="url")
    return found


def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a name, for at most two seconds; an address is its own.

    In a thread, because the question itself knows no limit. Raises `NameNotFound`, `OutboundTimeout`.
    """
    with contextlib.suppress(ValueError):  # it is a name
        return [str(ipaddress.ip_address(host))]
    answers: list[Any] = []

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            answers.append(error)
        except BaseException as error:
            answers.append(error)
            raise
        else:
            answers.append([str(entry[4][0]) for entry in found])

    thread = threading.Thread(target=ask, name="outbound-resolve", daemon=True)
    thread.start()
    thread.join(CONNECT_TIMEOUT_SECONDS)
    if not answers:
        raise OutboundTimeout(field="url")
    answer = answers[0]
    if isinstance(answer, (OSError, UnicodeError)):
        raise NameNotFound(field="url") from answer
    if isinstance(answer, BaseException):
        raise answer
    addresses: list[str] = answer
    return addresses
