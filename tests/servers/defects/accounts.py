"""Who may what: keys that should not work, scopes nobody looks at, and what belongs to somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from heapq import merge

from mockserver.core.provider import Call, Moment
from mockserver.core.text import Json, Record
from mockserver.core.world import Order, Outcome, Put, View
from mockserver.engine.engine import Engine
from mockserver.providers.livepeer.assets import newest
from mockserver.providers.livepeer.kinds import owned_by
from mockserver.stores.memory import MemoryStore
from mockserver.stores.views import MemoryView
from tests.servers.bending import Seen, operation, with_key, without_writes
from tests.servers.defect import Ground, shelf


class _Keys(Seen):
    """Every grant or key there is, as if nothing had been said against it."""

    def __init__(self, view: View, **changed: Json) -> None:
        super().__init__(view)
        self.changed = changed

    def find(
        self, kind: str, index: str, key: str, *, reverse: bool = False, after: tuple[Order, str] | None = None
    ) -> Iterator[Record]:
        found = super().find(kind, index, key, reverse=reverse, after=after)
        return ({**one, **self.changed} for one in found) if (kind, index) == ("grant", "access") else found

    def get(self, kind: str, id: str) -> Record | None:
        found = super().get(kind, id)
        return {k: v for k, v in found.items() if k != "access"} if kind == "key" and found else found


@shelf.answer("restream", "credentials.py: guard")
def accepts_revoked_key(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A token that was revoked goes on working."""
    return ground.answer(_Keys(view, revoked=False), call, moment)


