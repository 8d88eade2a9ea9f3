"""The environment, read once."""

from dataclasses import asdict, fields
from pathlib import Path

import pytest

from service.settings import ENVIRONMENT_PREFIX, Settings, shipped_data

GIVEN = {
    "DATA": ("/srv/graph", Path("/srv/graph")),
    "HOST": ("0.0.0.0", "0.0.0.0"),  # noqa: S104  nothing is bound here
    "PORT": ("8123", 8123),
    "WORKERS": ("3", 3),
    "CORS_ORIGINS": (
        "https://a.example, https://b.example",
        ("https://a.example", "https://b.example"),
    ),
    "TRUSTED_HOSTS": ("codes.example,", ("codes.example",)),
    "COMPILE": ("0", False),
    "CACHE_MIB": ("8", 8),
}


def test_every_setting_is_read_from_its_variable() -> None:
    """A new field without a variable, or a misspelt one, fails here."""
    settings = Settings.from_environment(
        {f"{ENVIRONMENT_PREFIX}{name}": text for name, (text, _) in GIVEN.items()}
    )
    assert [field.name.upper() for field in fields(Settings)] == list(GIVEN)
    assert list(asdict(settings).values()) == [value for _, value in GIVEN.values()]


def test_an_empty_environment_gives_the_defaults() -> None:
    """The defaults stand in two places, and are the same."""
    assert Settings.from_environment({}) == Settings()


def test_every_setting_is_in_the_readme() -> None:
    """What can be set and is not described is not found."""
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert [name for name in GIVEN if f"{ENVIRONMENT_PREFIX}{name}" not in readme] == []


@pytest.mark.parametrize("text", ["x", "-1", "8000.5"])
def test_a_number_that_is_none_names_its_variable(text: str) -> None:
    """Whoever set it wrong sees what to change."""
    with pytest.raises(ValueError, match="MEDCODEGRAPH_PORT must be a whole number"):
        Settings.from_environment({"MEDCODEGRAPH_PORT": text})


@pytest.mark.parametrize("text", ["", " "])
def test_a_blank_variable_counts_as_unset(text: str) -> None:
    """Files of variables name many and set few."""
    blank = dict.fromkeys((f"{ENVIRONMENT_PREFIX}{name}" for name in GIVEN), text)
    assert Settings.from_environment(blank) == Settings()


@pytest.mark.parametrize("host", ["codes*", "*codes.example", "a.*.example", "*.*"])
def test_a_host_that_is_no_pattern_is_refused(host: str) -> None:
    """Otherwise every request would fail, or the server not start."""
    with pytest.raises(ValueError, match="MEDCODEGRAPH_TRUSTED_HOSTS may have"):
        Settings.from_environment({"MEDCODEGRAPH_TRUSTED_HOSTS": f"*.codes.example,{host}"})


def test_the_shipped_data_are_found() -> None:
    """A checkout and a wheel keep them in different places."""
    assert (shipped_data() / "lifecycle.toml").is_file()
