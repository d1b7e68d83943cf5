"""HTTP itself, for any document: HEAD, conditional requests, paths and methods that nothing is behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from mockserver.conformance.finding import Finding, Level
from mockserver.conformance.rule import Rule, Skip
from mockserver.conformance.rules.asking import Answer
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.session import READS, Session
from mockserver.core.http import Headers, Request

# What a server says that doesn't know HEAD.
_NO_HEAD: Final = (405, 501)
_SHARED_HEADERS: Final = ("content-type", "etag", "content-length")
_NOWHERE: Final = "mockserver-check-no-such-path"
_LOOKED_AT: Final = 40


def good_reads(session: Session) -> list[Answer]:
    """One successful GET of each operation that has one: without parameters, or with ids that lists tell."""
    subject = session.subject
    out: list[Answer] = []
    waiting = [operation for operation in subject.contract.operations.values() if operation.method == "GET"]
    for operation in waiting:
        if "{" not in operation.path:
            answer = Answer.of(session.send(subject.request(operation)))
            if answer.status == 200:
                out.append(answer)
    for operation in waiting:
        for path in _ways(out, operation.path) if "{" in operation.path else ():
            request = replace(subject.request(operation, path=path), query="")
            answer = Answer.of(session.send(request))
            if answer.status == 200:
                out.append(answer)
                break
    return out[:_LOOKED_AT]


def _ways(answers: list[Answer], path: str) -> Iterator[dict[str, str]]:
    """Fillings of a path's only parameter: the ids in the list that stands before it, the first few."""
    if path.count("{") != 1:
        return
    before, _, rest = path.partition("{")
    name = rest.partition("}")[0]
    for answer in answers:
        if answer.step.request.path.rstrip("/") != before.rstrip("/"):
            continue
        value = answer.value
        lists = [value, *(value.values() if isinstance(value, dict) else ())]
        items = next((one for one in lists if isinstance(one, list)), [])
        for item in [item for item in items if isinstance(item, dict)][:3]:
            id = item.get(name, item.get("id", next((v for n, v in item.items() if n.lower().endswith("id")), None)))
            if isinstance(id, (str, int)):
                yield {name: str(id)}


def _head(session: Session) -> Iterator[Finding]:
    reads = good_reads(session)
    if not reads:
        raise Skip("no GET succeeds")
    for got in reads:
        request = got.step.request
        head = Answer.of(session.send(replace(request, method="HEAD")))
        if head.reply.body:
            title = f"HEAD {request.path} is answered with a body of {len(head.reply.body)} bytes or more"
            about = "RFC 9110, 9.3.2: the server MUST NOT send content in the response to HEAD."
            yield found(
                session, "head-body", title, [head], about=about, saw=f"{head.line}", must=["not replies[0].content"]
            )
        again = Answer.of(session.send(request))
        if again.reply.body != got.reply.body:
            continue
        if head.status != got.status:
            title = f"HEAD {request.path} is answered with {head.status}, GET with {got.status}"
            about = "RFC 9110, 9.1 and 9.3.2: servers must support HEAD, which is GET without the content."
            must = ["replies[0].status_code == replies[1].status_code"]
            level: Level = "warning" if head.status in _NO_HEAD else "error"
            yield found(session, "head-status", title, [head, again], about=about, must=must, level=level)
            continue
        for name in _SHARED_HEADERS:
            said, meant = head.reply.header(name), again.reply.header(name)
            if said is not None and meant is not None and said != meant and got.reply.header(name) == meant:
                title = f"HEAD {request.path} says {name}: {said}, GET says {meant}"
                about = "RFC 9110, 9.3.2: the header fields of HEAD are those of GET."
                must = [f'replies[0].headers["{name}"] == replies[1].headers["{name}"]']
                yield found(session, "head-headers", title, [head, again], about=about, must=must)


