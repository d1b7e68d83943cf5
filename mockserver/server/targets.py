"""Which hosts may be called: this machine, and what `--allow-target` names. Decided by address, never by spelling.

Nothing is looked up for a host that could not be called whatever its address: not even its name leaves this machine.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address

# Link-local, where clouds keep their metadata, and where they keep it besides (AWS, Google, Alibaba, Oracle, Azure);
# then what is no single host.
_NEVER: Final = tuple(
    ip_network(text)
    for text in (
        *("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "fd20:ce::254/128"),
        *("100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32"),
        *("224.0.0.0/4", "ff00::/8", "255.255.255.255/32"),
    )
)
_NAT64: Final = ip_network("64:ff9b::/96")


class Refused(OSError):
    """A target that may not be called, in a whole sentence."""


class Targets:
    """`allowed` are (host, port) pairs, port None for any. `own_port` is the server's own, which is never called."""

    def __init__(self, allowed: Iterable[tuple[str, int | None]] = (), own_port: int | None = None) -> None:
        self._allowed = frozenset((_spelled(host), port) for host, port in allowed)
        self._own_port = own_port

    def check_name(self, host: str, port: int) -> None:
        """Raises Refused for a name that must not even be looked up."""
        if not (_is_local(host) or self._is_allowed(host, port)):
            raise Refused(_unallowed(host, port, f"{host} is not known to be this machine"))

    def check(self, host: str, port: int, address: str) -> None:
        """Raises Refused if a host must not be called at this address."""
        found = _bare(ip_address(address.partition("%")[0]))
        named = host if host == str(found) else f"{host} ({found})"
        if any(found in network for network in _NEVER):
            raise Refused(
                f"{named} was not called: link-local, metadata and multicast addresses never are, "
                "--allow-target or not. Name an address that is the receiver's own."
            )
        if found.is_loopback:
            if port == self._own_port:
                raise Refused(
                    f"{named}, port {port} was not called: that is this very server, and its control API takes no "
                    "orders from webhooks. Give the webhook the URL of a receiver."
                )
            return
        if not (self._is_allowed(host, port) or self._is_allowed(str(found), port)):
            raise Refused(_unallowed(host, port, f"{named} is not this machine"))

    def _is_allowed(self, host: str, port: int) -> bool:
        name = _spelled(host)
        return (name, port) in self._allowed or (name, None) in self._allowed


def numeric(host: str) -> str | None:
    """The address that a host spells, however oddly (`2130706433`, `0177.0.0.1`, `127.1`); None for a name."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError, ValueError):
        return None
    return str(found[0][4][0])


def _bare(address: Address) -> Address:
    """The address itself when IPv6 only wraps one of IPv4."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _is_local(host: str) -> bool:
    name = _spelled(host)
    return name == "localhost" or name.endswith(".localhost")


def _spelled(host: str) -> str:
    """One spelling for each host: lower case, no final dot, addresses in their usual form."""
    name = host.lower().removesuffix(".").strip("[]")
    try:
        return str(_bare(ip_address(name)))
    except ValueError:
        return name


def _unallowed(host: str, port: int, why: str) -> str:
    shown = f"[{host}]" if ":" in host else host
    return (
        f"{shown}, port {port} was not called: {why}, and other machines are left alone unless you say otherwise. "
        f"Start the server with --allow-target {shown}:{port} to have it called."
    )
