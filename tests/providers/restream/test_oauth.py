from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, urlsplit

import pytest

from mockserver.core.http import Reply
from mockserver.core.payload import FORM_MEDIA
from mockserver.core.text import Json
from mockserver.providers.restream.instants import iso
from tests.providers.restream.desk import DAY, HOUR, NOW, PROJECTS, Desk, error

BACK: Final = "https://example.com/callback"
TOKEN: Final = "/oauth/token"


def dialog(desk: Desk, **changed: str) -> Reply:
    query = {"response_type": "code", "client_id": "test_me", "redirect_uri": BACK, "state": "a b&c", **changed}
    return desk.get("/login", key=None, **{name: value for name, value in query.items() if value})


def code_of(desk: Desk, **changed: str) -> str:
    return parse_qs(urlsplit(dialog(desk, **changed).header("location") or "").query)["code"][0]


def exchange(desk: Desk, code: str, **changed: str) -> Reply:
    form = {"grant_type": "authorization_code", "redirect_uri": BACK, "code": code, **changed}
    return desk.form(TOKEN, form, basic=("test_me", "s"))


def refresh(desk: Desk, token: str, client: str = "test_me") -> Reply:
    return desk.form(TOKEN, basic=(client, "s"), grant_type="refresh_token", refresh_token=token)


def pair(desk: Desk) -> Json:
    return exchange(desk, code_of(desk)).value


def works(desk: Desk, token: str) -> bool:
    return desk.call("GET", PROJECTS, key=None, headers={"Authorization": f"Bearer {token}"}).status == 200


# ---- the dialog


def test_the_dialog_redirects_with_code_scope_and_state() -> None:
    reply = dialog(Desk())
    back, _, query = (reply.header("location") or "").partition("?")
    assert (reply.status, back) == (302, BACK)
    arguments = parse_qs(query)
    assert re.fullmatch("[0-9a-f]{40}", arguments.pop("code")[0])
    assert arguments == {"scope": ["clips.read clips.write storage.read"], "state": ["a b&c"]}


def test_a_user_who_declines_is_sent_back_without_parameters() -> None:
    reply = dialog(Desk(), client_id="test_me+denied-app")
    assert (reply.status, reply.header("location")) == (302, BACK)


def test_a_redirect_uri_keeps_its_query_and_fragment() -> None:
    location = dialog(Desk(), redirect_uri="myapp://back?x=1#top").header("location") or ""
    assert location.startswith("myapp://back?x=1&code=")
    assert location.endswith("#top")


def test_without_a_redirect_uri_the_registered_one_is_taken() -> None:
    desk = Desk()
    assert (dialog(desk, redirect_uri="", client_id="test_me+strict-app").header("location") or "").startswith(BACK)
    assert error(dialog(desk, redirect_uri="")) == (400, "Invalid client: missing client `redirectUri`")


@pytest.mark.parametrize(
    ("changed", "message", "name"),
    [
        ({"client_id": ""}, "Missing parameter: `client_id`", "invalid_request"),
        ({"client_id": "test_me\x00"}, "Invalid parameter: `client_id`", "invalid_request"),
        ({"client_id": "nobody"}, "Invalid client: client credentials are invalid", "invalid_client"),
        ({"redirect_uri": "nowhere"}, "Invalid request: `redirect_uri` is not a valid URI", "invalid_request"),
        (
            {"redirect_uri": "https://a.b/\r\nX: y"},
            "Invalid request: `redirect_uri` is not a valid URI",
            "invalid_request",
        ),
        (
            {"client_id": "test_me+strict-app", "redirect_uri": "https://example.org/"},
            "Invalid client: `redirect_uri` does not match client value",
            "invalid_client",
        ),
        ({"response_type": ""}, "Missing parameter: `response_type`", "invalid_request"),
        (
            {"response_type": "token"},
            "Unsupported response type: `response_type` is not supported",
            "unsupported_response_type",
        ),
    ],
)
def test_a_dialog_opened_wrongly_is_400(changed: dict[str, str], message: str, name: str) -> None:
    reply = dialog(Desk(), **changed)
    assert error(reply) == (400, message)
    assert reply.value["error"]["name"] == name


# ---- codes


def test_a_code_becomes_a_pair_in_both_spellings() -> None:
    desk = Desk()
    reply = exchange(desk, code_of(desk))
    pair = reply.value
    assert re.fullmatch("[0-9a-f]{40}", pair["access_token"])
    assert re.fullmatch("[0-9a-f]{40}", pair["refresh_token"])
    assert pair == {
        "access_token": pair["access_token"],
        "expires": (NOW + HOUR) // 1000,
        "expires_in": 3600,
        "refresh_token": pair["refresh_token"],
        "scope": "clips.read clips.write storage.read",
        "token_type": "Bearer",
        "accessToken": pair["access_token"],
        "accessTokenExpiresIn": 3600,
        "accessTokenExpiresAt": iso(NOW + HOUR),
        "accessTokenExpiresEpoch": (NOW + HOUR) // 1000,
        "refreshToken": pair["refresh_token"],
        "refreshTokenExpiresIn": 31536000,
        "refreshTokenExpiresAt": iso(NOW + 365 * DAY),
        "refreshTokenExpiresEpoch": (NOW + 365 * DAY) // 1000,
        "scopeJson": ["clips.read", "clips.write", "storage.read"],
        "tokenType": "Bearer",
    }
    assert (reply.header("cache-control"), reply.header("pragma")) == ("no-store", "no-cache")


