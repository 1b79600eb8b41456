"""How long the certificates last: that of the site's own address, and those in files that the operator names."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings

from core.outbound.transport import tls_context

CONNECT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate. ``problem`` says in a few words why browsers refuse it, or why it could not be read."""

    name: str
    expires_at: datetime | None
    problem: str = ""

    def days_left(self, at: datetime) -> float | None:
        """Days until it ends; None if it could not be read."""
        return None if self.expires_at is None else (self.expires_at - at).total_seconds() / 86_400


def certificates() -> list[Certificate]:
    """Read them all: one connection to the site's own address where it is https, and each file once."""
    address = urlsplit(settings.SITE_URL)
    found = []
    if address.scheme == "https" and address.hostname:
        found.append(certificate_of_server(address.hostname, address.port or 443))
    return found + [certificate_of_file(path) for path in settings.TLS_CERTIFICATE_FILES]


def certificate_of_server(host: str, port: int) -> Certificate:
    """The certificate that a server shows, and whether a browser would take it. At most two connections."""
    name = host if port == 443 else f"{host}:{port}"
    problem = ""
    try:
        encoded = _shown(host, port, tls_context(settings.OUTBOUND_CA_FILE))
    except ssl.SSLCertVerificationError as error:
        problem = error.verify_message or "not trusted"
        unchecked = ssl.create_default_context()
        unchecked.check_hostname = False
        unchecked.verify_mode = ssl.CERT_NONE  # it is only looked at: nothing is sent or believed
        try:
            encoded = _shown(host, port, unchecked)
        except OSError as second:
            return Certificate(name, None, f"{problem}; {_reason(second)}")
    except OSError as error:
        return Certificate(name, None, _reason(error))
    return Certificate(name, x509.load_der_x509_certificate(encoded).not_valid_after_utc, problem)


def certificate_of_file(path: str) -> Certificate:
    """The certificate of a PEM file that ends first."""
    try:
        chain = x509.load_pem_x509_certificates(Path(path).read_bytes())
    except OSError as error:
        return Certificate(path, None, _reason(error))
    except ValueError:
        return Certificate(path, None, "no certificate in it")
    return Certificate(path, min(one.not_valid_after_utc for one in chain).astimezone(UTC))


def _shown(host: str, port: int, context: ssl.SSLContext) -> bytes:
    with (
        socket.create_connection((host, port), timeout=CONNECT_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        return secured.getpeercert(binary_form=True) or b""


def _reason(error: OSError) -> str:
    return (error.strerror or str(error) or type(error).__name__)[:120]
