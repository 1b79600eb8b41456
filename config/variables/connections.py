"""The servers behind the site, and how many connections there are to them."""

from __future__ import annotations

from .variable import EVERYBODY, Section, Variable

COPIES = "who has copies for reading"

SECTIONS = (
    Section(
        "Servers",
        (
            Variable(
                "DATABASE_URL",
                "PostgreSQL",
                "embedded server; production: none",
                "postgresql://vacancy:password@db.example/vacancy",
                EVERYBODY,
                secret=True,
                required=True,
            ),
            Variable(
                "REDIS_URL",
                "Valkey or Redis: the cache, and the broker unless `BROKER_URL` is set",
                "embedded server; production: none",
                "redis://:password@cache.example:6379/0",
                EVERYBODY,
                secret=True,
                required=True,
            ),
            Variable(
                "BROKER_URL",
                "where Celery's messages wait",
                "`REDIS_URL`",
                "redis://:password@broker.example:6379/0",
                "large sites",
                secret=True,
            ),
            Variable(
                "PAGE_CACHE_URL",
                "a cache server of its own for whole pages",
                "`REDIS_URL`",
                "redis://:password@pages.example:6379/0",
                "large sites",
                secret=True,
            ),
            Variable(
                "CACHE_LOCAL_MEGABYTES",
                "what each process keeps of the cache in its own memory, and as much again of whole pages",
                "`32`",
                "64",
            ),
            Variable(
                "EFFECT_CONCURRENCY",
                "how many effects of each queue run at a time, on all machines together",
                "`email=3,processing=5,scheduled=2`",
                "email=12,processing=40,scheduled=4",
                "large sites",
            ),
        ),
    ),
    Section(
        "The database ([more](databases.md))",
        (
            Variable("DB_POOL_MIN", "connections that each process keeps open", "`1`", "2"),
            Variable("DB_POOL_MAX", "connections that each process has at most", "`10`", "6"),
            Variable("DB_POOL_WAIT_SECONDS", "how long who finds none waits for one; then 503", "`5`", "3"),
            Variable(
                "DB_POOL_WAITING_MAX",
                "how many may wait; the next one is refused at once",
                "`0` (any number)",
                "50",
            ),
            Variable("DB_POOL_LIFETIME_SECONDS", "when a connection is replaced", "`3600`", "900"),
            Variable("DB_POOL_IDLE_SECONDS", "when one that nobody uses is closed", "`600`", "60"),
            Variable("DB_STATEMENT_SECONDS", "how long one statement may take", "`30`", "60"),
            Variable(
                "DATABASE_POOLER",
                "`transaction`: PgBouncer in transaction mode stands before the database",
                "none",
                "transaction",
                "behind PgBouncer",
            ),
            Variable(
                "REPLICA_URLS",
                "copies of the database that catalogue, searches and reports are read from, separated by commas",
                "none",
                "postgresql://vacancy:password@copy.example/vacancy",
                COPIES,
                secret=True,
            ),
            Variable(
                "REPLICA_LAG_SECONDS_MAX", "a copy that is further behind is not read", "`10`", "5", COPIES
            ),
        ),
    ),
)
