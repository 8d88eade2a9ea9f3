"""The build hook that bundles GraphiQL and React into the package, so that no page needs a CDN.

Hatchling loads this file by its path whenever it builds a wheel, an editable install or an
sdist; the running service never imports it. The files come out of npm packages through the npm
client, pinned by version and checksum. Where they lie in place already, as in an sdist, npm is
not needed.
"""

import base64
import hashlib
import io
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["BundleError", "CustomBuildHook", "fill"]

FOLDER = "service/web/static/graphiql"
_NPM_SECONDS = 300


class BundleError(Exception):
    """The files cannot be had; the message says what to do."""


@dataclass(frozen=True, slots=True)
class BundledFile:
    """A file of a package: its path there, its name here, and its SHA-256."""

    member: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class NpmPackage:
    """A package by version, with the integrity that npm states: base64 of its SHA-512."""

    spec: str
    sha512: str
    files: tuple[BundledFile, ...]


PACKAGES = (
    NpmPackage(
        "graphiql@3.8.3",
        "cuPDYtXVKV86Pu5PHBX642Odi/uVEE2y1Jxq5rGO/Qy1G2lRp7ZZ7a/T30RzxhuLSWo9zUbzq0P3U49//H0Ugw==",
        (
            BundledFile(
                "package/graphiql.min.js",
                "graphiql.min.js",
                "22faab94067b695e5f7959619fbe686ebcc8955002a0c97d986bcbba4ad4bc2c",
            ),
            BundledFile(
                "package/graphiql.min.css",
                "graphiql.min.css",
                "b1868247f8e0502cd869e581f5f3cb55b334862e7f51b1d6cbace11059b9adc2",
            ),
            BundledFile(
                "package/LICENSE",
                "graphiql.LICENSE.txt",
                "4b18fbe55c4e8f9169cb702be138f4d858a2dad920c39857204ffdc9c1c9fdc4",
            ),
        ),
    ),
    NpmPackage(
        "react@18.3.1",
        "wS+hAgJShR0KhEvPJArfuPVN1+Hz1t0Y6n5jLrGQbkb4urgPE/0Rve+1kMB1v/oWgHgm4WIcV+i7F2pTVj+2iQ==",
        (
            BundledFile(
                "package/umd/react.production.min.js",
                "react.production.min.js",
                "d949f1c3687aedadcedac85261865f29b17cd273997e7f6b2bfc53b2f9d4c4dd",
            ),
            BundledFile(
                "package/LICENSE",
                "react.LICENSE.txt",
                "52412d7bc7ce4157ea628bbaacb8829e0a9cb3c58f57f99176126bc8cf2bfc85",
            ),
        ),
    ),
    NpmPackage(
        "react-dom@18.3.1",
        "5m4nQKp+rZRb09LNH59GM4BxTh9251/ylbKIbpe7TpGxfJ+9kv6BLkLBXIjjspbgbnIBNqlI23tRnTWT0snUIw==",
        (
            BundledFile(
                "package/umd/react-dom.production.min.js",
                "react-dom.production.min.js",
                "35f4f974f4b2bcd44da73963347f8952e341f83909e4498227d4e26b98f66f0d",
            ),
            BundledFile(
                "package/LICENSE",
                "react-dom.LICENSE.txt",
                "52412d7bc7ce4157ea628bbaacb8829e0a9cb3c58f57f99176126bc8cf2bfc85",
            ),
        ),
    ),
)


class CustomBuildHook(BuildHookInterface[BuilderConfig]):
    """Fills the folder before every build, and has it packed although git ignores it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Make the files part of this build, or end it with a sentence that says why not."""
        try:
            fill(Path(self.root) / FOLDER)
        except BundleError as error:
            self.app.abort(str(error))
        build_data["artifacts"].append(f"/{FOLDER}/")


def fill(folder: Path) -> None:
    """See to it that ``folder`` holds every bundled file, with the right content."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        if not all(_is_in_place(folder / file.name, file) for file in package.files):
            _unpack(_fetch(package), package, folder)


def _is_in_place(path: Path, file: BundledFile) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256


def _fetch(package: NpmPackage) -> bytes:
    """Return the package's tarball, its checksum verified."""
    npm = shutil.which("npm")
    if npm is None:
        raise BundleError(
            f"{package.spec} has to be fetched for GraphiQL, and there is no npm on the PATH. "
            "Install Node.js with npm, or build from an sdist, which carries the files."
        )
    with tempfile.TemporaryDirectory() as workplace:
        command = [npm, "pack", "--loglevel=error", "--pack-destination", workplace, package.spec]
        try:
            subprocess.run(  # noqa: S603  a fixed command without a shell
                command, cwd=workplace, check=True, timeout=_NPM_SECONDS, capture_output=True
            )
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode(errors="replace").strip()
            raise BundleError(f"npm could not fetch {package.spec}: {said}") from error
        except subprocess.TimeoutExpired as error:
            raise BundleError(f"npm took over {_NPM_SECONDS} s for {package.spec}") from error
        (tarball,) = Path(workplace).glob("*.tgz")
        content = tarball.read_bytes()
    found = base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != package.sha512:
        raise BundleError(f"{package.spec} has the SHA-512 {found}, not {package.sha512}")
    return content


def _unpack(tarball: bytes, package: NpmPackage, folder: Path) -> None:
    """Write the package's files into ``folder``.

    That they are in the tarball is known: its checksum is the one they were read from.
    """
    with tarfile.open(fileobj=io.BytesIO(tarball)) as archive:
        for file in package.files:
            member = archive.extractfile(file.member)
            if member is not None:
                (folder / file.name).write_bytes(member.read())
