"""The table of settings says all that is asked for, and nothing else; and it is what the page says."""

from __future__ import annotations

from config.variables import SECRETS, VARIABLES
from config.variables.markdown import settings_page
from tests.deploy.asked import ROOT, source_files, variables_asked

# Looked at by the tests and by libraries that are told nothing else.
ASKED_ELSEWHERE = {"CHROMIUM_PATH", "VACANCY_REPORTS_DATA", "DJANGO_SETTINGS_MODULE"}


def test_every_variable_that_is_asked_for_stands_in_the_table() -> None:
    unknown = {name: sorted(files) for name, files in variables_asked().items() if name not in VARIABLES}
    assert unknown == {}


def test_every_variable_in_the_table_is_asked_for() -> None:
    assert set(VARIABLES) - set(variables_asked()) - ASKED_ELSEWHERE == set()


def test_settings_read_the_environment_one_way() -> None:
    """Another reader would not know of secrets in files."""
    readers = [str(path.relative_to(ROOT)) for path in source_files() if "environ.Env" in path.read_text()]
    assert readers == ["config/variables/environment.py"]


def test_what_sounds_like_a_secret_can_come_from_a_file() -> None:
    words = ("SECRET", "PASSWORD", "TOKEN", "_URL", "_DSN")
    public = {"SITE_URL"}
    assert {name for name in VARIABLES if any(word in name for word in words)} - SECRETS - public == set()
    assert not {f"{name}_FILE" for name in SECRETS} & set(VARIABLES)


def test_the_page_is_what_the_table_says() -> None:
    """`python -m config.variables > docs/settings.md` writes it anew."""
    assert (ROOT / "docs" / "settings.md").read_text() == settings_page()


def test_each_row_is_complete() -> None:
    for variable in VARIABLES.values():
        assert variable.name.isupper()
        assert variable.meaning
        assert variable.default
        assert variable.needed_by
        assert variable.example or variable.secret or variable.name == "STRIPE_PUBLISHABLE_KEY"
