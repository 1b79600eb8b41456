"""Addresses as people write them, and as the libraries read them."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings.databases import database_config, databases_config, routers
from config.settings.servers import broker_config, cache_config, email_config
from config.variables import env


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


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "",
        "mysql://vacancy:s3cret@db.example/vacancy",
        "postgresql://vacancy:s3/cret@db.example/vacancy",
        "postgresql://vacancy:s3cret@db.example:x/vacancy",
    ],
)
def test_an_address_that_is_none_of_a_database_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="no address of PostgreSQL") as refused:
        database_config(url)
    assert "s3" not in str(refused.value)


@pytest.mark.parametrize("url", ["nonsense", "redis://:s3cret@cache.example:x/0", "unix:///run/valkey?db=s3"])
def test_an_address_that_is_none_of_a_cache_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.delenv("PAGE_CACHE_URL", raising=False)
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL is no address of Valkey") as refused:
        cache_config(url)
    assert "s3" not in str(refused.value)


@pytest.mark.parametrize("url", ["nonsense", "smtp://mail.example:s3"])
def test_an_address_that_is_none_of_a_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL is no address of a mail server") as refused:
        email_config(url)
    assert "s3" not in str(refused.value)


@pytest.mark.parametrize(
    ("read", "value"), [("int", "ten"), ("float", "soon"), ("bool", "ture"), ("bool", "2"), ("json", "{")]
)
def test_a_value_of_another_kind_is_refused_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, read: str, value: str
) -> None:
    monkeypatch.setenv("A_SETTING", value)
    with pytest.raises(ImproperlyConfigured, match=f"A_SETTING cannot be '{value}'"):
        getattr(env, read)("A_SETTING", default=None)


@pytest.mark.parametrize(
    ("value", "meant"),
    [("true", True), ("YES", True), ("1", True), ("off", False), ("0", False), ("", False)],
)
def test_yes_and_no_in_their_usual_words(monkeypatch: pytest.MonkeyPatch, value: str, meant: object) -> None:
    monkeypatch.setenv("A_SETTING", value)
    assert env.bool("A_SETTING", default=False) is meant


def test_debug_belongs_to_other_programs_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "express:*")
    assert env.bool("DEBUG", default=True) is False
