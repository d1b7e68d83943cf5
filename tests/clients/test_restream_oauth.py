"""OAuth with a plain aiohttp client: the code flow, rotation on refresh, revocation."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientSession

from mockserver.core.text import Json
from tests.clients.conftest import Command

BACK = "https://example.com/callback"


class Application:
    """A third party's application at Restream; in a private world its client id is the world's key."""

    def __init__(self, session: ClientSession, command: Command) -> None:
        self.session = session
        self.command = command

    async def code(self) -> str:
        """Send a user to the dialog; the code they come back with."""
        query = {"response_type": "code", "client_id": self.command.key, "redirect_uri": BACK, "state": "xyz"}
        url = f"{self.command.url}/login"
        async with self.session.get(url, params=query, allow_redirects=False) as reply:
            assert reply.status == 302, await reply.text()
            back = reply.headers["Location"]
        arguments = parse_qs(urlsplit(back).query)
        assert back.startswith(f"{BACK}?")
        assert arguments["state"] == ["xyz"]
        return arguments["code"][0]

    async def token(self, **form: str) -> tuple[int, Json]:
        pair = base64.b64encode(f"{self.command.key}:any secret".encode()).decode()
        headers = {"Authorization": f"Basic {pair}"}
        async with self.session.post(f"{self.command.url}/oauth/token", data=form, headers=headers) as reply:
            return reply.status, await reply.json()

    async def pair(self) -> Json:
        status, pair = await self.token(grant_type="authorization_code", redirect_uri=BACK, code=await self.code())
        assert status == 200, pair
        return pair

    async def works(self, token: str) -> int:
        """The status a call with the token gets."""
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.get(f"{self.command.url}/v2/user/clips/projects", headers=headers) as reply:
            return reply.status


Flow = Callable[[Application], Awaitable[None]]


@pytest.fixture
def follow(at_once: Command) -> Callable[[Flow], None]:
    """Runs a flow against the command."""

    async def run(flow: Flow) -> None:
        async with ClientSession() as session:
            await flow(Application(session, at_once))

    return lambda flow: asyncio.run(run(flow))


def test_a_code_is_exchanged_for_a_pair_that_works(follow: Callable[[Flow], None]) -> None:
    async def flow(app: Application) -> None:
        pair = await app.pair()
        assert (pair["token_type"], pair["expires_in"]) == ("Bearer", 3600)
        assert pair["access_token"] == pair["accessToken"]
        assert len(pair["access_token"]) == len(pair["refresh_token"]) == 40
        assert await app.works(pair["access_token"]) == 200

    follow(flow)


def test_a_code_works_once(follow: Callable[[Flow], None]) -> None:
    async def flow(app: Application) -> None:
        form = {"grant_type": "authorization_code", "redirect_uri": BACK, "code": await app.code()}
        assert (await app.token(**form))[0] == 200
        status, told = await app.token(**form)
        assert (status, told["error"]["name"]) == (400, "invalid_grant")

    follow(flow)


def test_a_refresh_rotates_the_pair(follow: Callable[[Flow], None]) -> None:
    async def flow(app: Application) -> None:
        old = await app.pair()
        status, new = await app.token(grant_type="refresh_token", refresh_token=old["refresh_token"])
        assert status == 200
        assert await app.works(new["access_token"]) == 200
        assert await app.works(old["access_token"]) == 401
        status, told = await app.token(grant_type="refresh_token", refresh_token=old["refresh_token"])
        assert (status, told["error"]["name"]) == (400, "invalid_grant")

    follow(flow)


def test_revoking_one_token_kills_its_pair(follow: Callable[[Flow], None]) -> None:
    async def flow(app: Application) -> None:
        pair = await app.pair()
        for token in (pair["refresh_token"], "unknown"):
            async with app.session.post(f"{app.command.url}/oauth/revoke", data={"token": token}) as reply:
                assert (reply.status, await reply.read()) == (200, b"")
        assert await app.works(pair["access_token"]) == 401

    follow(flow)


def test_a_pair_keeps_to_the_world_of_its_application(follow: Callable[[Flow], None]) -> None:
    async def flow(app: Application) -> None:
        pair = await app.pair()
        headers = {"Authorization": f"Bearer {pair['access_token']}"}
        body = {"sourceType": "VideoStorageFile", "videoStorageFileId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"}
        url = f"{app.command.url}/v2/user/clips/projects"
        async with app.session.post(url, json=body, headers=headers) as reply:
            made = (await reply.json())["projectId"]
        headers = {"Authorization": f"Bearer {app.command.key}"}
        async with app.session.get(f"{url}/{made}", headers=headers) as reply:
            assert reply.status == 200

    follow(flow)
