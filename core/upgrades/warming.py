"""Filling the caches for the new version, which reads nothing that the old one has computed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.module_loading import autodiscover_modules

from core.observability.probes import probes_all
from core.observability.queries import bulk_work


def caches_warm() -> tuple[int, list[str]]:
    """Do once what the apps name as their main cached reads and pages; how many, and what did not succeed."""
    autodiscover_modules("probes")
    warmed, failed = 0, []
    with bulk_work(), _quiet():
        for probe in probes_all():
            if probe.cached is None:
                continue
            try:
                run = probe.prepare()
                if run is not None:
                    run()
                    warmed += 1
            except Exception as error:  # noqa: BLE001 - a cold cache is no reason to doubt the upgrade; it is told
                failed.append(f"{probe.name}: {type(error).__name__}")
    return warmed, failed


@contextmanager
def _quiet() -> Iterator[None]:
    """Log no requests: nobody has sent them, and a program reads what the command writes."""
    before = logging.root.manager.disable
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(before)
