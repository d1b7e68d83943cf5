"""Examples for a client of Restream's clips."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.mutants.clients.errors import (
    FeatureNotActive,
    InvalidRequest,
    MissingScope,
    NotFound,
    SignInAgain,
    TookTooLong,
    Unauthorized,
    UsageLimitReached,
)
from tests.mutants.clients.restream import App, RestreamClient, Tokens
from tests.mutants.suites.examples.conftest import Account

Restream = Account[RestreamClient]
FILE = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
CLIPPED, CLIPPED_PROJECT = "d0e00000-0000-4000-8000-000000000000", "d0e00000-0000-4000-8000-00000000c11b"
SPEECHLESS, STUCK = "deaf0000-0000-4000-8000-000000000000", "57ac0000-0000-4000-8000-000000000000"


def create(
    restream: Restream,
    file: str = FILE,
    part: tuple[float, float] | None = None,
    single: bool = False,
    force: bool = False,
) -> str:
    """A new project's id. A mock that goes by the document alone has to be told which success is meant."""
    return restream.client(prefer="code=201").create_project(file, part=part, single=single, force=force).id


def test_a_project_is_created(restream: Restream) -> None:
    project = restream.client(prefer="code=201").create_project(FILE, title="My webinar")
    assert project.id
    assert (project.source_id, project.title) == (FILE, "My webinar")


def test_clips_come(restream: Restream) -> None:
    client = restream.client()
    clips = client.wait_for_clips(create(restream))
    assert len(clips) > 1
    assert len({clip.id for clip in clips}) == len(clips)


def test_a_repetition_is_no_error(restream: Restream) -> None:
    assert create(restream) == create(restream)


def test_a_repetition_finds_the_project_there_is(restream: Restream) -> None:
    assert restream.client(prefer="code=409").create_project(CLIPPED).id == CLIPPED_PROJECT


def test_a_repetition_makes_no_clips(restream: Restream) -> None:
    client = restream.client()
    before = client.wait_for_clips(CLIPPED_PROJECT)
    create(restream, CLIPPED)
    assert len(client.wait_for_clips(CLIPPED_PROJECT)) == len(before)


def test_a_forced_repetition_makes_more(restream: Restream) -> None:
    client = restream.client()
    before = client.wait_for_clips(CLIPPED_PROJECT)
    create(restream, CLIPPED, force=True)
    assert len(client.wait_for_clips(CLIPPED_PROJECT)) > len(before)


def test_clips_of_a_range_lie_in_it(restream: Restream) -> None:
    client = restream.client()
    clips = client.wait_for_clips(create(restream, part=(300, 600)))
    assert clips
    assert all(300 <= clip.start < clip.end <= 600 for clip in clips)


@pytest.mark.parametrize("part", [(0, 30), (60.5, 120.25)], ids=["from the beginning", "with fractions"])
def test_a_range_as_one_clip_is_that_range(restream: Restream, part: tuple[float, float]) -> None:
    client = restream.client()
    clips = client.wait_for_clips(create(restream, part=part, single=True))
    assert [(clip.start, clip.end) for clip in clips] == [part]


def test_a_range_that_is_too_short_is_invalid(restream: Restream) -> None:
    with pytest.raises(InvalidRequest, match="InvalidBodyParams"):
        restream.client(prefer="code=400").create_project(FILE, part=(10, 12))


def test_a_range_beyond_the_end_is_invalid(restream: Restream) -> None:
    with pytest.raises(InvalidRequest):
        restream.client(prefer="code=400").create_project(FILE, part=(3590, 3700))


def test_an_unknown_file_is_not_found(restream: Restream) -> None:
    with pytest.raises(NotFound):
        restream.client(prefer="code=404").create_project("00000000-dead-4000-8000-000000000000")


def test_a_token_that_only_reads_can_t_create(restream: Restream) -> None:
    with pytest.raises(MissingScope) as raised:
        restream.client("+read-only", prefer="code=403, example=insufficientScope").create_project(FILE)
    assert raised.value.scope == "clips.write"


def test_a_token_that_only_writes_can_t_list(restream: Restream) -> None:
    with pytest.raises(MissingScope):
        list(restream.client("+write-only", prefer="code=403").projects())


