"""nginx and Caddy: parsed strictly, and agreeing with what the site expects of who stands before it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import crossplane
import pytest
from django.conf import settings

from config.settings.databases import SERVER_PARAMETERS
from core.pictures import HASHED
from tests.deploy.asked import ROOT

NGINX = ROOT / "deploy" / "nginx" / "vacancy.conf"
CADDY = ROOT / "deploy" / "caddy" / "Caddyfile"
AROUND = "events {{}}\nhttp {{\n    include {path};\n}}\n"


def parsed(tmp_path: Path) -> list[dict[str, Any]]:
    """The site inside a whole configuration, every directive checked in its context and with its arguments."""
    whole = tmp_path / "nginx.conf"
    whole.write_text(AROUND.format(path=NGINX))
    result: dict[str, Any] = crossplane.parse(
        str(whole), strict=True, combine=True, check_ctx=True, check_args=True, comments=False
    )
    # A map's lines are no directives, which the parser does not know.
    lines = NGINX.read_text().splitlines()
    first = next(number for number, line in enumerate(lines, start=1) if line.startswith("map "))
    last = lines.index("}", first) + 1
    assert [error for error in result["errors"] if not first < error["line"] < last] == []
    (http,) = [block for block in result["config"][0]["parsed"] if block["directive"] == "http"]
    found: list[dict[str, Any]] = http["block"]
    return found


def servers(block: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The two servers, by their first port."""
    found = {}
    for each in block:
        if each["directive"] == "server":
            listen = next(line for line in each["block"] if line["directive"] == "listen")
            found[listen["args"][0]] = each["block"]
    return found


def values(block: list[dict[str, Any]], directive: str) -> list[list[str]]:
    return [line["args"] for line in block if line["directive"] == directive]


