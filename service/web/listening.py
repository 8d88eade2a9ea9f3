"""Where the service listens, and how it speaks HTTP there."""

import socket
from importlib.util import find_spec

from service.errors import MedcodegraphError

__all__ = ["authority", "bound", "http_protocol"]


def http_protocol() -> str:
    """Return the name by which uvicorn finds the protocol of HTTP that fits this machine."""
    # Where httptools does not install, uvicorn has a protocol in Python.
    return "service.web.whole_responses:WholeResponses" if find_spec("httptools") else "auto"


def bound(host: str, port: int) -> socket.socket:
    """Return a socket at the address where uvicorn is to listen, bound as uvicorn binds it.

    Raises ``MedcodegraphError`` where it cannot be had: uvicorn would say so at last, by an exit
    status of its own.
    """
    place = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind((host, port))
    except (OSError, UnicodeError) as error:
        place.close()
        reason = getattr(error, "strerror", None) or error
        raise MedcodegraphError(f"cannot listen on {authority(host, port)}: {reason}") from error
    return place


def authority(host: str, port: int) -> str:
    """Return host and port as a URL writes them."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
