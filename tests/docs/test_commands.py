"""What documents tell people to type is typed, document by document and in order, on a site with the demo."""

from __future__ import annotations

import pytest

from .commands import commands_of
from .documents import Document
from .running import DocumentIsWrong, command_run, output_differs
from .site import Site
from .test_documents import DOCUMENTS, WHOLE

RUN_HERE = {
    path: document
    for path, document in DOCUMENTS.items()
    if path not in WHOLE and any(block.is_shell and not block.is_marked for block in document.blocks)
}

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("document", RUN_HERE.values(), ids=RUN_HERE.keys())
def test_what_the_document_says_works(document: Document, site: Site) -> None:
    problems = []
    for block in document.blocks:
        if not block.is_shell or block.is_marked:
            continue
        for command in commands_of(block):
            try:
                printed = command_run(command, site=site)
            except DocumentIsWrong as error:
                problems.append(str(error))
                continue
            problems += [
                f"{block.where}: {command.text}: not printed: {line}\n{printed}"
                for line in output_differs(command, printed)
            ]
    assert not problems, "\n" + "\n".join(problems)
