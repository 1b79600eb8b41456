"""What is asked of others: certificates of servers on this machine, and a mail server that greets, is away, hangs."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from core.system import State
from core.system.certificates import certificate_of_file, certificate_of_server, certificates
from core.system.looks import outside
from core.system.mailing import mail_server_problem
from tests.notifications.mail_server import mail_server

NOW = timezone.now()
SMTP = "notifications.channels.smtp.EmailBackend"


def made(place: Path, *, days: float, name: str = "localhost") -> tuple[Path, Path]:
    """A certificate of one's own, which ends in so many days, and its key: two files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(NOW - timedelta(days=90))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    paths = (place / f"{name}.pem", place / f"{name}.key")
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    encoded = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    paths[1].write_bytes(encoded)
    return paths


@contextmanager
def serving(certificate: Path, key: Path) -> Iterator[int]:
    """A server that shows a certificate and says nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                near, _address = listener.accept()
                with near, context.wrap_socket(near, server_side=True):
                    pass
            except ssl.SSLError:
                continue
            except OSError:
                return

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=20)


def days(expires_at: datetime | None) -> float:
    assert expires_at is not None
    return (expires_at - NOW) / timedelta(days=1)


def test_a_certificate_that_browsers_take(tmp_path: Path, settings: Any) -> None:
    pem, key = made(tmp_path, days=30)
    settings.OUTBOUND_CA_FILE = str(pem)

    with serving(pem, key) as port:
        found = certificate_of_server("localhost", port)
        settings.SITE_URL = f"https://localhost:{port}"
        assert [one.name for one in certificates()] == [f"localhost:{port}"]
        line = outside.certificates_line()
        settings.CERTIFICATE_DAYS_MIN = 31
        soon = outside.certificates_line()

    assert (found.problem, days(found.expires_at)) == ("", pytest.approx(30, abs=0.01))
    assert (line.state, line.figure) == (State.GREEN, f"localhost:{port}: 29 days left")
    assert soon.state is State.RED


@pytest.mark.parametrize(
    ("name", "left", "problem"),
    [
        ("localhost", -1, "expired"),
        ("elsewhere.example", 30, "doesn't match|mismatch"),
        ("localhost", 30, "self-signed"),
    ],
)
def test_one_that_browsers_refuse_is_read_nevertheless(
    tmp_path: Path, settings: Any, name: str, left: int, problem: str
) -> None:
    pem, key = made(tmp_path, days=left, name=name)
    trusted = made(tmp_path, days=9, name="other")[0] if problem == "self-signed" else pem
    settings.OUTBOUND_CA_FILE = str(trusted)

    with serving(pem, key) as port:
        found = certificate_of_server("localhost", port)

    assert any(part in found.problem for part in problem.split("|")), found.problem
    assert days(found.expires_at) == pytest.approx(left, abs=0.01)


def test_files_and_servers_that_cannot_be_read(tmp_path: Path) -> None:
    pem, key = made(tmp_path, days=3)
    chain = tmp_path / "chain.pem"
    chain.write_bytes(made(tmp_path, days=50, name="ca")[0].read_bytes() + pem.read_bytes())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]

    assert days(certificate_of_file(str(chain)).expires_at) == pytest.approx(3, abs=0.01)
    assert certificate_of_file(str(key)).problem == "no certificate in it"
    assert certificate_of_file(str(tmp_path / "none")).problem == "No such file or directory"
    assert certificate_of_server("127.0.0.1", free).problem == "Connection refused"


def test_a_mail_server_that_greets_one_that_is_away_and_one_that_hangs(settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_USE_SSL = SMTP, "127.0.0.1", False
    with mail_server() as (_server, port):
        settings.EMAIL_PORT = port
        assert mail_server_problem() == ""
        assert outside.mail().state is State.GREEN
        assert outside.outside_look()["mail"] is True
    assert outside.mail().state is State.RED
    assert outside.outside_look()["mail"] is False
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT = silent.getsockname()[1]
        assert "timed out" in mail_server_problem()


def test_days_left_are_counted_in_utc(tmp_path: Path) -> None:
    pem, _key = made(tmp_path, days=10)

    found = certificate_of_file(str(pem))

    assert found.expires_at is not None
    assert found.expires_at.tzinfo == UTC
    assert found.days_left(NOW) == pytest.approx(10, abs=0.01)
