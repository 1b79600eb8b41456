"""Throw-away PostgreSQL and Valkey for one test run.

The root conftest calls `start` before anything imports settings. The process that runs pytest (under xdist: the
controller) starts the servers; xdist's workers inherit their addresses. They end with that process, however it ends,
and their files with them. `DATABASE_URL` and `REDIS_URL` stand for servers of one's own, as everywhere.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

from config.embedded import EmbeddedServerError, start_services

VALKEY_DATABASES = 16


def start() -> None:
    """Start the servers unless their addresses are known and put the addresses into the environment."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    given = bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))
    if worker is None and not given:
        try:
            # Short and outside the project, so that a run never meets the development servers or another run.
            session = start_services(Path(tempfile.mkdtemp(prefix="vacancy-tests-")), profile="throw-away")
        except EmbeddedServerError as error:
            sys.exit(f"The tests' servers cannot be started. {error}")
        os.environ["DATABASE_URL"] = session.urls.database_url
        os.environ["REDIS_URL"] = session.urls.redis_url
    elif worker is not None:
        os.environ["REDIS_URL"] = url_for_worker(os.environ["REDIS_URL"], worker=worker)


def url_for_worker(url: str, *, worker: str) -> str:
    """Return `url` with a Valkey database of the worker's own ("gw0" has 1), so that no flush reaches a neighbour.

    As PostgreSQL's databases are apart by pytest-django's suffix, but Valkey's have numbers only and 16 of them by
    default, workers beyond the fifteenth share.
    """
    number = 1 + int(re.sub(r"\D", "", worker) or 0) % (VALKEY_DATABASES - 1)
    if url.startswith("unix:"):
        return f"{url.split('?', maxsplit=1)[0]}?db={number}"
    address, _, query = url.partition("?")
    scheme, _, rest = address.partition("://")
    host = rest.split("/")[0]
    return f"{scheme}://{host}/{number}" + (f"?{query}" if query else "")
