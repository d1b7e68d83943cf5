from __future__ import annotations

import pytest

from mockserver.errors import StartError
from mockserver.server.listen import bind, url_of


def test_port_0_takes_a_free_one_and_says_which() -> None:
    with bind("127.0.0.1", 0) as sock:
        port = sock.getsockname()[1]
        assert port > 0
        assert url_of(sock) == f"http://127.0.0.1:{port}"


def test_every_network_is_reached_at_this_machines_own_address() -> None:
    with bind("0.0.0.0", 0) as sock:
        assert url_of(sock).startswith("http://127.0.0.1:")


def test_a_port_in_use_is_an_error_that_says_what_to_do() -> None:
    with bind("127.0.0.1", 0) as sock:
        sock.listen()
        port = sock.getsockname()[1]
        with pytest.raises(StartError) as caught:
            bind("127.0.0.1", port)
    assert str(caught.value).startswith(f"port {port} on 127.0.0.1 is taken")
    assert "--port 0" in str(caught.value)


@pytest.mark.parametrize(
    ("host", "said"),
    [("no.such.host.invalid", "no such host"), ("192.0.2.1", "no address of this machine"), ("a" * 70, "no such host")],
)
def test_a_host_that_is_not_ours_is_an_error_that_says_what_to_do(host: str, said: str) -> None:
    with pytest.raises(StartError, match=said) as caught:
        bind(host, 0)
    assert "127.0.0.1 serves this machine only" in str(caught.value)
