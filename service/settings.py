"""Every setting of the service, read from the environment once, here and nowhere else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ENVIRONMENT_PREFIX", "Settings", "shipped_data"]

ENVIRONMENT_PREFIX = "MEDCODEGRAPH_"


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set. Each field is also a ``MEDCODEGRAPH_…`` variable; the command line wins.

    ``compile`` turns the query compiler off where it is 0; ``cache_mib`` bounds, in MiB a worker,
    each of what is kept: whole answers, encoded parts of answers, responses to equal requests.
    ``data`` is the folder of the snapshot; ``cors_origins`` and ``trusted_hosts`` are lists
    separated by commas, ``*`` for any.
    """

    data: Path = Path("data")
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    cors_origins: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ("*",)
    compile: bool = True
    cache_mib: int = 64

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Return the settings that ``environment`` states, defaults for the rest.

        A blank variable counts as unset. Raises ``ValueError`` naming the variable where a number
        is none, or a host is no pattern.
        """
        stated = {name: text for name, text in environment.items() if text.strip()}

        def number(name: str, default: int) -> int:
            text = stated.get(f"{ENVIRONMENT_PREFIX}{name}")
            if text is None:
                return default
            if not text.strip().isdecimal():
                raise ValueError(f"{ENVIRONMENT_PREFIX}{name} must be a whole number, not {text!r}")
            return int(text)

        def names(name: str, default: tuple[str, ...]) -> tuple[str, ...]:
            text = stated.get(f"{ENVIRONMENT_PREFIX}{name}")
            if text is None:
                return default
            return tuple(part.strip() for part in text.split(",") if part.strip())

        hosts = names("TRUSTED_HOSTS", ("*",))
        for host in hosts:
            if host != "*" and "*" in host.removeprefix("*."):
                raise ValueError(
                    f"{ENVIRONMENT_PREFIX}TRUSTED_HOSTS may have * alone or as in *.example.org, "
                    f"not {host!r}"
                )
        return cls(
            data=Path(stated.get(f"{ENVIRONMENT_PREFIX}DATA", "data")),
            host=stated.get(f"{ENVIRONMENT_PREFIX}HOST", "127.0.0.1"),
            port=number("PORT", 8000),
            workers=number("WORKERS", 1),
            cors_origins=names("CORS_ORIGINS", ()),
            trusted_hosts=hosts,
            compile=bool(number("COMPILE", 1)),
            cache_mib=number("CACHE_MIB", 64),
        )


def shipped_data() -> Path:
    """Return the folder of the data that ship with the project.

    A wheel carries it inside the package; a checkout has it beside the package.
    """
    package = Path(__file__).parent
    inside = package / "graph_data"
    return inside if inside.is_dir() else package.parent / "graph_data"
