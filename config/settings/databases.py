"""The database, its copies for reading, and what stands before them: each setting comes from the environment.

docs/databases.md tells more of them.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg_pool import ConnectionPool

from config.variables import env

RECONNECT_SECONDS = 1.0
"""After so long without a server, the pool's attempt begins anew."""
ENGINE = "django.db.backends.postgresql"
POOLERS = ("", "transaction")
REPLICA_ALIAS = "replica_{}"
REPLICA_ENGINE = "core.replicas.backend"
ROUTER = "core.replicas.router.ReplicaRouter"
SERVER_PARAMETERS = {
    "jit": "off",
    "statement_timeout": f"{env.int('DB_STATEMENT_SECONDS', default=30)}s",
    "idle_in_transaction_session_timeout": "30s",
}
"""What each of our sessions runs with. JIT is off: it cost single pages 166 ms."""
ROLE_PARAMETERS = {**SERVER_PARAMETERS, "timezone": "UTC"}
"""The same for the role, where a pooler lets no session say it: `manage.py database_role`."""


def pooler() -> str:
    """What stands between us and PostgreSQL: nothing, or PgBouncer in transaction mode. Raises ImproperlyConfigured."""
    name = env.str("DATABASE_POOLER", default="")
    if name not in POOLERS:
        raise ImproperlyConfigured(f"DATABASE_POOLER is transaction, or not set at all; it is {name!r}.")
    return name


def pool_config() -> dict[str, Any]:
    """The pool of psycopg, as each process has one for each database. Raises ImproperlyConfigured.

    A connection is tried before it is handed out (`CONN_HEALTH_CHECKS`). Who finds all of them taken waits for
    `timeout` seconds and is refused then, as is at once who finds `max_waiting` others waiting (0: any number may).
    """
    minimum, maximum = env.int("DB_POOL_MIN", default=1), env.int("DB_POOL_MAX", default=10)
    if not 0 <= minimum <= maximum or maximum < 1:
        raise ImproperlyConfigured(
            f"DB_POOL_MIN ({minimum}) must not be above DB_POOL_MAX ({maximum}), nor either below 0 and 1."
        )
    return {
        "min_size": minimum,
        "max_size": maximum,
        "timeout": _seconds("DB_POOL_WAIT_SECONDS", default=5),
        "max_waiting": env.int("DB_POOL_WAITING_MAX", default=0),
        "max_lifetime": _seconds("DB_POOL_LIFETIME_SECONDS", default=3600),
        "max_idle": _seconds("DB_POOL_IDLE_SECONDS", default=600),
        "reconnect_timeout": RECONNECT_SECONDS,
        "reconnect_failed": pool_try_again,
    }


def pool_try_again(pool: ConnectionPool[Any]) -> None:
    """Begin anew after a connection could not be made.

    By itself the pool waits twice as long after each attempt: for minutes, when the server was away for minutes. This
    way it asks about once in `RECONNECT_SECONDS` for as long as the server is away, and is ready as soon as that is.
    """
    pool.check()


def database_config(url: str) -> dict[str, Any]:
    """PostgreSQL with psycopg's pool, directly or behind a pooler in transaction mode.

    Such a pooler gives each transaction another session: nothing may be set or opened that outlives one. So there are
    no startup options (the role has them: `manage.py database_role`), no prepared statements, no cursors of the server.
    Raises ImproperlyConfigured.
    """
    config = _parsed(url)
    config["CONN_HEALTH_CHECKS"] = True
    options: dict[str, Any] = {"pool": pool_config(), "connect_timeout": 5}
    if pooler() == "transaction":
        config["DISABLE_SERVER_SIDE_CURSORS"] = True
        options["prepare_threshold"] = None
    else:
        options["options"] = " ".join(f"-c {name}={value}" for name, value in SERVER_PARAMETERS.items())
    config["OPTIONS"] = dict(config.get("OPTIONS") or {}) | options
    return config


def replica_config(url: str) -> dict[str, Any]:
    """A copy for reading. It is given up quickly: the primary can answer everything that it can."""
    config = database_config(url)
    config["ENGINE"] = REPLICA_ENGINE
    config["TEST"] = {"MIRROR": "default"}
    config["OPTIONS"] |= {
        "connect_timeout": 2,
        "tcp_user_timeout": 3000,
        "pool": config["OPTIONS"]["pool"] | {"min_size": 0, "timeout": 1.0, "reconnect_failed": None},
    }
    return config


def databases_config(url: str) -> dict[str, dict[str, Any]]:
    """The primary, and a copy for each address in `REPLICA_URLS`."""
    copies = [replica_config(copy) for copy in env.list("REPLICA_URLS", default=[])]
    named = {REPLICA_ALIAS.format(number): config for number, config in enumerate(copies, start=1)}
    return {"default": database_config(url), **named}


def routers(databases: dict[str, Any]) -> list[str]:
    """The router, where there is something to choose from."""
    return [ROUTER] if len(databases) > 1 else []


def _parsed(url: str) -> dict[str, Any]:
    """The address as Django has it. What is wrong with it is said without it: there is a password inside."""
    try:
        config = dict(env.db_url_config(url)) if "://" in url else {}
    except ValueError:
        config = {}
    if config.get("ENGINE") != ENGINE:
        raise ImproperlyConfigured(
            "DATABASE_URL, or one of REPLICA_URLS, is no address of PostgreSQL: write it as "
            "postgresql://user:password@host/name, a password with %-codes for what is neither letter nor digit."
        )
    return config


def _seconds(name: str, *, default: float) -> float:
    value = env.float(name, default=default)
    if value <= 0:
        raise ImproperlyConfigured(f"{name} must be above 0; it is {value:g}.")
    return value
