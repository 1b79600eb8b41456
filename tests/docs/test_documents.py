"""Every document: each block is run or says why not, and what it names is there."""

from __future__ import annotations

import pytest

from . import checking
from .documents import Document, documents

WHOLE = {"docs/api-guide.md": "tests/docs/test_api_guide.py"}
"""Documents whose blocks a test of their own runs in order, in one session."""
DOCUMENTS = {document.path: document for document in documents()}

pytestmark = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())


def test_every_block_is_run_or_says_why_not(document: Document) -> None:
    problems = [
        *checking.blocks_unproved(document, run_whole=document.path in WHOLE),
        *checking.marks_astray(document),
        *checking.indented_blocks(document),
        *checking.python_wrong(document),
    ]
    assert not problems, "\n" + "\n".join(problems)


def test_commands_and_files_in_sentences_are_there(document: Document) -> None:
    problems = list(checking.spans_wrong(document))
    assert not problems, "\n" + "\n".join(problems)


def test_links_lead_somewhere(document: Document) -> None:
    problems = list(checking.links_broken(document, DOCUMENTS))
    assert not problems, "\n" + "\n".join(problems)
