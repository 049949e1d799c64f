"""The application: the page, its files, and the API."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from closedform._version import __version__
from closedform.web.fields import PATIENT, QUESTIONS, WITNESS, BadRequest, checked
from closedform.web.guard import LOOPBACK, Guard, error_body
from closedform.web.lanes import CLASS, OWN, RATE, WAITING, Crowded, Full, Rates, client_of, page_of
from closedform.web.openapi import PAGE, description
from closedform.web.pool import WAIT, Lost, Overtime, Pool, Waited
from closedform.web.static import LINK, documents, pages

LARGEST = 64 * 1024
"""Bytes of a body."""
ARRIVES = 5.0
"""Seconds in which a body must have arrived."""
GONE = 499
FAST = f"over {RATE:g} requests a second come from this page, or {CLASS * RATE:g} from its address (limit: rate)"
MANY = f"{OWN} requests of this page, or {CLASS * OWN} of its address, are here already (limit: requests at a time)"
WITNESSES = "closedform.cli.web_witness"
WITNESS_SECONDS = 45.0
"""Loading JAX and PyTorch takes most of it, the first time."""


def app(hosts: Sequence[str] = LOOPBACK, pool: Pool | None = None, docs: Path | None = None) -> Guard:
    """The application with its computing processes, behind the checks of ``Guard``; ``docs`` is the built site."""
    served = pool or Pool()

    @asynccontextmanager
    async def lifespan(inner: Starlette) -> AsyncIterator[None]:
        inner.state.pool, inner.state.table, inner.state.rates = served, None, Rates()
        inner.state.witnesses = Pool(1, WITNESS_SECONDS, WITNESSES)  # begins when it is first asked
        await served.start()
        try:
            yield
        finally:
            await asyncio.gather(served.close(), inner.state.witnesses.close())

    routes = [Route(path, _file(*page), methods=["GET"]) for path, page in _shown(docs).items()]
    routes += [Route(f"/api/v1/{name}", _question(name), methods=["POST"]) for name in QUESTIONS]
    routes += [
        Route("/api/v1/functions", functions, methods=["GET"]),
        Route("/api/v1/openapi.json", openapi, methods=["GET"]),
        Route("/healthz", health, methods=["GET"]),
    ]
    if docs:
        routes += [Route("/docs", _to_docs), Route("/docs/{path:path}", _document(docs), methods=["GET"])]
    faults: Any = {HTTPException: _fault, 500: _failed}
    return Guard(Starlette(routes=routes, lifespan=lifespan, exception_handlers=faults), hosts)


Endpoint = Callable[[Request], Awaitable[Response]]


def _file(content: bytes, media: str) -> Endpoint:
    async def give(request: Request) -> Response:
        return Response(content, media_type=media)

    return give


def _shown(docs: Path | None) -> dict[str, tuple[bytes, str]]:
    """The files of the page, which links to the documentation where there is one."""
    content, media = pages()["/"]
    return pages() if docs else {**pages(), "/": (content.replace(LINK, b""), media)}


def _document(docs: Path) -> Endpoint:
    table = documents(docs)

    async def give(request: Request) -> Response:
        if (found := table.get(request.path_params["path"])) is None:
            raise HTTPException(404)
        return Response(found[0].read_bytes(), media_type=found[1])

    return give


async def _to_docs(request: Request) -> Response:
    return RedirectResponse("/docs/")


def _question(name: str) -> Endpoint:
    async def ask(request: Request) -> Response:
        if wait := request.app.state.rates.wait(*_client(request)):
            return _later(429, "TooMany", FAST, wait)
        try:
            given = checked(name, await body(request))
        except BadRequest as error:
            return JSONResponse(error_body("BadRequest", str(error)), 400)
        return await _computed(request, name, given)

    return ask


async def _computed(request: Request, name: str, given: dict[str, str]) -> Response:
    """The answer of a computing process; dropped as soon as nobody waits for it."""
    state = request.app.state
    pool: Pool = state.witnesses if name == WITNESS else state.pool
    seconds = pool.seconds * PATIENT.get(name, 1)
    asked = json.dumps({"question": name, "given": given, "seconds": seconds}).encode()
    work = asyncio.ensure_future(pool.ask(asked, seconds, *_client(request)))
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        return _told(work, seconds) if work.done() else Response(status_code=GONE)
    finally:
        work.cancel()
        gone.cancel()


def _told(work: asyncio.Future[bytes], seconds: float) -> Response:
    try:
        found = work.result()
    except Crowded:
        return _later(429, "TooMany", MANY)
    except Full:
        return _later(503, "Busy", f"{WAITING} requests wait here already; try again soon")
    except Waited:
        return _later(503, "Busy", f"its turn did not come within {WAIT:g} seconds; try again soon")
    except Overtime:
        return JSONResponse(error_body("LimitError", f"no answer within {seconds:g} seconds (limit: time)"), 422)
    except Lost:
        return JSONResponse(error_body("InternalError", "the computing process ended without an answer"), 500)
    status = 422 if found.startswith(b'{"version":1,"error":') else 200
    return Response(found, status, media_type="application/json")


def _later(status: int, kind: str, message: str, seconds: float = 1) -> Response:
    return JSONResponse(error_body(kind, message), status, headers={"retry-after": str(math.ceil(seconds))})


def _client(request: Request) -> tuple[str, str]:
    """Whose turn a request waits for: the address, and the page there, which names itself."""
    return client_of(request.client.host if request.client else ""), page_of(request.headers.get(PAGE, ""))


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def body(request: Request) -> bytes:
    """The body, if it is JSON, not too long, and arrives in time. Raises HTTPException."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, "the content type must be application/json")
    length = request.headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or len(length) > 12 or int(length) > LARGEST:
        raise HTTPException(413, f"the body is over {LARGEST} bytes (limit: length)")
    found = bytearray()
    try:
        async with asyncio.timeout(ARRIVES):
            async for part in request.stream():
                found += part
                if len(found) > LARGEST:
                    raise HTTPException(413, f"the body is over {LARGEST} bytes (limit: length)")
    except TimeoutError:
        raise HTTPException(408, f"the body did not arrive within {ARRIVES:g} seconds (limit: time)") from None
    except ClientDisconnect:
        raise HTTPException(400, "the body did not arrive") from None
    return bytes(found)


async def functions(request: Request) -> Response:
    """The table of functions: the same for everybody, so that it is made once."""
    state = request.app.state
    if state.table is None:
        found = await _computed(request, "functions", {})
        if found.status_code != 200:
            return found
        state.table = bytes(found.body)
    return Response(state.table, media_type="application/json")


async def openapi(request: Request) -> Response:
    return JSONResponse(description())


async def health(request: Request) -> Response:
    pool: Pool = request.app.state.pool
    said = {"status": "ok", "version": __version__, "processes": pool.size, "free": pool.free}
    return JSONResponse({**said, "replaced": pool.replaced})


async def _fault(request: Request, error: HTTPException) -> Response:
    kind = {404: "NotFound", 405: "NotAllowed"}.get(error.status_code, "BadRequest")
    said = {404: "there is no such page", 405: "this is not asked that way"}.get(error.status_code, error.detail)
    return JSONResponse(error_body(kind, said), error.status_code, headers=error.headers)


async def _failed(request: Request, error: Exception) -> Response:
    """A fault of this server, which is logged: nothing of its insides is told."""
    return JSONResponse(error_body("InternalError", "something went wrong here; it is logged"), 500)
