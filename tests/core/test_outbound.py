"""Addresses that users give us: what is refused, and that the connection goes where was checked."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
import time
from threading import Thread

import pytest

from core.outbound import (
    AddressRefused,
    NameNotFound,
    OutboundAnswerUnreadable,
    OutboundError,
    OutboundTimeout,
    OutboundTooLarge,
    OutboundUnreachable,
    TooManyRedirects,
    UrlRefused,
    address_is_allowed,
    outbound_request,
    outbound_url_check,
)
from core.outbound import client as client_module
from core.outbound.transport import tls_context
from tests.receiver import dripping, endless, garbage, hanging_up, receiving, slow, status

REFUSED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:8.8.8.8",
    "::8.8.8.8",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:2::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "fec0::1",
    "ff02::1",
    "nonsense",
    "",
]
ALLOWED = ["8.8.8.8", "1.1.1.1", "100.63.255.255", "172.32.0.1", "2606:4700:4700::1111", "2a00:1450::1"]


@pytest.fixture
def public_only(settings):
    settings.OUTBOUND_ALLOWED_NETWORKS = []


@pytest.mark.parametrize("address", REFUSED)
def test_special_addresses_are_refused(address, public_only):
    assert not address_is_allowed(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_public_addresses_are_allowed_on_the_allowed_ports(address, public_only):
    assert address_is_allowed(address)
    assert address_is_allowed(address, port=8443)
    for port in (22, 25, 80, 5432, 6379):
        assert not address_is_allowed(address, port=port)


def test_networks_of_the_operator_are_allowed_on_any_port(settings):
    settings.OUTBOUND_ALLOWED_NETWORKS = ["10.20.0.0/16", "fd00:1::/64"]
    assert address_is_allowed("10.20.3.4", port=9000)
    assert address_is_allowed("fd00:1::5", port=9000)
    assert not address_is_allowed("10.21.0.1", port=443)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hotel.example/hook",
        "//hotel.example/hook",
        "http://hotel.example/hook",
        "ftp://hotel.example/hook",
        "file:///etc/passwd",
        "gopher://hotel.example/",
        "https://",
        "https:///hook",
        "https://user:password@hotel.example/hook",
        "https://user@hotel.example/hook",
        "https://hotel.example:0/hook",
        "https://hotel.example:99999/hook",
        "https://hotel.example/a b",
        "https://hotel.example\\@127.0.0.1/",
        "https://hotel.example/\nHost: internal",
        "https://hotel.example/" + "x" * 2_000,
        "https://[::1",
    ],
)
def test_addresses_of_the_wrong_form_are_refused(url, settings):
    settings.OUTBOUND_ALLOW_HTTP = False
    with pytest.raises(UrlRefused):
        outbound_url_check(url, resolver=lambda _host, _port: ["8.8.8.8"])


def test_an_address_is_checked_by_what_it_resolves_to(public_only):
    asked = []

    def resolver(host, port):
        asked.append((host, port))
        return ["8.8.8.8", "2606:4700::1"]

    target = outbound_url_check("https://Hotel.example:8443/hook?x=1#part", resolver=resolver)
    assert asked == [("hotel.example", 8443)]
    assert target.url == "https://hotel.example:8443/hook?x=1"
    assert target.addresses == ("8.8.8.8", "2606:4700::1")


@pytest.mark.parametrize(
    "url",
    [
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
    ],
)
def test_other_ways_to_write_this_machine_are_seen_through(url, public_only, monkeypatch):
    # The system reads these forms itself; tests may not ask it for anything but this machine.
    import core.outbound.addresses as addresses

    def system(host, _port):
        return ["::1"] if ":" in host else ["127.0.0.1"]

    monkeypatch.setattr(addresses, "resolve", system)
    with pytest.raises((AddressRefused, UrlRefused)):
        outbound_url_check(url)


def test_one_private_address_among_public_ones_refuses_the_name(public_only):
    with pytest.raises(AddressRefused):
        outbound_url_check("https://hotel.example/", resolver=lambda _host, _port: ["8.8.8.8", "10.0.0.1"])


def test_a_name_without_an_address_is_not_found():
    with pytest.raises(NameNotFound):
        outbound_url_check("https://hotel.example/", resolver=lambda _host, _port: [])


def test_a_name_server_that_is_silent_is_not_waited_for(monkeypatch):
    asked, may_answer = threading.Event(), threading.Event()

    def getaddrinfo(*_arguments, **_options):
        asked.set()
        may_answer.wait(60)
        return []

    monkeypatch.setattr("socket.getaddrinfo", getaddrinfo)
    monkeypatch.setattr("core.outbound.addresses.CONNECT_TIMEOUT_SECONDS", 0.1)
    with pytest.raises(OutboundTimeout):
        outbound_url_check("https://hotel.example/")
    assert asked.is_set()
    assert not may_answer.is_set()
    may_answer.set()


def test_the_connection_goes_to_the_address_that_was_checked(settings):
    """A name that leads elsewhere when asked again (DNS rebinding) is asked once, and the Host stays the name."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    with receiving() as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        answer = outbound_request(
            method="GET",
            url=f"http://rebinding.example:{port}/hook",
            resolver=lambda _host, _port: answers.pop(0),
        )
    assert (answer.status, answer.address) == (204, "127.0.0.1")
    assert receiver.received[0].headers["host"] == f"rebinding.example:{port}"
    assert answers == [["10.0.0.1"]]


