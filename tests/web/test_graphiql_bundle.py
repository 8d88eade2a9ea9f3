"""The build hook: what it fetches is checked, what lies in place is taken, wheels carry it."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from service.web.bundle import FOLDER, PACKAGES, BundleError, fill

ROOT = Path(__file__).parents[2]
NAMES = {file.name for package in PACKAGES for file in package.files}


@pytest.fixture
def no_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder on the PATH, which is empty."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def _npm(folder: Path, script: str) -> None:
    """Put a program called npm there that runs ``script``."""
    program = folder / "npm"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def _build(target: str, source: Path, folder: Path) -> Path:
    """Return the distribution that the build backend makes of ``source``."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)  # noqa: S603
    (built,) = folder.iterdir()
    return built


@pytest.mark.usefixtures("no_npm")
def test_files_in_place_need_no_npm(tmp_path: Path) -> None:
    """An sdist carries them, so that a wheel can be built where nothing can be fetched."""
    folder = tmp_path / "graphiql"
    shutil.copytree(ROOT / FOLDER, folder)
    fill(folder)
    assert {path.name for path in folder.iterdir()} == NAMES


@pytest.mark.usefixtures("no_npm")
def test_a_changed_file_is_not_taken(tmp_path: Path) -> None:
    """One byte more, and the file has to be fetched anew."""
    folder = tmp_path / "graphiql"
    shutil.copytree(ROOT / FOLDER, folder)
    with (folder / "react.production.min.js").open("ab") as file:
        file.write(b" ")
    with pytest.raises(BundleError, match=r"react@18\.3\.1"):
        fill(folder)


@pytest.mark.usefixtures("no_npm")
def test_without_npm_the_message_says_what_to_install(tmp_path: Path) -> None:
    """A build on a bare machine ends with a sentence."""
    with pytest.raises(BundleError, match=r"Install Node\.js with npm"):
        fill(tmp_path / "graphiql")


def test_a_tarball_of_another_content_is_refused(no_npm: Path, tmp_path: Path) -> None:
    """What a registry sends is held against the checksum before it is opened."""
    _npm(no_npm, 'echo other > "$4/some.tgz"')
    with pytest.raises(BundleError, match="has the SHA-512"):
        fill(tmp_path / "graphiql")
    assert list((tmp_path / "graphiql").iterdir()) == []


def test_what_npm_says_is_passed_on(no_npm: Path, tmp_path: Path) -> None:
    """The reason of a failed download reaches whoever builds."""
    _npm(no_npm, "echo 'no network here' >&2; exit 1")
    with pytest.raises(BundleError, match="no network here"):
        fill(tmp_path / "graphiql")


@pytest.mark.usefixtures("no_npm")
def test_a_wheel_builds_from_the_sdist_without_npm(tmp_path: Path) -> None:
    """Both carry GraphiQL with its licences, and the wheel leaves the hook behind."""
    sdist = _build("sdist", ROOT, tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (source,) = (tmp_path / "unpacked").iterdir()
    wheel = _build("wheel", source, tmp_path / "wheel")
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert {f"{FOLDER}/{name}" for name in NAMES} <= packed
    assert "service/web/templates/graphiql.html" in packed
    assert "service/web/bundle.py" not in packed