@shelf.answer("restream", "credentials.py: guard")
def accepts_expired_key(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A token that has expired goes on working."""
    return ground.answer(_Keys(view, expiresAt=None), call, moment)


@shelf.answer("restream", "credentials.py: _allowed")
def scope_ignored(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A token that may only read creates projects."""
    return ground.answer(_Keys(view, scopes=["clips.read", "clips.write", "storage.read"]), call, moment)


@shelf.answer("livepeer", "authorize.py: _check_access")
def access_rules_ignored(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """An API key that may only read makes clips and changes assets."""
    return ground.answer(_Keys(view), call, moment)


def _main(ground: Ground, view: View, moment: Moment) -> str:
    """The first key of a world."""
    kind = "key" if ground.healthy.name == "livepeer" else "grant"
    return moment.world if view.get(kind, moment.world) else "main"


def _key(call: Call) -> str:
    return (call.request.header("authorization") or "").rpartition(" ")[2]


@shelf.answer("both", "credentials.py: identify, guard")
def accepts_no_key(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A call without any key is made as the first user."""
    bare = not call.request.header("authorization") and operation(call) not in ("", "createToken", "authorize")
    return ground.answer(view, with_key(call, _main(ground, view, moment)) if bare else call, moment)


@shelf.answer("both", "credentials.py: identify, guard")
def accepts_unknown_key(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A key nobody was given is taken for the first user's."""
    outcome = ground.answer(view, call, moment)
    if outcome.reply.status != 401 or not _key(call) or operation(call) in ("", "createToken"):
        return outcome
    return ground.answer(view, with_key(call, _main(ground, view, moment)), moment)


class _Everybodys(Seen):
    """One account sees what all accounts of all worlds have, as if it were its own."""

    def __init__(self, view: View, engine: Engine, owner: Record, kinds: tuple[str, ...], *, lists: bool) -> None:
        super().__init__(view)
        store = engine.store
        assert isinstance(store, MemoryStore)
        provider = "restream" if "project" in kinds else "livepeer"
        self.worlds = [MemoryView(world) for id, world in store._worlds.items() if id.provider == provider]
        self.owner, self.kinds, self.lists = owner, kinds, lists

    def get(self, kind: str, id: str) -> Record | None:
        found = super().get(kind, id)
        if kind not in self.kinds or self.lists:
            return found
        found = found or next((one for world in self.worlds if (one := world.get(kind, id))), None)
        return found and {**found, **self.owner}

    def find(
        self, kind: str, index: str, key: str, *, reverse: bool = False, after: tuple[Order, str] | None = None
    ) -> Iterator[Record]:
        if not self.lists or (kind, index) not in (("project", "CreatedAt"), ("asset", "owner")):
            return super().find(kind, index, key, reverse=reverse, after=after)
        owner = "account" if kind == "project" else "user"
        order: Callable[[Record], Order] = newest if kind == "asset" else (lambda one: int(one["createdAt"]))
        found = (
            world.find(kind, index, other, reverse=reverse, after=after)
            for world in self.worlds
            for other in _keys(world, owner)
        )
        return merge(*found, key=order, reverse=reverse)


def _keys(world: MemoryView, owner: str) -> Iterator[str]:
    """What lists of each account are found by."""
    for one in _records(world, owner):
        yield one["id"] if owner == "account" else owned_by(one["id"], one.get("defaultProjectId", ""))


def _records(view: View, kind: str) -> Iterator[Record]:
    """All records of a kind, which no view shows."""
    assert isinstance(view, MemoryView)
    return iter(list(view._world.shelves[kind].records.values()))


def _account(view: View, call: Call) -> str | None:
    grant = next(view.find("grant", "access", _key(call)), None)
    return grant["account"] if grant else None


def _user(view: View, call: Call) -> Record | None:
    key = view.get("key", _key(call))
    return view.get("user", key["userId"]) if key else None


@shelf.answer("restream", "projects.py: get_clip_project")
def leaks_project(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Whoever knows the id of somebody else's project can read it."""
    account = _account(view, call)
    if operation(call) != "getClipProject" or account is None:
        return ground.answer(view, call, moment)
    seen = _Everybodys(view, ground.engine, {"account": account}, ("project",), lists=False)
    return ground.answer(seen, call, moment)


@shelf.answer("restream", "lists.py: projects_on")
def leaks_projects_in_list(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """The list of projects holds those of all accounts."""
    account = _account(view, call)
    if operation(call) != "listClipProjects" or account is None:
        return ground.answer(view, call, moment)
    seen = _Everybodys(view, ground.engine, {"account": account}, ("project",), lists=True)
    return ground.answer(seen, call, moment)


@shelf.answer("livepeer", "visit.py: may_see")
def leaks_asset(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Whoever knows the id of somebody else's asset can read it."""
    user = _user(view, call)
    if operation(call) != "getAsset" or user is None:
        return ground.answer(view, call, moment)
    owner = {"userId": user["id"], "projectId": user.get("defaultProjectId", "")}
    seen = _Everybodys(view, ground.engine, owner, ("asset",), lists=False)
    return ground.answer(seen, call, moment)


@shelf.answer("livepeer", "assets.py: _source")
def leaks_assets_in_list(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """The list of assets holds those of all users."""
    user = _user(view, call)
    if operation(call) != "getAssets" or user is None:
        return ground.answer(view, call, moment)
    seen = _Everybodys(view, ground.engine, {}, ("asset",), lists=True)
    return ground.answer(seen, call, moment)


@shelf.answer("livepeer", "assets.py: delete_asset")
def deletes_what_is_not_ours(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Whoever knows the id of somebody else's asset can delete it."""
    outcome = ground.answer(view, call, moment)
    asset = view.get("asset", call.path.get("assetId", ""))
    if operation(call) != "deleteAsset" or outcome.reply.status != 403 or asset is None:
        return outcome
    keys = (one for one in _records(view, "key") if one["userId"] == asset["userId"] and not one.get("access"))
    key = next(keys, None)
    return ground.answer(view, with_key(call, key["id"]), moment) if key else outcome


@shelf.answer("restream", "oauth.py: _refresh")
def refresh_token_not_rotated(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A refresh token works again after it was used: the old pair never dies."""
    outcome = ground.answer(view, call, moment)
    if operation(call) != "createToken":
        return outcome
    return without_writes(
        outcome, lambda change: isinstance(change, Put) and change.kind == "grant" and change.record["revoked"]
    )


@shelf.answer("restream", "oauth.py: revoke_token")
def revoking_does_nothing(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """revokeToken says 200 and forgets to revoke."""
    outcome = ground.answer(view, call, moment)
    return without_writes(outcome, lambda change: operation(call) == "revokeToken")
