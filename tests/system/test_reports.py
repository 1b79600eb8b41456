"""Error reports and request ids in processes as they are deployed, with a tracker and a provider on this machine."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import brotli
import pytest
import sentry_sdk
from django.test import Client

from core.models import Effect
from core.observability import errors
from tests.concurrency.crowd import ROOT
from tests.outbox import handled
from tests.receiver import Receiver, receiving, status
from tests.reliability.servers import program, wait_until
from tests.system.names import CALLS

PATIENCE_SECONDS = 120
SAID = ("zephyrine", "quastenflosser", "tell-nobody")


def dsn(tracker: Receiver) -> str:
    return tracker.url.replace("http://", "http://key@").replace("/hook", "/7")


def reports(tracker: Receiver) -> list[dict[str, Any]]:
    """The events in the envelopes that came."""
    found = []
    for request in list(tracker.received):
        assert request.path == "/api/7/envelope/"
        opened = {"gzip": gzip.decompress, "br": brotli.decompress}
        body = opened.get(request.headers.get("content-encoding", ""), bytes)(request.body)
        lines = body.decode().splitlines()
        found += [
            json.loads(content)
            for header, content in zip(lines[1::2], lines[2::2], strict=False)
            if json.loads(header)["type"] == "event"
        ]
    return found


def test_nothing_is_reported_unless_a_tracker_is_named(settings: Any) -> None:
    settings.SENTRY_DSN = ""

    assert errors.errors_start() is False
    assert not sentry_sdk.get_client().is_active()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_page_that_breaks_is_reported_once_and_names_nobody(environment: dict[str, str]) -> None:
    with receiving(default=status(200, b"{}")) as tracker:
        named = {"SENTRY_DSN": dsn(tracker), "SENTRY_ENVIRONMENT": "staging", "RELEASE": "2026.11.2"}
        done = subprocess.run(
            [sys.executable, "-m", "tests.system.programs", "web"], cwd=ROOT, env=os.environ | environment | named,
            capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        told = reports(tracker)

    page, line = sorted(told, key=lambda report: "exception" not in report)
    (error,) = page["exception"]["values"]
    assert (error["type"], error["value"]) == ("RuntimeError", "no mailbox [masked] for 24 letters")
    assert (page["release"], page["environment"]) == ("2026.11.2", "staging")
    assert page["tags"]["request_id"] == "broken-page.0042"
    assert page["request"] == {
        "method": "GET", "url": "http://testserver/broken", "query_string": "email=[masked]&page=2"}  # fmt: skip
    assert page["transaction"] == "/broken"
    assert not any("vars" in frame for frame in error["stacktrace"]["frames"])
    assert (line["message"], line["contexts"]["line"]["guest_name"]) == ("something_failed", "[masked]")
    assert line["contexts"]["line"]["rooms"] == "3"
    text = json.dumps(told).lower()
    # The source lines of a trace are code, which names what the test made up.
    for frame in error["stacktrace"]["frames"]:
        for part in ("pre_context", "context_line", "post_context"):
            for code in [frame[part]] if isinstance(frame.get(part), str) else frame.get(part) or ():
                text = text.replace(json.dumps(code).lower().strip('"'), "")
    assert [word for word in SAID if word in text] == []


@pytest.mark.slow
@pytest.mark.urls("tests.system.urls")
@pytest.mark.django_db(transaction=True)
def test_one_id_leads_from_the_page_through_worker_and_call_to_the_report(
    environment: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with receiving(default=status(200, b"{}")) as tracker, receiving() as provider:
        with handled(CALLS):
            for name, breaks in (("well", ""), ("badly", "guest zephyrine@quastenflosser.example is gone")):
                answer = Client().post(
                    "/ask",
                    {"url": provider.url, "name": name, "breaks": breaks},
                    headers={"X-Request-ID": f"asked-{name}.0042"},
                )
                assert answer.status_code == 202
        known = environment | {"SENTRY_DSN": dsn(tracker)}
        options = ["--queues", "processing", "--concurrency", "1", "--loglevel", "INFO", "--without-mingle"]
        worker = ["-m", "celery", "-A", "tests.system.programs", "--quiet", "worker", *options]
        with (
            program("-m", "tests.system.programs", log=log, environment=known),
            program(*worker, log=log, environment=known),
        ):
            ended = Effect.objects.filter(status__in=("done", "dead"))
            assert wait_until(
                lambda: ended.count() == 2 and bool(reports(tracker)), seconds=PATIENCE_SECONDS
            ), log.read_text()[-3_000:]

    assert sorted(call.headers["x-request-id"] for call in provider.received) == [
        "asked-badly.0042", "asked-well.0042"]  # fmt: skip
    assert not any({"sentry-trace", "baggage"} & call.headers.keys() for call in provider.received)
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    for name in ("well", "badly"):
        told = {line["event"] for line in lines if line.get("request_id") == f"asked-{name}.0042"}
        assert {"outbound_call", "effect_run"} <= told
    (report,) = reports(tracker)
    assert report["tags"]["request_id"] == "asked-badly.0042"
    assert report["exception"]["values"][-1]["value"] == "guest [masked] is gone"
    assert [word for word in SAID if word in (log.read_text() + json.dumps(report)).lower()] == []