def _etag(session: Session) -> Iterator[Finding]:
    tagged = [answer for answer in good_reads(session) if answer.reply.header("etag")]
    if not tagged:
        raise Skip("no reply has an ETag")
    for got in tagged:
        request, tag = got.step.request, got.reply.header("etag") or ""
        same = _when(session, request, tag)
        again = Answer.of(session.send(request))
        if again.reply.body != got.reply.body:
            if again.reply.header("etag") == tag:
                title = f"GET {request.path} gives two contents the same ETag {tag}"
                about = "RFC 9110, 8.8.1: a validator changes whenever the representation does."
                yield found(session, "etag-stale", title, [got, again], about=about)
            continue
        if again.reply.header("etag") != tag:
            title = f"GET {request.path} gives the same content another ETag each time, so that nobody ever has it"
            must = ['replies[0].headers["etag"] == replies[1].headers["etag"]']
            yield found(session, "etag-unstable", title, [got, again], must=must)
            continue
        about = "RFC 9110, 13.1.2: when If-None-Match is false, the server MUST answer GET with 304."
        if same.status != 304:
            title = f"GET {request.path} with its own ETag is answered with {same.status}, not with 304"
            must = ["replies[1].status_code == 304"]
            yield found(session, "etag-ignored", title, [got, same], about=about, must=must)
        elif same.reply.body:
            title = f"GET {request.path} is answered with 304 and a body"
            yield found(session, "etag-body", title, [got, same], must=["not replies[1].content"])
        other = _when(session, request, '"mockserver-check"')
        if other.status == 304:
            title = f"GET {request.path} is answered with 304 to an ETag it never had"
            yield found(session, "etag-spurious", title, [other], about=about, must=["replies[0].status_code == 200"])


def _when(session: Session, request: Request, tag: str) -> Answer:
    headers = Headers.of((*request.headers, ("If-None-Match", tag)))
    return Answer.of(session.send(replace(request, headers=headers)))


def _unknown_paths(session: Session) -> Iterator[Finding]:
    subject = session.subject
    first = next(iter(subject.contract.operations.values()), None)
    if first is None:
        raise Skip("the document has no operation")
    prefixes = dict.fromkeys(
        operation.path.rpartition("/")[0]
        for operation in subject.contract.operations.values()
        if "{" not in operation.path
    )
    # At the root of a host that serves its API elsewhere may stand anything, a web site say.
    for prefix in [prefix for prefix in prefixes if prefix] or prefixes:
        path = f"{prefix}/{_NOWHERE}/{_NOWHERE}"
        if subject.contract.match("GET", path) is not None:
            continue
        answer = Answer.of(session.send(replace(subject.request(first), method="GET", path=path, query="", body=b"")))
        if answer.good or answer.status >= 500:
            title = f"GET {path} is answered with {answer.status}, though there is no such path"
            yield found(session, "unknown-path", title, [answer], must=["replies[0].status_code == 404"])


def _other_methods(session: Session) -> Iterator[Finding]:
    """Only methods that can't harm: GET anywhere, and on this machine PATCH where only reading is documented."""
    subject = session.subject
    templates: dict[str, set[str]] = {}
    for operation in subject.contract.operations.values():
        templates.setdefault(operation.path, set()).add(operation.method)
    harmless = subject.loopback and not session.limits.read_only
    for path, methods in templates.items():
        method = "GET" if "GET" not in methods else "PATCH" if methods <= READS and harmless else None
        if method is None or subject.contract.match(method, path) is not None:
            continue
        operation = next(one for one in subject.contract.operations.values() if one.path == path)
        names = [part.partition("}")[0] for part in path.split("{")[1:]]
        request = subject.request(operation, path=dict.fromkeys(names, "mockserver-check"))
        answer = Answer.of(session.send(replace(request, method=method, body=b"")))
        if answer.good or answer.status >= 500:
            known = ", ".join(sorted(methods))
            title = f"{method} {path} is answered with {answer.status}, though only {known} is documented"
            must = ["replies[0].status_code in (404, 405)"]
            yield found(session, "wrong-method", title, [answer], must=must, operation=operation.id)
        elif answer.status == 405 and not answer.reply.header("allow"):
            title = f"{method} {path} is answered with 405 and doesn't say which methods are allowed"
            about = "RFC 9110, 15.5.6: the origin server MUST generate an Allow header field in a 405 response."
            must = ['"allow" in replies[0].headers']
            yield found(
                session,
                "allow-missing",
                title,
                [answer],
                must=must,
                operation=operation.id,
                about=about,
                level="warning",
            )


HTTP_RULES: Final = (
    Rule("head", "HEAD is answered as GET is, without a body.", _head),
    Rule("etag", "A reply that has an ETag is not sent again to who has it already.", _etag),
    Rule("unknown-path", "Where no operation is, nothing succeeds and nothing fails.", _unknown_paths),
    Rule("wrong-method", "A method that a path hasn't is refused.", _other_methods),
)
