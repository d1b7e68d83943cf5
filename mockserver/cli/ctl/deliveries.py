"""`mockserver ctl deliveries`: what went to webhooks."""

from __future__ import annotations

import argparse
from typing import Final

from mockserver.cli.ctl import given as words_of
from mockserver.cli.ctl.shown import clean, rows
from mockserver.cli.show import as_json, say
from mockserver.core.text import Json
from mockserver.remote import Server

_ACTIONS: Final = ("resend", "clear")


def act(server: Server, given: argparse.Namespace) -> None:
    """List deliveries, tell all about one, send one again, or forget those that are over."""
    words = list(given.words)
    if words and words[0] not in _ACTIONS and (words[0].isdecimal() or len(words[0]) > 12):
        (id,) = words_of.exactly("deliveries", words, "ID")
        _tell(server.ask("GET", "deliveries", id), given.json)
        return
    action, rest = words_of.action("deliveries", words, _ACTIONS)
    if action == "resend":
        (id,) = words_of.exactly("deliveries resend", rest, "ID")
        _tell(server.ask("POST", "deliveries", id, "resend"), given.json)
    elif action == "clear":
        words_of.exactly("deliveries clear", rest)
        server.ask("DELETE", "deliveries")
        if not given.json:
            say("the finished deliveries are forgotten")
    else:
        found = [*server.pages("deliveries", "deliveries", since=given.since or 0)]
        if given.json:
            as_json({"deliveries": found, "next": found[-1]["serial"] if found else given.since or 0})
        else:
            rows(
                ("#", "at", "state", "event", "attempts", "answer", "url", "world"),
                [_line(one) for one in found],
                "no deliveries",
            )


def _line(delivery: Json) -> list[Json]:
    return [
        delivery["serial"],
        delivery["atIso"],
        delivery["state"],
        delivery["event"],
        len(delivery["attempts"]),
        _answer(delivery["attempts"][-1]) if delivery["attempts"] else "-",
        delivery["url"],
        f"{delivery['provider']}/{delivery['world']}",
    ]


def _answer(attempt: Json) -> str:
    return str(attempt["response"]["status"] if attempt["response"] is not None else attempt["failure"])


def _tell(delivery: Json, json: bool) -> None:
    if json:
        as_json(delivery)
        return
    say(clean(f"#{delivery['serial']}  {delivery['event']}  {delivery['state']}  {delivery['url']}"))
    say(clean(f"  id        {delivery['id']}"))
    say(clean(f"  world     {delivery['provider']}/{delivery['world']}, webhook {delivery['webhook']}"))
    say(f"  happened  {delivery['atIso']}")
    say(f"  next try  {delivery['dueIso'] or '-'}")
    for attempt in delivery["attempts"]:
        error = f"  {attempt['error']}" if attempt["error"] else ""
        say(clean(f"  attempt   {attempt['atIso']}  {_answer(attempt)}  {attempt['milliseconds']} ms{error}"))
    if delivery["attempts"]:
        say("")
        for line in delivery["attempts"][-1]["request"]["body"].splitlines():
            say(clean(f"  {line}"))
