from __future__ import annotations

import pytest

from mockserver.server.targets import Refused, Targets, numeric


@pytest.mark.parametrize("address", ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may_be_called(address: str) -> None:
    Targets().check("localhost", 80, address)


@pytest.mark.parametrize("address", ["10.0.0.5", "192.168.1.1", "8.8.8.8", "0.0.0.0", "::", "fd00::5", "2001:db8::1"])
def test_other_machines_may_not_unless_allowed(address: str) -> None:
    with pytest.raises(Refused, match=r"--allow-target \S+:8080"):
        Targets().check("host.test", 8080, address)
    Targets([("host.test", None)]).check("host.test", 8080, address)
    Targets([(address, 8080)]).check(address, 8080, address)


@pytest.mark.parametrize(
    "address",
    [
        *("169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "100.100.100.200"),
        *("::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"),
        *("192.0.0.192", "168.63.129.16", "224.0.0.1", "ff02::1", "255.255.255.255"),
    ],
)
def test_link_local_and_metadata_addresses_never_may(address: str) -> None:
    allowed = Targets([("host.test", None), (address.partition("%")[0], None), ("169.254.169.254", None)])
    with pytest.raises(Refused, match="never are, --allow-target or not"):
        allowed.check("host.test", 80, address)


def test_an_allowed_port_is_that_one_alone() -> None:
    targets = Targets([("host.test", 8080)])
    targets.check("host.test", 8080, "10.0.0.5")
    with pytest.raises(Refused, match=r"host\.test"):
        targets.check("host.test", 8081, "10.0.0.5")


def test_an_allowed_address_is_allowed_under_any_name_that_is_looked_up() -> None:
    Targets([("10.0.0.5", None)]).check("host.test", 80, "10.0.0.5")
    Targets([("[FD00::5]", 80)]).check("fd00::5", 80, "fd00:0::5")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "hooks.localhost", "host.test", "HOST.test."])
def test_names_of_this_machine_and_allowed_ones_are_looked_up(host: str) -> None:
    Targets([("host.test", 80)]).check_name(host, 80)


@pytest.mark.parametrize("host", ["example.com", "localhost.example.com", "notlocalhost", "host.test"])
def test_no_other_name_is(host: str) -> None:
    with pytest.raises(Refused, match=f"--allow-target {host}:81 to have it called"):
        Targets([("host.test", 80)]).check_name(host, 81)


def test_the_server_itself_takes_no_orders_from_webhooks() -> None:
    targets = Targets([("127.0.0.1", None)], own_port=4080)
    targets.check("localhost", 4081, "127.0.0.1")
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        with pytest.raises(Refused, match="that is this very server"):
            targets.check("localhost", 4080, address)


@pytest.mark.parametrize("spelling", ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_odd_spellings_are_addresses_all_the_same(spelling: str) -> None:
    assert numeric(spelling) == "127.0.0.1"


@pytest.mark.parametrize("name", ["localhost", "example.com", "256.1.1.1", "x" * 300, "bad\0name"])
def test_names_are_none(name: str) -> None:
    assert numeric(name) is None
