"""Server-sent events: what happens in a person's talk, and that something has changed at all.

A browser that lost its connection comes back by itself and tells the last id that it saw; what was
said since then is told again from the store, the basket always as it is now.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from bot.casework.actor import Actor, NotAllowed
from bot.casework.desk import CARERS
from bot.errors import KurvError
from bot.staff.guard import Parts, Who, cookie_name
from bot.staff.parts import StaffParts
from bot.staff.person_pages import RecipientId

router = APIRouter()

#: Milliseconds after which a browser that lost the connection comes back.
COMES_BACK = 2000
#: Seconds after which a stream on which nothing happens shows a sign of life, and looks whether
#: its session is still one.
BEAT = 10.0
#: Streams that one session may have open (the tabs of a browser), and milliseconds after which one
#: too many may try again.
MOST_OPEN, TRY_AGAIN = 12, 60_000
#: Seconds for which a look at the rights of who reads along counts, while something happens.
CHECKED = 1.0
LastId = Annotated[str, Header(alias="last-event-id", max_length=20)]
Event = dict[str, Any]


@router.get("/hendelser")
async def everything(request: Request, who: Who, parts: Parts) -> StreamingResponse:
    """That something has changed about somebody in the area of who is signed in."""
    who.require(*CARERS)
    return _stream(request, who, parts, parts.office.follow.all(who, BEAT))


@router.get("/mottaker/{recipient_id}/hendelser")
async def one(
    request: Request, who: Who, parts: Parts, recipient_id: RecipientId, last_event_id: LastId = ""
) -> StreamingResponse:
    """What happens in a person's talk, as it happens."""
    await asyncio.to_thread(parts.office.follow.may, who, recipient_id)
    after = int(last_event_id) if last_event_id.isascii() and last_event_id.isdigit() else 0
    events = parts.office.follow.one(who, recipient_id, after, BEAT)
    return _stream(request, who, parts, events, recipient_id)


def _stream(
    request: Request,
    who: Actor,
    parts: StaffParts,
    events: AsyncIterator[Event | None],
    recipient_id: str | None = None,
) -> StreamingResponse:
    token = request.cookies.get(cookie_name(parts), "")
    open_streams: Counter[str] = request.app.state.open_streams

    def still_may() -> bool:
        """Whether the stream may go on: the session, its roles and districts, and the person."""
        found = parts.accounts.actor_of(token, False)
        if found is None or found.actor != who:
            return False  # with other rights a browser comes back and asks anew
        if recipient_id is not None:
            parts.office.follow.check(who, recipient_id)
        return True

    async def told() -> AsyncIterator[str]:
        if open_streams[token] >= MOST_OPEN:
            yield f"retry: {TRY_AGAIN}\n\n"
            return
        open_streams[token] += 1
        try:
            async with aclosing(followed()) as following:
                async for each in following:
                    yield each
        finally:
            open_streams[token] -= 1
            if not open_streams[token]:
                del open_streams[token]

    async def followed() -> AsyncGenerator[str, None]:
        yield f"retry: {COMES_BACK}\n\n"
        async with aclosing(events) as following:  # type: ignore[type-var]
            checked = time.monotonic()
            try:
                async for event in following:
                    if event is None or time.monotonic() - checked > CHECKED:
                        if not await asyncio.to_thread(still_may):
                            return
                        checked = time.monotonic()
                    # Nothing to tell is a sign of life; whoever is gone shows in it.
                    yield _written(event) if event is not None else ": \n\n"
            except NotAllowed:
                return  # they are not theirs any more
            except KurvError as error:
                yield _written({"event": "trouble", "code": error.code})

    # No proxy may gather events before it hands them on.
    return StreamingResponse(
        told(), media_type="text/event-stream", headers={"x-accel-buffering": "no"}
    )


def _written(event: Event) -> str:
    number = event.get("entry_id")
    told = f"id: {number}\n" if number is not None else ""
    return f"{told}event: {event['event']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"
