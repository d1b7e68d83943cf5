from __future__ import annotations

import pytest

from mockserver.core.chance import Chance
from mockserver.core.provider import Moment
from mockserver.core.world import Due, Outcome, View
from mockserver.providers.restream.storage import step
from tests.providers.restream.desk import EXAMPLE, FILES, PROCESSING, STRANGERS, UNKNOWN, Desk, error, run

SOON = "babe0001-0000-4000-8000-000000000000"


def test_the_documented_file_is_as_documented() -> None:
    assert Desk().get(f"{FILES}/{EXAMPLE}").body == (
        b'{"id":"a1b2c3d4-e5f6-7890-abcd-ef1234567890","title":"My stream recording.mp4","sizeBytes":104857600,'
        b'"durationSeconds":3600,"status":"Ready","createdAt":"2026-02-26T22:01:19.000Z"}'
    )


def test_a_file_in_the_list_is_the_file_by_itself() -> None:
    desk = Desk()
    files = desk.get(FILES).value["files"]
    assert len(files) > 15
    for file in files:
        assert desk.get(f"{FILES}/{file['id']}").value == file


def test_files_are_listed_latest_first() -> None:
    created = [file["createdAt"] for file in Desk().get(FILES).value["files"]]
    assert created == sorted(created, reverse=True)


def test_size_and_duration_are_null_while_a_file_is_processed() -> None:
    file = Desk().get(f"{FILES}/{PROCESSING}").value
    assert (file["status"], file["sizeBytes"], file["durationSeconds"]) == ("Processing", None, None)


def test_a_file_gets_ready_in_its_time_and_can_be_clipped_then() -> None:
    desk = Desk()
    desk.wait(119_999)
    assert error(desk.create(SOON)) == (400, "InvalidBodyParams")
    desk.wait(1)
    file = desk.get(f"{FILES}/{SOON}").value
    assert (file["status"], file["durationSeconds"], file["sizeBytes"]) == ("Ready", 900, 337_500_000)
    assert desk.create(SOON).status == 201


def test_pace_makes_a_file_ready_sooner() -> None:
    desk = Desk(pace=60)
    desk.wait(2_000)
    assert desk.get(f"{FILES}/{SOON}").value["status"] == "Ready"


@pytest.mark.parametrize("id", [UNKNOWN, STRANGERS, "x", "%00", "%F0%9F%92%A9"])
def test_a_file_that_is_not_there_gets_the_documented_404_byte_for_byte(id: str) -> None:
    desk = Desk()
    for reply in (desk.get(f"{FILES}/{id}"), desk.call("POST", f"{FILES}/{id}/download-url")):
        assert reply.status == 404
        assert reply.body == (
            b'{"error":{"statusCode":404,"status":404,"code":404,'
            b'"message":"StorageFileNotFound","name":"storage_file_not_found"}}'
        )


@pytest.mark.parametrize("file", [PROCESSING, "dead0000-0000-4000-8000-000000000000"])
def test_a_file_that_is_not_ready_has_no_download(file: str) -> None:
    assert error(Desk().call("POST", f"{FILES}/{file}/download-url")) == (404, "StorageFileNotFound")


def test_the_download_call_ignores_a_body_but_not_a_huge_one() -> None:
    desk, target = Desk(), f"{FILES}/{EXAMPLE}/download-url"
    json = {"Content-Type": "application/json"}
    assert desk.call("POST", target, raw=b"{nonsense", headers=json).status == 200
    assert error(desk.call("POST", target, raw=b" " * 1_048_577, headers=json)) == (413, "PayloadTooLarge")


def test_a_step_for_a_file_that_is_gone_says_which() -> None:
    desk = Desk()

    def decide(view: View) -> Outcome:
        return step(view, Due(0, "file", "lost"), Moment(0, Chance.of(0)))

    with pytest.raises(LookupError, match="the file lost"):
        run(desk.store.transact(desk.world, decide))
