"""Addresses as people write them, and as the libraries read them."""

from __future__ import annotations

from config.settings.base import broker_config, database_config


def test_what_the_database_url_asks_for_is_kept_beside_our_options() -> None:
    config = database_config("postgresql://vacancy:secret@db.example/vacancy?sslmode=require")
    options = config["OPTIONS"]
    assert isinstance(options, dict)
    assert options["sslmode"] == "require"
    assert "jit=off" in options["options"]


def test_the_broker_reads_the_number_of_its_database() -> None:
    assert broker_config("unix:///run/valkey?db=3") == "redis+socket:///run/valkey?virtual_host=3"
    assert broker_config("redis://cache.example:6379/1") == "redis://cache.example:6379/1"
