"""docs/operators-guide.md has every command of ours, once, and index.md every document."""

from __future__ import annotations

import re
from collections import Counter

from django.apps import apps
from django.core.management import get_commands
from django.utils.module_loading import autodiscover_modules

from core.schedule.registry import scheduled_jobs

from .documents import ROOT
from .test_documents import DOCUMENTS

GUIDE = DOCUMENTS["docs/operators-guide.md"]
ROW = re.compile(r"^\| `(?P<command>\w+)` (?P<runs>● )?\|", re.MULTILINE)
NAMED_OTHERWISE = {
    "idempotency_keys_prune": "idempotency_prune",
    "resend_overdue": "notifications_resend",
    "files_delete": "exports_forget",
    "schedules_send": "reports_send",
    "offers_make": "waitlist_offers",
}
"""Jobs whose command has another name."""


def own_commands() -> set[str]:
    return {
        name
        for name, app in get_commands().items()
        if isinstance(app, str)
        and (ROOT / app.split(".")[0] / "management").is_dir()
        and apps.is_installed(app)
    }


def test_every_command_is_explained_once() -> None:
    explained = Counter(row["command"] for row in ROW.finditer(GUIDE.prose))

    assert sorted(own_commands() - explained.keys()) == [], "add them to docs/operators-guide.md"
    assert sorted(explained.keys() - own_commands()) == [], "docs/operators-guide.md has what is not there"
    assert [name for name, times in explained.items() if times > 1] == []


def test_what_runs_by_itself_is_marked() -> None:
    autodiscover_modules("tasks")
    jobs = {name.rpartition(".")[2] for name in scheduled_jobs()}
    by_themselves = {NAMED_OTHERWISE.get(name, name) for name in jobs} & own_commands()
    marked = {row["command"] for row in ROW.finditer(GUIDE.prose) if row["runs"]}

    assert marked - {"dispatch_outbox"} == by_themselves


def test_every_document_is_in_the_list() -> None:
    linked = {target.partition("#")[0] for _line, target in DOCUMENTS["docs/index.md"].links}
    documents = {path.removeprefix("docs/") for path in DOCUMENTS if path.startswith("docs/")} - {"index.md"}

    assert sorted(documents - linked) == [], "add them to docs/index.md"
