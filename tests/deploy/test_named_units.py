"""Units and timers that a document or a script names are units that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.deploy.asked import ROOT
from tests.deploy.test_units import HOME

NAMED = re.compile(
    r"(?<![\w/.-])vacancy-(?P<name>[a-z]+(?:-[a-z]+)*)(?P<rest>@[\w$*%]*|\*)?(?P<ending>\.(?:service|timer|target))?"
)
COMMAND = re.compile(r"(?:systemctl|journalctl)\b.*")
DOCUMENTS = sorted(
    path
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "deploy" / "debian" / "install.sh"]
)


def exists(named: re.Match[str]) -> bool:
    """Whether there is a unit of that name; `*` stands for some of them."""
    rest = named["rest"] or ""
    stem = f"vacancy-{named['name']}{'@' if rest.startswith('@') else rest}"
    endings = [named["ending"]] if named["ending"] else [".service", ".timer", ".target"]
    return any(list(HOME.glob(f"{stem}{ending}")) for ending in endings)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_units_in_commands_exist(path: Path) -> None:
    missing = [
        f"{number}: {named.group()}"
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        for command in COMMAND.findall(line)
        for named in NAMED.finditer(command)
        if not exists(named)
    ]
    assert missing == []