def test_a_plan_without_clips_is_told(restream: Restream) -> None:
    client = restream.client("+no-feature", prefer="code=403, example=featureNotActive")
    with pytest.raises(FeatureNotActive):
        client.create_project("0ff00000-0000-4000-8000-000000000000")


def test_a_plan_that_is_used_up_is_told(restream: Restream) -> None:
    client = restream.client("+no-quota", prefer="code=403, example=usageLimitReached")
    with pytest.raises(UsageLimitReached):
        client.create_project("00000000-0000-4000-8000-000000000000")


def test_an_unknown_token_is_refused_and_not_repeated(restream: Restream) -> None:
    with pytest.raises(Unauthorized) as raised:
        restream.client(key="nobody-knows", prefer="code=401").create_project(FILE)
    assert "nobody-knows" not in str(raised.value)


def test_a_video_without_speech_has_no_clips(restream: Restream) -> None:
    client = restream.client()
    assert client.wait_for_clips(create(restream, SPEECHLESS)) == []


def test_a_generation_that_is_stuck_is_given_up(restream: Restream) -> None:
    client = restream.client()
    project = create(restream, STUCK)
    with pytest.raises(TookTooLong):
        client.wait_for_clips(project, deadline=300)
    assert sum(restream.clock.waited) == pytest.approx(300)


def test_projects_of_all_pages_are_listed(restream: Restream) -> None:
    client = restream.client()
    all_at_once = [project.id for project in client.projects()]
    client.page_size = 10
    assert [project.id for project in client.projects()] == all_at_once
    assert len(all_at_once) > 10


def test_files_are_listed_whatever_their_state(restream: Restream) -> None:
    files = restream.client(prefer="example=processing").files()
    assert {file.seconds is None for file in files if file.status == "Processing"} == {True}


def test_a_clip_is_downloaded(restream: Restream) -> None:
    client = restream.client()
    clip = client.wait_for_clips(CLIPPED_PROJECT)[0]
    assert client.download_url(clip.id).startswith("http")
    assert len(client.download(clip.id)) > 100


def test_a_clip_is_downloaded_again_a_week_later(restream: Restream) -> None:
    client = restream.client()
    clip = client.wait_for_clips(CLIPPED_PROJECT)[0]
    client.download(clip.id)
    restream.clock.wait(7 * 24 * 3600)
    assert len(client.download(clip.id)) > 100


# ---- OAuth


def signed_in(restream: Restream, saved: list[Tokens]) -> RestreamClient:
    """A client of an application that a user has let in."""
    client_id, back = restream.connection.key, "https://example.com/callback"
    host = restream.connection.url.removesuffix("/v2")
    dialog = {"response_type": "code", "client_id": client_id, "redirect_uri": back}
    with httpx.Client(base_url=host, trust_env=False) as http:
        location = http.get("/login", params=dialog).headers["Location"]
        code = parse_qs(urlsplit(location).query)["code"][0]
        form = {"grant_type": "authorization_code", "redirect_uri": back, "code": code}
        pair = http.post("/oauth/token", data=form, auth=(client_id, "any")).json()
    app = App(client_id, "any", pair["refresh_token"], saved.append)
    return restream.make(restream.client(key=pair["access_token"]).connection, app)


def test_a_token_that_is_over_is_replaced_and_saved(restream: Restream) -> None:
    saved: list[Tokens] = []
    client = signed_in(restream, saved)
    restream.clock.wait(3700)
    assert list(client.projects())
    assert len(saved) == 1


def test_tokens_are_replaced_again_and_again(restream: Restream) -> None:
    saved: list[Tokens] = []
    client = signed_in(restream, saved)
    for _ in range(3):
        restream.clock.wait(3700)
        assert list(client.projects())
    assert len({tokens.refresh for tokens in saved}) == 3


def test_a_refresh_token_that_is_no_good_means_signing_in(restream: Restream) -> None:
    app = App(restream.connection.key, "any", "no good", print)
    client = restream.make(restream.client(key="over", prefer="code=401").connection, app)
    with pytest.raises(SignInAgain) as raised:
        list(client.projects())
    assert "no good" not in str(raised.value)
