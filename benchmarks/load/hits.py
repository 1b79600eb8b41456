"""`python -m benchmarks.load.hits`: the cache's counts of all processes, as JSON."""

from __future__ import annotations

import json

import django

django.setup()

from core.cache.totals import totals_read  # noqa: E402 - settings are there after the set-up

if __name__ == "__main__":
    totals = totals_read()
    print(json.dumps(totals.namespaces if totals else {}))
