"""What a Redis server does for us in one go, as Lua, and how keys and members of its sets are written.

A world's keys have one hash tag, so that all of them lie in one slot of a cluster:

`PREFIX:{PROVIDER/NAME}:world`    a hash: which of all worlds it is (`age`), the token of its last change (`version`),
                                  calls, and whose `turn` it is `until` when (ms of Redis' own clock)
`PREFIX:{PROVIDER/NAME}:records`  a hash: kind, NUL, id -> the record's text
`PREFIX:{PROVIDER/NAME}:due`      a sorted set: kind, NUL, id by due instant
`PREFIX:{PROVIDER/NAME}:i:KIND:INDEX:KEY`  a sorted set of one score: order, NUL, id
`PREFIX:worlds`                   a sorted set of all worlds by age, `PREFIX:age` the age of the newest,
                                  `PREFIX:writers` how many processes have ever written, `PREFIX:schema` and
                                  `PREFIX:indexed` which code did
`PREFIX:o:PROVIDER:KIND:INDEX:KEY` a sorted set of worlds that may have something under a public key, by age
"""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct
from typing import Final

from mockserver.core.world import Order, WorldId
from mockserver.stores.rows import octets, text_of

_NUL: Final = b"\0"
_SHIFT: Final = 2**63
_size: Final = Struct(">I").pack
# So many worlds' keys are known at once.
_MOST_BASES: Final = 4_096

# Items of any bytes, one after another, each behind its length: there may be more of them than a command may have
# arguments.
_ITEMS: Final = """
local blob, at = ARGV[#ARGV], 1
local function item()
  local size = struct.unpack('>I4', blob, at)
  at = at + 4 + size
  return string.sub(blob, at - size, at - 1)
end
"""

_DO: Final = """
local function doit()
  while at <= #blob do
    local what, key = item(), item()
    if what == 'p' or what == 'a' then
      redis.call('HSET', KEYS[2], key, item())
      local due = item()
      if due ~= '' then redis.call('ZADD', KEYS[3], due, key)
      elseif what == 'p' then redis.call('ZREM', KEYS[3], key) end
    elseif what == 'r' then
      redis.call('HDEL', KEYS[2], key)
      redis.call('ZREM', KEYS[3], key)
    elseif what == 'e' then redis.call('ZADD', key, 0, item())
    elseif what == 'l' then redis.call('ZREM', key, item())
    elseif what == 'd' then redis.call('DEL', key)
    elseif what == 'o' then
      local age = item()
      redis.call('ZADD', key, age, item())
    end
  end
end
"""

# What a clock of the server's own says, in ms.
_NOW: Final = """
local function now()
  local said = redis.call('TIME')
  return said[1] * 1000 + math.floor(said[2] / 1000)
end
"""

# KEYS: world, records, due. ARGV: age, version, a token of this commit, calls, whose turn it is as far as we know, 1 if
# that is over with this, items. What is to be added (`a`) must not be there. A commit that is sent twice, since nobody
# knows whether it arrived, is made once. The token becomes the version: a count could be reached for a second time, on
# another way, after Redis has lost the last it was told. Turns keep others from trying in vain; that nothing has moved
# is what makes a commit right, with a turn or without.
COMMIT: Final = (
    _ITEMS
    + _DO
    + _NOW
    + """
local age, version, turn, till = unpack(redis.call('HMGET', KEYS[1], 'age', 'version', 'turn', 'until'))
if not age then return 'gone' end
if version == ARGV[3] then return 'done' end
if turn and turn == ARGV[5] and ARGV[6] == '1' then redis.call('HDEL', KEYS[1], 'turn', 'until') end
if age ~= ARGV[1] or version ~= ARGV[2] then return 'moved' end
if #blob == 0 then return 'done' end
if turn and turn ~= ARGV[5] and tonumber(till) > now() then return 'turn' end
local there = {}
while at <= #blob do
  local what, key = item(), item()
  if what == 'p' or what == 'a' or what == 'o' then item(); item() elseif what == 'e' or what == 'l' then item() end
  if what == 'a' and redis.call('HEXISTS', KEYS[2], key) == 1 then there[#there + 1] = key end
end
if #there > 0 then return there end
at = 1
doit()
redis.call('HSET', KEYS[1], 'version', ARGV[3])
if ARGV[4] ~= '0' then redis.call('HINCRBY', KEYS[1], 'calls', ARGV[4]) end
return 'done'
"""
)

# KEYS: world, records, due. ARGV: age and version it must have ('' for one that must not be there), its new age ('' for
# none), version and calls, items. Afterwards it holds the items and nothing else.
REPLACE: Final = (
    _ITEMS
    + _DO
    + """
local age, version = unpack(redis.call('HMGET', KEYS[1], 'age', 'version'))
if version and version == ARGV[4] then return 'done' end
if (age or '') ~= ARGV[1] or (version or '') ~= ARGV[2] then return 'moved' end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
doit()
if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[1], 'age', ARGV[3], 'version', ARGV[4], 'calls', ARGV[5])
end
return 'done'
"""
)

