"""How careful the servers are: a development database is kept, a test's is thrown away."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """Server options, in the servers' own words, for one kind of use."""

    name: str
    keeps_data: bool
    postgres_options: dict[str, str]
    valkey_options: dict[str, str]


# `jit` compiles big queries for longer than our pages take altogether (166 ms on one page).
_POSTGRES_ALWAYS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "random_page_cost": "1.1",
}

# Cache and broker share one Valkey. Cache keys carry a time to live and tasks in the broker's queues carry none, so
# `volatile-lru` makes room by evicting the cache and never drops a task, as `allkeys-lru` would; `noeviction` would
# refuse new tasks once the cache has filled the memory.
_VALKEY_ALWAYS = {
    "port": "0",
    "unixsocketperm": "700",
    "databases": "64",
    "maxmemory": "256mb",
    "maxmemory-policy": "volatile-lru",
    "save": "",
    "daemonize": "no",
}

PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            name="development",
            keeps_data=True,
            postgres_options=_POSTGRES_ALWAYS | {"shared_buffers": "256MB"},
            valkey_options=_VALKEY_ALWAYS | {"appendonly": "yes", "appendfsync": "everysec"},
        ),
        Profile(
            name="throw-away",
            keeps_data=False,
            postgres_options=_POSTGRES_ALWAYS
            | {
                "shared_buffers": "128MB",
                "fsync": "off",
                "full_page_writes": "off",
                "synchronous_commit": "off",
            },
            valkey_options=_VALKEY_ALWAYS | {"appendonly": "no"},
        ),
    )
}
