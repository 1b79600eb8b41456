from __future__ import annotations

import pytest

from core import locks
from tests.concurrency.crowd import PATIENT_LOCKS_SECONDS


@pytest.fixture
def patient_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has a lock may be held up by a busy machine: here that is no reason to refuse the others."""
    monkeypatch.setattr(locks, "LOCK_TIMEOUT_SECONDS", PATIENT_LOCKS_SECONDS)