def test_a_token_has_the_scopes_ticked_for_its_application() -> None:
    desk = Desk()
    code = code_of(desk, client_id="test_me+read-only-app")
    form = {"grant_type": "authorization_code", "redirect_uri": BACK, "code": code}
    reply = desk.form(TOKEN, form, client_id="test_me+read-only-app", client_secret="s")
    assert reply.value["scopeJson"] == ["clips.read", "storage.read"]
    token = reply.value["access_token"]
    assert works(desk, token)
    assert desk.call("POST", PROJECTS, {}, headers={"Authorization": f"Bearer {token}"}).status == 403


def test_a_code_works_once() -> None:
    desk = Desk()
    code = code_of(desk)
    assert exchange(desk, code).status == 200
    assert error(exchange(desk, code)) == (400, "Invalid grant: authorization code is invalid")


def test_a_code_works_for_five_minutes() -> None:
    desk = Desk()
    early, late = code_of(desk), code_of(desk, state="other")
    desk.wait(300_000)
    assert exchange(desk, early).status == 200
    desk.wait(1)
    assert error(exchange(desk, late)) == (400, "Invalid grant: authorization code has expired")


def test_a_code_of_another_application_is_invalid_and_stays_good() -> None:
    desk = Desk()
    code = code_of(desk)
    form = {"grant_type": "authorization_code", "redirect_uri": BACK, "code": code}
    reply = desk.form(TOKEN, form, basic=("test_me+denied-app", "s"))
    assert error(reply) == (400, "Invalid grant: authorization code is invalid")
    assert exchange(desk, code).status == 200


@pytest.mark.parametrize(
    ("redirect", "message"),
    [
        ("", "Invalid request: `redirect_uri` is not a valid URI"),
        ("https://example.org/", "Invalid request: `redirect_uri` is invalid"),
    ],
)
def test_a_code_needs_the_redirect_uri_of_its_dialog(redirect: str, message: str) -> None:
    desk = Desk()
    assert error(exchange(desk, code_of(desk), redirect_uri=redirect)) == (400, message)


def test_the_first_application_has_two_names_in_a_private_world() -> None:
    desk = Desk()
    form = {"grant_type": "authorization_code", "redirect_uri": BACK, "code": code_of(desk)}
    assert desk.form(TOKEN, form, basic=("test_me+example-app", "s")).status == 200


# ---- refresh and revocation


def test_a_refresh_gives_a_new_pair_and_kills_the_old_one() -> None:
    desk = Desk()
    old = pair(desk)
    new = refresh(desk, old["refresh_token"]).value
    assert works(desk, new["access_token"])
    assert not works(desk, old["access_token"])
    assert error(refresh(desk, old["refresh_token"])) == (400, "Invalid grant: refresh token is invalid")
    assert refresh(desk, new["refresh_token"]).status == 200


def test_an_access_token_lives_an_hour_and_its_refresh_token_a_year() -> None:
    desk = Desk()
    tokens = pair(desk)
    desk.wait(HOUR)
    assert works(desk, tokens["access_token"])
    desk.wait(1)
    assert not works(desk, tokens["access_token"])
    desk.wait(364 * DAY)
    tokens = refresh(desk, tokens["refresh_token"]).value
    desk.wait(365 * DAY + 1)
    assert error(refresh(desk, tokens["refresh_token"])) == (400, "Invalid grant: refresh token has expired")


def test_a_refresh_token_belongs_to_its_application() -> None:
    desk = Desk()
    reply = refresh(desk, pair(desk)["refresh_token"], "test_me+denied-app")
    assert error(reply) == (400, "Invalid grant: refresh token is invalid")


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_either_token_kills_the_pair(which: str) -> None:
    desk = Desk()
    tokens = pair(desk)
    reply = desk.form("/oauth/revoke", token=tokens[which])
    assert (reply.status, reply.body, reply.header("content-type")) == (200, b"", None)
    assert not works(desk, tokens["access_token"])
    assert refresh(desk, tokens["refresh_token"]).status == 400


@pytest.mark.parametrize("form", [{}, {"token": ""}, {"token": "nonsense", "token_type_hint": "x"}])
def test_revoking_nothing_is_200_too(form: dict[str, str]) -> None:
    assert Desk().form("/oauth/revoke", form).status == 200