def test_a_name_that_has_become_private_since_its_registration_is_not_called(public_only):
    with receiving() as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        url = f"http://hotel.example:{port}/hook"
        with pytest.raises(AddressRefused):
            outbound_request(method="POST", url=url, resolver=lambda _host, _port: ["127.0.0.1"])
    assert receiver.received == []


def test_a_redirect_is_an_answer_unless_it_is_to_be_followed():
    with receiving(default=status(302, location="http://127.0.0.1:1/")) as receiver:
        answer = outbound_request(method="GET", url=receiver.url)
    assert (answer.status, answer.is_success) == (302, False)


def test_each_redirect_is_checked(settings):
    with receiving() as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        settings.OUTBOUND_ALLOWED_NETWORKS = ["127.0.0.1/32"]
        receiver.answers = [status(302, location=f"http://inside.example:{port}/secret")]
        with pytest.raises(AddressRefused):
            outbound_request(
                method="GET",
                url=f"http://outside.example:{port}/",
                redirects_max=3,
                resolver=lambda host, _port: ["127.0.0.1" if host == "outside.example" else "127.0.0.2"],
            )
        assert [request.path for request in receiver.received] == ["/"]
        for location in ("file:///etc/passwd", "http://user:secret@127.0.0.1/", "gopher://127.0.0.1/"):
            receiver.answers = [status(301, location=location)]
            with pytest.raises(UrlRefused):
                outbound_request(method="GET", url=receiver.url, redirects_max=3)


def test_redirects_end():
    with receiving(default=status(307, location="/again")) as receiver:
        with pytest.raises(TooManyRedirects):
            outbound_request(method="GET", url=receiver.url, redirects_max=2)
        assert [request.path for request in receiver.received] == ["/hook", "/again", "/again"]
        receiver.answers = [status(308, location="/moved"), status(200, b"here")]
        answer = outbound_request(method="GET", url=receiver.url, redirects_max=2)
    assert (answer.body, answer.url.rpartition("/")[2]) == (b"here", "moved")


def test_a_body_is_cut_or_refused_when_it_is_too_large():
    with receiving(default=endless()) as receiver:
        answer = outbound_request(method="GET", url=receiver.url, body_max_bytes=1_000, is_truncating=True)
        assert (answer.body, answer.is_truncated) == (b"x" * 1_000, True)
        with pytest.raises(OutboundTooLarge):
            outbound_request(method="GET", url=receiver.url, body_max_bytes=1_000)
        receiver.answers = [status(200, b"x" * 1_000)]
        assert len(outbound_request(method="GET", url=receiver.url, body_max_bytes=1_000).body) == 1_000
        receiver.answers = [status(200, b"packed", Content_Encoding="gzip")]
        with pytest.raises(OutboundAnswerUnreadable):
            outbound_request(method="GET", url=receiver.url)


@pytest.mark.parametrize(
    "answer", [slow(20), dripping(0.05), endless()], ids=["silent", "dripping", "endless"]
)
def test_everything_together_ends_in_time(answer):
    with receiving(default=answer) as receiver:
        started = time.monotonic()
        with pytest.raises(OutboundTimeout):
            outbound_request(
                method="GET", url=receiver.url, total_seconds=0.5, body_max_bytes=10**12, is_truncating=True
            )
        assert time.monotonic() - started < 18


def test_a_read_that_takes_too_long_ends_before_the_total(monkeypatch):
    monkeypatch.setattr(client_module, "READ_TIMEOUT_SECONDS", 0.2)
    with receiving(default=slow(20)) as receiver:
        started = time.monotonic()
        with pytest.raises(OutboundTimeout):
            outbound_request(method="GET", url=receiver.url)
        assert time.monotonic() - started < 18


@pytest.mark.parametrize(
    ("answer", "error"), [(garbage, OutboundAnswerUnreadable), (hanging_up, OutboundError)]
)
def test_what_is_not_http_is_an_error(answer, error):
    with receiving(default=answer) as receiver, pytest.raises(error):
        outbound_request(method="GET", url=receiver.url)


def test_nobody_there_is_unreachable():
    with receiving() as receiver:
        url = receiver.url
    with pytest.raises(OutboundUnreachable):
        outbound_request(method="GET", url=url)


def test_the_environment_sends_nothing_through_a_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with receiving() as receiver:
        assert outbound_request(method="GET", url=receiver.url).status == 204


def test_a_certificate_must_fit_the_name(tmp_path, settings):
    """TLS asks for the name, although the connection goes to an address."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-nodes", "-days", "2", "-subj", "/CN=hotel.example", "-keyout", str(key)),
            *("-addext", "subjectAltName=DNS:hotel.example", "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(certificate, key)
    names = []
    server_context.sni_callback = lambda _socket, name, _context: names.append(name)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    def serve():
        for _request in range(3):
            connection, _address = listener.accept()
            try:
                with server_context.wrap_socket(connection, server_side=True) as secure:
                    secure.recv(10_000)
                    secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            except OSError:
                continue

    thread = Thread(target=serve, daemon=True)
    thread.start()

    def get(host):
        url = f"https://{host}:{port}/"
        return outbound_request(method="GET", url=url, resolver=lambda _host, _port: ["127.0.0.1"])

    with pytest.raises(OutboundUnreachable):
        get("hotel.example")  # nobody vouches for it
    settings.OUTBOUND_CA_FILE = str(certificate)
    tls_context.cache_clear()
    assert get("hotel.example").body == b"ok"
    with pytest.raises(OutboundUnreachable):
        get("other.example")
    thread.join(5)
    listener.close()
    assert names == ["hotel.example", "hotel.example", "other.example"]