def locations(block: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    return {" ".join(line["args"]): line["block"] for line in block if line["directive"] == "location"}


def seconds(text: str) -> int:
    match = re.fullmatch(r"(\d+)s", text)
    assert match, text
    return int(match[1])


def test_nginx_is_valid_and_says_nothing_that_the_site_says(tmp_path: Path) -> None:
    text = NGINX.read_text()
    assert "Strict-Transport-Security" not in text
    secure = servers(parsed(tmp_path))["443"]
    assert values(secure, "add_header") == [], "a header for all answers would stand there twice"
    for name, block in locations(secure).items():
        if name not in {"/static/", "/media/"}:
            assert values(block, "add_header") == []
    (protocols,) = values(secure, "ssl_protocols")
    assert protocols == ["TLSv1.2", "TLSv1.3"]


def test_everybody_is_sent_to_https(tmp_path: Path) -> None:
    plain = locations(servers(parsed(tmp_path))["80"])
    assert values(plain["/"], "return") == [["301", "https://$host$request_uri"]]
    assert "/.well-known/acme-challenge/" in plain


def test_uploads_and_time_outs_fit_the_site(tmp_path: Path) -> None:
    secure = servers(parsed(tmp_path))["443"]
    ((size,),) = values(secure, "client_max_body_size")
    assert (
        settings.UPLOAD_MAX_BYTES
        < int(size.removesuffix("m")) * 1024 * 1024
        < settings.UPLOAD_MAX_BYTES * 1.2
    )
    web = locations(secure)["@web"]
    statement = seconds(SERVER_PARAMETERS["statement_timeout"])
    ((read,),) = values(web, "proxy_read_timeout")
    assert seconds(read) > statement
    ((connect,),) = values(web, "proxy_connect_timeout")
    assert seconds(connect) <= 5


def test_nothing_is_booked_twice_by_asking_another_upstream(tmp_path: Path) -> None:
    web = locations(servers(parsed(tmp_path))["443"])["@web"]
    ((*when,),) = values(web, "proxy_next_upstream")
    assert set(when) == {"error", "timeout"}, "non_idempotent would send a POST again"
    upstream = next(block for block in parsed(tmp_path) if block["directive"] == "upstream")
    assert [args[0] for args in values(upstream["block"], "server")] == ["127.0.0.1:8000", "127.0.0.1:8001"]


def test_what_a_client_says_about_itself_is_replaced(tmp_path: Path) -> None:
    web = locations(servers(parsed(tmp_path))["443"])["@web"]
    headers = dict(values(web, "proxy_set_header"))
    assert headers["X-Forwarded-For"] == "$remote_addr"
    assert headers["X-Forwarded-Proto"] == "$scheme"
    assert headers["X-Forwarded-Host"] == ""
    assert headers["Host"] == "$host"


def test_figures_and_probes_are_not_for_the_world(tmp_path: Path) -> None:
    found = locations(servers(parsed(tmp_path))["443"])
    for path in ("/metrics", "/livez", "/readyz"):
        assert values(found[f"= {path}"], "return") == [["404"]]
    assert "@inside path /metrics /livez /readyz" in CADDY.read_text()


@pytest.mark.parametrize("path", [NGINX, CADDY], ids=["nginx", "caddy"])
def test_pictures_are_kept_by_the_site_s_own_rule(path: Path) -> None:
    assert HASHED.pattern in path.read_text()


def test_no_log_of_addresses_is_kept(tmp_path: Path) -> None:
    for block in servers(parsed(tmp_path)).values():
        assert values(block, "access_log") == [["off"]]
    assert not re.search(r"^\s*log\b", CADDY.read_text(), re.MULTILINE)


def nginx_files(tmp_path: Path) -> Path:
    """The site with a certificate that is there, for a real nginx."""
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *("-subj", "/CN=hotel.example", "-keyout", "privkey.pem", "-out", "fullchain.pem"),
        ],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    site = tmp_path / "site.conf"
    text = (
        NGINX.read_text().replace("/etc/vacancy/tls", str(tmp_path)).replace("/var/log/nginx", str(tmp_path))
    )
    site.write_text(text)
    whole = tmp_path / "nginx.conf"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    inner = "\n".join(f"    {kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    around = AROUND.format(path=site).replace("http {\n", f"http {{\n{inner}\n")
    whole.write_text(f"pid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\n{around}")
    return whole


@pytest.mark.skipif(
    not shutil.which("nginx") or not shutil.which("openssl"), reason="no nginx is installed here"
)
def test_nginx_itself_takes_it(tmp_path: Path) -> None:
    whole = nginx_files(tmp_path)
    said = subprocess.run(["nginx", "-t", "-c", str(whole)], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr[-300:]
    assert "warn" not in said.stderr


# --- Caddy ------------------------------------------------------------------------------------------------------------

# What Caddy's documentation lists for each block that is used here.
CADDY_KNOWN = {
    "global": {"email", "admin", "servers"},
    "servers": {"timeouts"},
    "timeouts": {"read_header", "read_body", "write", "idle"},
    "site": {"request_body", "handle", "@inside", "@picture"},
    "request_body": {"max_size"},
    "handle": {"respond", "root", "header", "file_server", "reverse_proxy", "@lasting", "@passing"},
    "@picture": {"path", "file"},
    "file": {"root"},
    "reverse_proxy": {
        *(
            "lb_try_duration",
            "lb_try_interval",
            "health_uri",
            "health_interval",
            "health_timeout",
            "transport",
        ),
    },
    "transport": {"dial_timeout", "response_header_timeout", "keepalive"},
}


def caddy_tree(text: str) -> list[tuple[list[str], Any]]:
    """The directives of a Caddyfile, each with its block or nothing. Braces end lines, as Caddy asks."""
    root: list[tuple[list[str], Any]] = []
    stack = [root]
    for line in text.splitlines():
        words = re.findall(r'"[^"]*"|\S+', line.strip())
        if not words or words[0].startswith("#"):
            continue
        if words == ["}"]:
            stack.pop()
            assert stack, "a brace is closed that was never opened"
        elif words[-1] == "{":
            block: list[tuple[list[str], Any]] = []
            stack[-1].append((words[:-1], block))
            stack.append(block)
        else:
            stack[-1].append((words, None))
    assert len(stack) == 1, "a brace is open at the end"
    return root


def caddy_check(block: list[tuple[list[str], Any]], kind: str) -> None:
    for words, inner in block:
        assert words[0] in CADDY_KNOWN[kind], f"{words} in {kind}"
        if inner is not None:
            caddy_check(inner, words[0])


def test_the_caddyfile_is_whole_and_knows_its_directives() -> None:
    tree = caddy_tree(CADDY.read_text())
    assert [words for words, _block in tree] == [[], ["{$VACANCY_SITE_ADDRESS}"]]
    for kind, (_words, block) in zip(("global", "site"), tree, strict=True):
        caddy_check(block, kind)
    site = tree[1][1]
    assert [words for words, _block in site if words[0] == "handle"] == [
        ["handle", "@inside"],
        ["handle", "@picture"],
        ["handle"],
    ]
    named = {words[0] for words, _block in site if words[0].startswith("@")}
    assert named == {"@inside", "@picture"}


def test_caddy_says_what_nginx_says(tmp_path: Path) -> None:
    text = CADDY.read_text()
    assert "Strict-Transport-Security" not in text
    secure = servers(parsed(tmp_path))["443"]
    ((size,),) = values(secure, "client_max_body_size")
    assert f"max_size {size.upper()}B" in text
    ((read,),) = values(locations(secure)["@web"], "proxy_read_timeout")
    assert f"response_header_timeout {read}" in text
    assert "header_up" not in text, "Caddy replaces what clients say about themselves by itself"
    assert "lb_retry_match" not in text, "only GET is sent again"


@pytest.mark.skipif(not shutil.which("caddy"), reason="no caddy is installed here")
def test_caddy_itself_takes_it(tmp_path: Path) -> None:
    names = {
        "VACANCY_SITE_ADDRESS": "hotel.example",
        "VACANCY_ACME_EMAIL": "a@hotel.example",
        "HOME": str(tmp_path),
    }
    command = ["caddy", "adapt", "--validate", "--adapter", "caddyfile", "--config", str(CADDY)]
    said = subprocess.run(command, env=os.environ | names, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr[-500:]
    assert "not formatted" not in said.stderr