_ANSWER: Final = """
while at <= #blob do
  local what, key = item(), item()
  local answer
  if what == 'm' then if key == answers[1] .. '/' .. answers[2] then break end
  elseif what == 'g' then answer = redis.call('HGET', KEYS[2], key)
  elseif what == 'c' then answer = redis.call('ZCARD', key)
  elseif what == 'n' then answer = redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')
  elseif what == 'z' then
    local kind, reverse, from, to, many = item(), item(), item(), item(), item()
    local members
    if reverse == '1' then members = redis.call('ZRANGE', key, from, to, 'BYLEX', 'REV', 'LIMIT', 0, many)
    else members = redis.call('ZRANGE', key, from, to, 'BYLEX', 'LIMIT', 0, many) end
    answer = {}
    for _, member in ipairs(members) do
      local id = string.sub(member, string.find(member, '\\0', 1, true) + 1)
      answer[#answer + 1] = member
      answer[#answer + 1] = redis.call('HGET', KEYS[2], kind .. '\\0' .. id)
    end
  end
  if what ~= 'm' then answers[#answers + 1] = answer end
end
return answers
"""

# KEYS: world, records, due. ARGV: items, which are questions. The answers, all of one moment, behind what the world is.
# What follows `m` is asked only if the world's age and version are others than those that are named there.
ASK: Final = (
    _ITEMS
    + """
local answers = redis.call('HMGET', KEYS[1], 'age', 'version', 'calls')
if not answers[1] then return answers end
"""
    + _ANSWER
)

# The same, and it is one's turn from here on for so many ms, unless it is another's. ARGV: who, ms, items.
TAKE: Final = (
    _ITEMS
    + _NOW
    + """
local answers = redis.call('HMGET', KEYS[1], 'age', 'version', 'calls')
if not answers[1] then return answers end
local turn, till = unpack(redis.call('HMGET', KEYS[1], 'turn', 'until'))
if turn and turn ~= ARGV[1] and tonumber(till) > now() then return 'turn' end
redis.call('HSET', KEYS[1], 'turn', ARGV[1], 'until', now() + ARGV[2])
"""
    + _ANSWER
)

# KEYS: world, records, due. What the world is, and all its records.
ALL: Final = """
local said = redis.call('HMGET', KEYS[1], 'age', 'version', 'calls')
said[4] = redis.call('HGETALL', KEYS[2])
return said
"""


def items(parts: Iterable[bytes]) -> bytes:
    """Items as the scripts read them."""
    said: list[bytes] = []
    for part in parts:
        said += (_size(len(part)), part)
    return b"".join(said)


def member(order: Order, id: str) -> bytes:
    """A place in an index: it sorts as (order, id) does."""
    if isinstance(order, str):
        said = b"s" + octets(order).replace(b"\1", b"\1\2").replace(_NUL, b"\1\1")
    else:
        said = b"i%020d" % (order + _SHIFT)
    return said + _NUL + octets(id)


def place_of(member: bytes) -> tuple[Order, str]:
    """The (order, id) of a member."""
    said, _, id = member.partition(_NUL)
    if said[:1] == b"i":
        return int(said[1:]) - _SHIFT, text_of(id)
    return text_of(said[1:].replace(b"\1\1", _NUL).replace(b"\1\2", b"\1")), text_of(id)


def field(kind: str, id: str) -> bytes:
    """Where a record lies in its world's hash."""
    return kind.encode() + _NUL + octets(id)


def kind_and_id(field: bytes) -> tuple[str, str]:
    kind, _, id = field.partition(_NUL)
    return kind.decode(), text_of(id)


class Keys:
    """The keys of a server, which all begin with its prefix."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix.encode()
        self._bases: dict[WorldId, bytes] = {}
        self.worlds = self._prefix + b":worlds"
        self.age = self._prefix + b":age"
        self.writers = self._prefix + b":writers"
        self.schema = self._prefix + b":schema"
        self.indexed = self._prefix + b":indexed"

    def base(self, world: WorldId) -> bytes:
        """What all keys of a world begin with."""
        base = self._bases.get(world)
        if base is None:
            if len(self._bases) >= _MOST_BASES:
                self._bases.clear()
            base = self._bases[world] = b"%b:{%b/%b}:" % (self._prefix, world.provider.encode(), octets(world.name))
        return base

    def of(self, world: WorldId) -> tuple[bytes, bytes, bytes]:
        """A world's own, its records and its agenda."""
        base = self.base(world)
        return base + b"world", base + b"records", base + b"due"

    def index(self, world: WorldId, kind: str, label: str, key: str) -> bytes:
        return b"%bi:%b:%b:%b" % (self.base(world), kind.encode(), label.encode(), octets(key))

    def owners(self, provider: str, kind: str, label: str, key: str) -> bytes:
        return b"%b:o:%b:%b:%b:%b" % (self._prefix, provider.encode(), kind.encode(), label.encode(), octets(key))


def listed(world: WorldId, age: int) -> bytes:
    """A world in a set of worlds. One that is made again later, under the same name, is another."""
    return b"%b\0%d\0%b" % (world.provider.encode(), age, octets(world.name))


def listed_world(said: bytes) -> tuple[WorldId, int]:
    """Which world, and which of its name."""
    provider, age, name = said.split(_NUL, 2)
    return WorldId(provider.decode(), text_of(name)), int(age)
