"""The alert rules and the dashboard: each asks for what is exported, fires where it should, and has its entry."""

from __future__ import annotations

import re
from typing import Any

import promql_parser
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from core.cache.client import cache_server
from core.models import ScheduledJob
from core.observability.tallies import tallies
from core.schedule.states import jobs_sync
from core.system.lines import system_lines
from core.system.looks.outside import LOOK_JOB
from core.system.runbook import runbook_entries
from tests.admin.conftest import logged_in
from tests.factories.accounts import SuperuserFactory

from .cases import CASES, NOW
from .promql import evaluate, series_read
from .rules import Rule, dashboard, dashboard_expressions, filled, rules, selectors

NOT_OURS = {"up"}
"""What Prometheus itself adds to every scrape."""
SILENT_HERE = {
    "vacancy_replica_lag_seconds",
    "vacancy_replica_up",
    "vacancy_figures_failed",
    "vacancy_payments_open",
    "vacancy_log_archive_failing",
}
"""Told only with copies of the database, an archive of its log or open payments, or while something fails."""
RULES = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.alert)


@pytest.fixture
def scrape(db: Any, client: Client) -> dict[str, list[dict[str, str]]]:
    """A real answer of /metrics on a site where everything has something to tell: series by name."""
    cache_server().redis.flushdb()
    jobs_sync(ScheduledJob.objects.all())
    found = {"certificates": {"book.example.com": {"expires": 2_000_000_000, "problem": ""}}, "mail": True}
    ScheduledJob.objects.filter(pk=LOOK_JOB).update(last_result=found, last_succeeded_at=timezone.now())
    client.get("/")
    tallies.flush()
    answer = client.get("/metrics")
    assert answer.status_code == 200
    series: dict[str, list[dict[str, str]]] = {}
    for family in text_string_to_metric_families(answer.text):
        series.setdefault(family.name, [])
        for sample in family.samples:
            series.setdefault(sample.name, []).append(sample.labels)
    return series


def problems_of(expression: str, scrape: dict[str, list[dict[str, str]]]) -> list[str]:
    """What an expression asks for and a scrape does not tell."""
    found = []
    for selector in selectors(expression):
        if selector.name in NOT_OURS | SILENT_HERE & scrape.keys():
            continue
        if selector.name not in scrape:
            found.append(f"{selector.name} is not exported")
            continue
        no_error_yet = selector.name.startswith("vacancy_request_") and "5xx" in selector.prettify()
        if not no_error_yet and not any(
            all(fits(matcher, labels) for matcher in selector.matchers.matchers)
            for labels in scrape[selector.name]
        ):
            found.append(f"{selector.prettify()} fits no series")
    return found


def fits(matcher: Any, labels: dict[str, str]) -> bool:
    if matcher.name not in labels:
        return False
    kind = str(matcher.op).rpartition(".")[2]
    if kind == "Re":
        return matcher.value == "all" or re.fullmatch(matcher.value, labels[matcher.name]) is not None
    return kind != "Equal" or matcher.value in (labels[matcher.name], "all")


def test_every_figure_of_rules_and_dashboard_is_exported(scrape: dict[str, list[dict[str, str]]]) -> None:
    asked = [(rule.alert, rule.expression) for rule in rules()] + dashboard_expressions()

    problems = [
        f"{name}: {problem}" for name, expression in asked for problem in problems_of(expression, scrape)
    ]

    assert not problems, "\n" + "\n".join(problems)


def test_a_rule_for_a_figure_that_does_not_exist_would_be_found(
    scrape: dict[str, list[dict[str, str]]],
) -> None:
    assert problems_of("vacancy_moon_phase > 1", scrape) == ["vacancy_moon_phase is not exported"]
    assert problems_of('vacancy_up{server="moon"} == 0', scrape) == [
        'vacancy_up{server="moon"} fits no series'
    ]


def test_every_rule_has_its_cases_and_no_case_is_left_over() -> None:
    assert sorted(CASES) == sorted(rule.alert for rule in rules())


@RULES
def test_a_rule_fires_beyond_its_threshold_and_not_before(rule: Rule) -> None:
    fires, rests = CASES[rule.alert]
    for figures in fires:
        assert evaluate(rule.expression, series_read(figures, at=NOW, step=270), at=NOW), (
            f"{figures} should fire"
        )
    for figures in rests:
        found = evaluate(rule.expression, series_read(figures, at=NOW, step=270), at=NOW)
        assert found == [], f"{figures} should not fire"


