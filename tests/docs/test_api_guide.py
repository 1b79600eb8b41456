"""docs/api-guide.md: its curl and Python examples in their order, and the answers that it shows."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
from typing import Any

import pytest

from .answers import differences
from .documents import ROOT, Block
from .running import as_typed
from .session import session_run
from .site import Site, cache_empty
from .test_documents import DOCUMENTS

GUIDE = DOCUMENTS["docs/api-guide.md"]
ANSWERS = {"json", "text"}

pytestmark = pytest.mark.slow


def shown_after(block: Block) -> Block | None:
    """What the guide shows as the answer to a block: the block that follows, if it is one."""
    following = GUIDE.blocks[GUIDE.blocks.index(block) + 1 :][:1]
    return following[0] if following and following[0].language in ANSWERS else None


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="needs bash and curl")
def test_the_examples_with_curl_answer_what_the_guide_shows(site: Site) -> None:
    cache_empty()
    typed = session_run(GUIDE, site=site)

    problems = [
        f"{one.command.block.where}: {one.command.text}: {one.printed}" for one in typed if one.status
    ]
    for one in typed:
        block = one.command.block
        missing = [line for line in one.command.shown if not _printed(line, one.printed)]
        problems += [f"{block.where}: not printed: {line}\n{one.printed}" for line in missing]
        shown = shown_after(block)
        is_last = one.command == [other.command for other in typed if other.command.block == block][-1]
        if shown is not None and is_last:
            wrong = differences(json.loads(shown.text), json.loads(one.printed))
            problems += [f"{shown.where}: {line}" for line in wrong]
            problems += [one.printed[:1000]] if wrong else []
    assert not problems, "\n" + "\n".join(problems)


def test_the_examples_in_python_print_what_the_guide_shows(site: Site) -> None:
    cache_empty()
    blocks = [block for block in GUIDE.blocks if block.language == "python"]
    dates_of = "\n".join(block.text for block in blocks)
    names: dict[str, Any] = {}

    problems = []
    with contextlib.ExitStack() as ending:
        ending.callback(lambda: names["api"].close() if "api" in names else None)
        for block in blocks:
            code = compile(as_typed(block.text, site=site, dates_of=dates_of), block.where, "exec")
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(code, names)
            shown = shown_after(block)
            if shown is not None and printed.getvalue().strip() != shown.text.strip():
                problems.append(f"{shown.where}: printed:\n{printed.getvalue()}")
    assert not problems, "\n" + "\n".join(problems)


def test_every_answer_that_is_shown_is_compared() -> None:
    askers = [block for block in GUIDE.blocks if block.is_shell or block.language == "python"]
    shown = [block for block in GUIDE.blocks if block.language in ANSWERS]
    assert shown == [answer for answer in map(shown_after, askers) if answer is not None]
    assert len(shown) > 20


def test_the_codes_of_refusals_are_there() -> None:
    rows = re.findall(r"^\| [\d, ]+(?: with `Retry-After`)? \| (.+?) \|", GUIDE.prose, re.MULTILINE)
    codes = {code for row in rows for code in re.findall(r"`(\w+)`", row)}
    sources = "".join(path.read_text() for path in ROOT.glob("[a-z]*/**/*.py") if "tests" not in path.parts)

    assert len(codes) > 10
    assert [code for code in sorted(codes) if f'"{code}"' not in sources] == []


@pytest.mark.parametrize(
    ("shown", "answered"),
    [
        ({"id": 1, "total": "5.00", "…": "…"}, {"id": 77, "total": "5.00", "more": 1}),
        ({"created_at": "2026-11-22T02:53:30Z"}, {"created_at": "2027-01-01T00:00:00.5Z"}),
        ({"results": [{"nights": 3}, "…"]}, {"results": [{"nights": 3}, {}, {}]}),
        ({"arrival": "2026-11-22", "token": "vac_…"}, {"arrival": "2027-03-09", "token": "vac_abc"}),
    ],
)
def test_what_differs_from_day_to_day_may_differ(shown: Any, answered: Any) -> None:
    assert differences(shown, answered) == []


@pytest.mark.parametrize(
    ("shown", "answered"),
    [
        ({"total": "5.00"}, {"total": "6.00"}),
        ({"nights": 3}, {"nights": 4}),
        ({"nights": 3}, {"nights": 3, "more": 1}),
        ({"nights": 3, "gone": 1, "…": "…"}, {"nights": 3}),
        ({"results": [1, 2]}, {"results": [1, 2, 3]}),
        ({"arrival": "2026-11-22"}, {"arrival": None}),
        ({"status": "held"}, {"status": "confirmed"}),
    ],
)
def test_what_the_guide_says_otherwise_is_found(shown: Any, answered: Any) -> None:
    assert len(differences(shown, answered)) == 1


def _printed(line: str, printed: str) -> bool:
    """Whether a shown line was printed; numbers may be others."""
    return _without_numbers(line) in map(_without_numbers, printed.splitlines())


def _without_numbers(line: str) -> str:
    return " ".join("0" if part.isdigit() else part for part in line.split())
