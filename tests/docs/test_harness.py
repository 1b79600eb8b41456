"""What is wrong in a document is found, and what is right is let through."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from . import checking
from .commands import Command, commands_of
from .documents import Block, Document, slug_of
from .running import DocumentIsWrong, as_typed, command_run, moved_by, output_differs
from .site import Site


def document(text: str) -> Document:
    return Document.parsed("docs/made-up.md", text)


def shell(*lines: str, above: str = "", language: str = "console") -> Document:
    return document("\n".join([above, f"```{language}", *lines, "```", ""]))


def block(*lines: str) -> Block:
    return Block("docs/made-up.md", 1, "console", lines)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("$ frobnicate --hard", "nothing here runs frobnicate"),
        ("$ sudo systemctl restart vacancy", "nothing here runs sudo"),
        ("$ manage.py inventory_chek", "there is no command inventory_chek"),
        ("$ .venv/bin/python manage.py inventory_check --fast", "inventory_check has no option --fast"),
        ("$ make tea", "there is no target tea"),
        ("$ .venv/bin/pytest tests/nowhere", "there is no tests/nowhere"),
        ("$ manage.py inventory_check | tee log", "nothing here runs manage.py"),
        ("$ echo 'unfinished", "No closing quotation"),
    ],
)
def test_a_block_that_cannot_be_run_is_named(line: str, complaint: str) -> None:
    problems = list(checking.blocks_unproved(shell(line), run_whole=False))
    assert len(problems) == 1
    assert problems[0].startswith("docs/made-up.md:2: ")
    assert complaint in problems[0]


@pytest.mark.parametrize(
    "line",
    ["$ manage.py inventory_check --json   # a word about it", "$ make bench QUICK=1", "$ curl -s localhost:8000/livez",
     "$ LOG_LEVEL=ERROR .venv/bin/python manage.py cache_stats", "$ .venv/bin/pytest tests/docs -k harness"],
)  # fmt: skip
def test_what_is_run_needs_no_mark(line: str) -> None:
    assert list(checking.blocks_unproved(shell(line), run_whole=False)) == []


def test_a_mark_gives_the_reason_but_lets_no_wrong_option_through() -> None:
    above = "<!-- not run: needs a cluster -->"
    fine = shell("kubectl apply -k deploy", above=above, language="sh")
    wrong = shell(
        "docker compose exec web python manage.py cache_clear --everything", above=above, language="sh"
    )

    assert fine.blocks[0].not_run == "needs a cluster"
    assert list(checking.blocks_unproved(fine, run_whole=False)) == []
    assert list(checking.marks_astray(fine)) == []
    (problem,) = checking.blocks_unproved(wrong, run_whole=False)
    assert "cache_clear has no option --everything" in problem


@pytest.mark.parametrize("mark", ["<!-- not run -->", "<!-- not-run: why -->", "<!-- run by nobody -->"])
def test_a_misspelt_mark_is_none(mark: str) -> None:
    text = shell("frobnicate", above=mark, language="sh")
    assert text.blocks[0].is_marked is False
    assert len(list(checking.marks_astray(text))) == 1


def test_a_block_without_a_language_is_typed_all_the_same() -> None:
    (typed, answer) = document("```\nmanage.py nothing_there\n```\n```\nall exact\n```\n").blocks
    assert (typed.is_shell, answer.is_shell) == (True, False)


def test_a_mark_above_a_sentence_is_astray() -> None:
    assert list(checking.marks_astray(document("<!-- not run: needs root -->\n\nSome words.\n")))


def test_the_test_that_is_said_to_run_a_block_must_know_its_commands() -> None:
    above = "<!-- run by: tests/docs/test_harness.py -->"
    known = shell("$ manage.py holds_expire | sort", above=above)
    unknown = shell("$ manage.py " + "events_" + "number", above=above)
    nowhere = shell("$ manage.py holds_expire", above="<!-- run by: tests/docs/nowhere.py -->")

    assert list(checking.blocks_unproved(known, run_whole=False)) == []
    assert "does not know" in "".join(checking.blocks_unproved(unknown, run_whole=False))
    assert "there is no tests/docs/nowhere.py" in "".join(checking.blocks_unproved(nowhere, run_whole=False))


def test_commands_paths_and_links_in_sentences() -> None:
    right = document(
        "# A heading, with `code`\n\nSee `manage.py inventory_check --json`, `core/money.py`,\n"
        "[here](#a-heading-with-code) and [there](../README.md#two-commands).\n"
    )
    wrong = document(
        "`manage.py inventory_check --jsn` in `core/nothing.py`, `tests/gone`, [a](gone.md), [b](../README.md#gone).\n"
    )
    others = {"README.md": Document.parsed("README.md", "## Two commands\n"), right.path: right}

    assert list(checking.spans_wrong(right)) == []
    assert list(checking.links_broken(right, others)) == []
    assert len(list(checking.spans_wrong(wrong))) == 3
    assert len(list(checking.links_broken(wrong, others))) == 2


@pytest.mark.parametrize(
    ("span", "complaint"),
    [
        ("cache_clear --everything", "no option --everything"),
        ("VACANCY_" + "NOTHING_READS_THIS=1", "nothing reads"),
    ],
)
def test_options_and_settings_in_sentences(span: str, complaint: str) -> None:
    (problem,) = checking.spans_wrong(document(f"Set `{span}`.\n"))
    assert complaint in problem
    assert (
        list(checking.spans_wrong(document("`cache_stats --json`, `DB_POOL_MAX=20`, `cache_stats`\n"))) == []
    )


def test_code_by_indentation_and_broken_python_are_found() -> None:
    assert list(checking.indented_blocks(document("Type this:\n\n    rm -rf /\n")))
    assert list(checking.indented_blocks(document("- a point\n\n    and more of it\n"))) == []
    assert list(checking.python_wrong(document("```python\nfrom core.money import nothing\n```\n")))
    assert list(checking.python_wrong(document("```python\ndef broken(:\n```\n")))
    assert list(checking.python_wrong(document("```python\nfrom core.money import round_money\n```\n"))) == []


def test_lines_are_continued_and_output_is_told_from_commands() -> None:
    first, second = commands_of(
        block("$ curl -s localhost:8000/livez \\", "    -H 'Accept: text/plain'", "ok", "$ make test")
    )
    assert first.steps[0].words == ("curl", "-s", "localhost:8000/livez", "-H", "Accept: text/plain")
    assert (first.shown, second.text) == (("ok",), "make test")


def test_anchors_are_those_of_the_usual_hosts() -> None:
    text = document("# How it's done: `a` & b\n## Same\n## Same\n")
    assert text.anchors == {"how-its-done-a--b", "same", "same-1"}
    assert slug_of("[Link](x.md) here") == "link-here"


def test_dates_lie_ahead_on_the_same_weekday() -> None:
    site = Site(Path(), "http://127.0.0.1:45678")
    typed = as_typed(
        "curl localhost:8000/?a=2020-03-03&b=2020-03-05", site=site, dates_of="2020-03-03 2020-03-05"
    )
    first, second = (date.fromisoformat(part[-10:]) for part in typed.split("&"))

    assert typed.startswith("curl http://127.0.0.1:45678/?a=")
    assert first > datetime.now(tz=UTC).date()
    assert first.weekday() == date(2020, 3, 3).weekday()
    assert second - first == timedelta(days=2)
    assert moved_by(date(2020, 3, 3), date(2020, 1, 1)) == timedelta()


def test_shown_output_may_differ_in_figures_only() -> None:
    shown = Command(block(), "x", ("118342 entries, all as they were written.", "head 9f0c…e1 at 118342"))
    assert output_differs(shown, "7 entries, all as they were written.\nhead 1234567890abcdef at 7\n") == []
    assert output_differs(shown, "7 entries, one was altered.\nhead ab at 7\n") == [shown.shown[0]]


@pytest.mark.django_db
def test_a_command_that_fails_is_told() -> None:
    site = Site(Path(), "http://127.0.0.1:9")
    (command,) = commands_of(block("$ manage.py import_bookings nowhere.csv"))
    with pytest.raises(DocumentIsWrong, match=r"docs/made-up\.md:1: .*nowhere\.csv"):
        command_run(command, site=site)