@RULES
def test_a_rule_is_whole(rule: Rule) -> None:
    promql_parser.parse(rule.expression)
    assert re.fullmatch(r"\d+[smh]", rule.pause)
    assert rule.severity in {"page", "ticket"}
    assert rule.summary.endswith(".")
    named = set(re.findall(r"\$labels\.(\w+)", rule.description))
    told = {
        matcher.name for selector in selectors(rule.expression) for matcher in selector.matchers.matchers
    } | labels_left(rule)
    assert named <= told, f"{named - told} is no label of the result"


def labels_left(rule: Rule) -> set[str]:
    """The labels that the series have at which it fires."""
    fires, _rests = CASES[rule.alert]
    found = evaluate(rule.expression, series_read(fires[0], at=NOW, step=270), at=NOW)
    assert isinstance(found, list)
    return {name for labels, _value in found for name in labels}


# --- the runbook ----------------------------------------------------------------------------------------------------


def test_each_alert_has_its_entry_and_each_entry_an_alert() -> None:
    entries = {entry.anchor: entry for entry in runbook_entries()}
    page = reverse("admin:runbook")

    for rule in rules():
        address, _hash, anchor = rule.runbook_url.partition("#")
        assert address == "{{ $externalLabels.site }}" + page
        assert anchor in entries, f"{rule.alert}: no entry {anchor}"
        assert rule.alert in entries[anchor].alerts
    told = [alert for entry in entries.values() for alert in entry.alerts]
    assert sorted(told) == sorted(rule.alert for rule in rules())
    assert len(entries) == len(runbook_entries())


def test_each_line_of_the_page_has_its_entry() -> None:
    anchors = {entry.anchor for entry in runbook_entries()}

    assert [line.key for line in system_lines() if line.runbook not in anchors] == []


@pytest.mark.parametrize("entry", runbook_entries(), ids=lambda entry: entry.anchor)
def test_an_entry_says_what_it_means_how_to_look_and_how_to_mend(entry: Any) -> None:
    assert len(" ".join(block.text for block in entry.means)) > 60
    assert any(block.is_code for block in entry.look), "no command to look with"
    assert any(block.is_code for block in entry.mend), "no command to mend with"
    assert not any(block.is_code for block in entry.means)


@pytest.mark.django_db
def test_operators_read_the_runbook_on_the_site() -> None:
    page = logged_in(SuperuserFactory.create()).get(reverse("admin:runbook"))

    for entry in runbook_entries():
        assert f'id="{entry.anchor}"' in page.text
    assert "manage.py deadletters" in page.text
    assert "&lt;!--" not in page.text


# --- the dashboard ----------------------------------------------------------------------------------------------------


def test_the_dashboard_is_one_that_grafana_takes() -> None:
    document = dashboard()
    panels = [panel for panel in document["panels"] if panel["type"] != "row"]

    assert document["uid"] == "vacancy"
    assert len({panel["id"] for panel in document["panels"]}) == len(document["panels"])
    for panel in panels:
        assert panel["targets"], panel["title"]
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
        assert panel["description"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in document["panels"]]
    assert len(set(places)) == len(places)
    variables = {variable["name"] for variable in document["templating"]["list"]}
    for panel in panels:
        assert panel["datasource"]["uid"] == "${datasource}"
        for target in panel["targets"]:
            promql_parser.parse(filled(target["expr"]))
            used = set(re.findall(r"\$(\w+)", target["expr"])) - {"__rate_interval", "__interval", "__range"}
            assert used <= variables


def test_what_alerts_are_about_is_on_the_dashboard() -> None:
    shown = {
        selector.name for _panel, expression in dashboard_expressions() for selector in selectors(expression)
    }
    asked = {selector.name for rule in rules() for selector in selectors(rule.expression)} - NOT_OURS

    assert asked - shown == set()


def test_the_documents_name_every_figure_there_is(scrape: dict[str, list[dict[str, str]]]) -> None:
    from pathlib import Path

    text = Path(__file__).resolve().parents[2].joinpath("docs/monitoring.md").read_text()
    families = {re.sub(r"_(total|bucket|count|sum|created)$", "", name) for name in scrape}

    assert [name for name in sorted(families) if name not in text] == []


def test_the_looks_outside_are_a_job_that_runs(db: Any) -> None:
    call_command("scheduled_jobs", "--run", LOOK_JOB, verbosity=0)

    assert ScheduledJob.objects.get(pk=LOOK_JOB).last_result == {"certificates": {}, "mail": None}
