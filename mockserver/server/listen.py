"""A bound socket and the URL it is reached at."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress

from mockserver.control.access import Access, is_loopback
from mockserver.errors import StartError
from mockserver.server import entropy


def bind(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A TCP socket bound to host and port (0 takes a free one), not yet listening. Raises StartError.

    Several may be bound to one port if all are `shared`.
    """
    family, address = _address(host, port)
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind(address)
        sock.setblocking(False)
    except OSError as error:
        sock.close()
        raise StartError(_why(host, port, error)) from None
    return sock


def _address(host: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int]]:
    for family in (socket.AF_INET, socket.AF_INET6):
        with suppress(OSError, ValueError, UnicodeError):
            socket.inet_pton(family, host)
            return family, (host, port)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        raise StartError(f"--host {host}: no such host ({error}). 127.0.0.1 serves this machine only.") from None
    family, _, _, _, address = found[0]
    return family, (str(address[0]), int(address[1]))


def _why(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is taken, perhaps by another mockserver (`ss -ltnp 'sport = :{port}'` or "
            f"`lsof -i :{port}` names the process). Stop it, or choose another port: --port 0 takes a free one."
        )
    if error.errno == errno.EACCES:
        return f"port {port} needs more rights than this user has. Choose one above 1023: --port 4080."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"--host {host} is no address of this machine. 127.0.0.1 serves this machine only, 0.0.0.0 all networks."
    return f"can't listen on {host}, port {port}: {error.strerror}."


def url_of(sock: socket.socket) -> str:
    """The URL a client on this machine reaches a bound socket at."""
    host, port = sock.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def access_to(sock: socket.socket, token: str | None) -> Access:
    """Who may drive a server on this socket. Off loopback a token is needed: one is made up if none was given."""
    host, port = sock.getsockname()[:2]
    loopback = is_loopback(host)
    return Access(loopback, port, token if token is not None or loopback else entropy.token())
