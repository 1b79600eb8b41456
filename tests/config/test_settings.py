"""Addresses as people write them, and as the libraries read them."""

from __future__ import annotations

import pytest

from config.settings.databases import database_config, databases_config, routers
from config.settings.servers import broker_config


def test_what_the_database_url_asks_for_is_kept_beside_our_options() -> None:
    config = database_config("postgresql://vacancy:secret@db.example/vacancy?sslmode=require")
    options = config["OPTIONS"]
    assert isinstance(options, dict)
    assert options["sslmode"] == "require"
    assert "jit=off" in options["options"]


def test_the_broker_reads_the_number_of_its_database() -> None:
    assert broker_config("unix:///run/valkey?db=3") == "redis+socket:///run/valkey?virtual_host=3"
    assert broker_config("redis://cache.example:6379/1") == "redis://cache.example:6379/1"


@pytest.mark.parametrize(
    ("urls", "aliases"),
    [
        ("", ["default"]),
        ("postgresql://vacancy@one/vacancy", ["default", "replica_1"]),
        (
            "postgresql://vacancy@one/vacancy,postgresql://vacancy@two/vacancy",
            ["default", "replica_1", "replica_2"],
        ),
    ],
)
def test_none_one_or_several_copies_for_reading(
    monkeypatch: pytest.MonkeyPatch, urls: str, aliases: list[str]
) -> None:
    monkeypatch.setenv("REPLICA_URLS", urls)
    databases = databases_config("postgresql://vacancy@primary/vacancy")

    assert list(databases) == aliases
    assert [config["HOST"] for config in databases.values()] == ["primary", "one", "two"][: len(aliases)]
    assert {config["ENGINE"] for config in list(databases.values())[1:]} <= {"core.replicas.backend"}
    assert bool(routers(databases)) is (len(aliases) > 1)
