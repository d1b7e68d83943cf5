"""Bugs of what receives Livepeer's webhooks."""

from __future__ import annotations

import json
from collections.abc import Mapping

from mockserver.core.text import Json
from tests.mutants.clients.deliveries import Deliveries
from tests.mutants.mutation import bug


@bug("Genuine deliveries are refused as soon as a clip's name is not plain ASCII or a number is spelled otherwise.")
class SignsWhatItParsed(Deliveries):
    """The signature is computed over the body parsed and written anew."""

    def _signed(self, headers: Mapping[str, str], body: bytes) -> bytes:
        return json.dumps(json.loads(body), separators=(",", ":")).encode()


@bug("Every delivery is refused: only the body is signed.")
class SignsTheTimeToo(Deliveries):
    """The signature is computed over time and body, as Stripe does."""

    def _signed(self, headers: Mapping[str, str], body: bytes) -> bytes:
        text = next((value for name, value in headers.items() if name.lower() == "livepeer-signature"), "")
        return text.partition(",")[0].removeprefix("t=").encode() + b"." + body


@bug("Anybody who knows the address can declare clips ready.")
class AcceptsUnsignedDeliveries(Deliveries):
    """Without a signature there is nothing to verify."""

    def _is_genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        return not self._signature(headers) or super()._is_genuine(headers, body)


@bug("Anybody who knows the address can declare clips ready, if they send any signature at all.")
class AcceptsAnySignature(Deliveries):
    """That a signature is there is enough."""

    def _is_genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        return bool(self._signature(headers))


@bug("Behind a proxy that writes headers in lower case every delivery is refused.")
class WantsTheHeaderAsWritten(Deliveries):
    """The signature's header is looked up by its exact spelling."""

    def _signature(self, headers: Mapping[str, str]) -> str:
        exact = {name: value for name, value in headers.items() if name == "Livepeer-Signature"}
        return super()._signature(exact)


@bug("A clip whose answer came late is published twice.")
class ActsTwice(Deliveries):
    """Neither the event's id nor the clip's phase is remembered when it is delivered again."""

    def _is_new(self, mark: str) -> bool:
        return True

    def _is_news(self, clip: str, phase: str) -> bool:
        return self.phases.get(clip) == phase or super()._is_news(clip, phase)


@bug("The first event of a clip is its last: nothing is ever ready.")
class RemembersClipsForEvents(Deliveries):
    """Deliveries are told apart by the clip's id rather than the event's."""

    def _mark(self, event: Json) -> str:
        return str(event["payload"]["asset"]["id"])


@bug("A clip that is ready goes back to processing when an older event comes late.")
class TrustsTheOrder(Deliveries):
    """The last delivery wins."""

    def _is_news(self, clip: str, phase: str) -> bool:
        return self.phases.get(clip) != phase


@bug("A database that is down for a moment loses the clip: the second delivery is taken for a repetition.")
class RemembersBeforeItActs(Deliveries):
    """An event counts as seen before what it is for has been done."""

    def _take(self, event: Json) -> None:
        self._seen.add(self._mark(event))
        super()._take(event)


@bug("Work that failed is lost: the provider is told that all went well.")
class AnswersWellWhateverHappens(Deliveries):
    """What goes wrong while an event is handled is still answered with 200."""

    def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        status = super().receive(headers, body)
        return 200 if status == 500 else status


@bug("Events of tasks are answered with a 500, and the provider delivers each of them again, up to 33 times.")
class KnowsOnlyItsEvents(Deliveries):
    """Any event is taken for one of an asset."""

    def _concerns(self, name: str) -> bool:
        if not name.startswith("asset."):
            raise LookupError(name)
        return True