def test_a_revocation_that_is_no_form_is_200_too() -> None:
    desk = Desk()
    assert desk.call("POST", "/oauth/revoke", {"token": "test_me"}, key=None).status == 200
    assert desk.call("POST", "/oauth/revoke", raw=b"\xff{", key=None).status == 200


def test_a_key_of_the_world_can_be_refreshed_and_revoked() -> None:
    desk = Desk()
    assert refresh(desk, "test_me+refresh-me").status == 200
    assert desk.get(PROJECTS, key="+refreshable").status == 401
    desk.form("/oauth/revoke", token="test_me+revocable-refresh")
    assert desk.get(PROJECTS, key="+revocable").status == 401


# ---- what the token call refuses

GRANT: Final = {"grant_type": "refresh_token", "refresh_token": "x"}


@pytest.mark.parametrize(
    ("form", "message", "name"),
    [
        ({**GRANT}, "Invalid client: cannot retrieve client credentials", "invalid_client"),
        ({**GRANT, "client_id": "test_me"}, "Invalid client: cannot retrieve client credentials", "invalid_client"),
        ({"client_id": "test_me\x01", "client_secret": "s"}, "Invalid parameter: `client_id`", "invalid_request"),
        ({"client_id": "test_me", "client_secret": "é"}, "Invalid parameter: `client_secret`", "invalid_request"),
        ({**GRANT, "client_id": "no", "client_secret": "s"}, "Invalid client: client is invalid", "invalid_client"),
        (
            {**GRANT, "client_id": "test_me+strict-app", "client_secret": "wrong"},
            "Invalid client: client is invalid",
            "invalid_client",
        ),
        ({"client_id": "test_me", "client_secret": "s"}, "Missing parameter: `grant_type`", "invalid_request"),
        (
            {"client_id": "test_me", "client_secret": "s", "grant_type": "a b"},
            "Invalid parameter: `grant_type`",
            "invalid_request",
        ),
        (
            {"client_id": "test_me", "client_secret": "s", "grant_type": "telepathy"},
            "Unsupported grant type: `grant_type` is invalid",
            "unsupported_grant_type",
        ),
        (
            {"client_id": "test_me", "client_secret": "s", "grant_type": "password"},
            "Unauthorized client: `grant_type` is invalid",
            "unauthorized_client",
        ),
        (
            {"client_id": "test_me", "client_secret": "s", "grant_type": "authorization_code"},
            "Missing parameter: `code`",
            "invalid_request",
        ),
        (
            {"client_id": "test_me", "client_secret": "s", "grant_type": "refresh_token"},
            "Missing parameter: `refresh_token`",
            "invalid_request",
        ),
        (
            {"client_id": "test_me", "client_secret": "s", "grant_type": "refresh_token", "refresh_token": "\x00"},
            "Invalid parameter: `refresh_token`",
            "invalid_request",
        ),
    ],
)
def test_a_token_call_is_refused_step_by_step(form: dict[str, str], message: str, name: str) -> None:
    reply = Desk().form(TOKEN, form)
    assert error(reply) == (400, message)
    assert reply.value["error"]["name"] == name


@pytest.mark.parametrize(("basic", "missing"), [(("", "s"), "client_id"), (("test_me", ""), "client_secret")])
def test_half_a_basic_authentication_misses_the_other_half(basic: tuple[str, str], missing: str) -> None:
    assert error(Desk().form(TOKEN, GRANT, basic=basic)) == (400, f"Missing parameter: `{missing}`")


def test_a_bad_client_with_basic_authentication_gets_401_and_a_challenge() -> None:
    reply = Desk().form(TOKEN, GRANT, basic=("test_me+strict-app", "wrong"))
    assert error(reply) == (401, "Invalid client: client is invalid")
    assert reply.header("WWW-Authenticate") == 'Basic realm="Service"'


def test_the_right_secret_works() -> None:
    reply = Desk().form(TOKEN, GRANT, basic=("test_me+strict-app", "correct-secret"))
    assert error(reply) == (400, "Invalid grant: refresh token is invalid")


@pytest.mark.parametrize(
    ("media", "raw"),
    [("application/json", b'{"grant_type": "refresh_token"}'), ("", b""), (FORM_MEDIA + "; charset=klingon", b"x=y")],
)
def test_a_token_call_that_is_no_form_is_400(media: str, raw: bytes) -> None:
    reply = Desk().call("POST", TOKEN, key=None, raw=raw, headers={"Content-Type": media})
    assert error(reply) == (400, "Invalid request: content must be application/x-www-form-urlencoded")


def test_a_refused_token_call_changes_nothing() -> None:
    desk = Desk()
    tokens = pair(desk)
    refresh(desk, tokens["refresh_token"], "test_me+denied-app")
    assert works(desk, tokens["access_token"])
    assert refresh(desk, tokens["refresh_token"]).status == 200
