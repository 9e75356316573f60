"""The HTTP door into a Rasa server: authenticated, and the sender is set here, not outside."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import structlog
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.tokens import Caller, caller
from bot.errors import SettingsError
from bot.ordering.speaker import NOW_TYPING
from bot.turn import complete, events, heard, metadata

log = structlog.get_logger(__name__)

BEARER = "Bearer "
#: Rasa needs a text; this one has no words, and the bot reads it as "nothing was heard".
NO_TEXT = "…"
#: Characters of a telephone number or a SIP address, at most.
LONGEST_NUMBER = 100


#: Tells of a call that is about to come, and the number it comes from; False: too many.
Announce = Callable[[str, str], bool]


class TalkInput(InputChannel):
    """`POST …/turn {"recipient", "text", "sure"}` -> `{"events": […]}`, the basket last.

    Beside it `POST …/calls {"call", "caller"}`, by which an exchange announces a telephone call.
    """

    def __init__(self, secret: str, announce: Announce | None = None) -> None:
        """`secret` is the service token (`KURV_SERVICE_TOKEN`); `announce` takes calls, if any do.

        Raises:
            SettingsError: there is none; a door without a lock is not opened.
        """
        if not secret or secret.startswith("${"):
            raise SettingsError("KURV_SERVICE_TOKEN er tom; sett en lang, hemmelig verdi.")
        self._secret = secret
        self._announce = announce

    @classmethod
    def name(cls) -> str:
        """The channel's part of the URL."""
        return "kurv"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TalkInput:
        """Rasa's constructor, with the entry of `credentials.yml`."""
        return cls((credentials or {}).get("secret") or "")

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes of this channel."""
        routes = Blueprint("kurv_talk")

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            return await self._turn(request, on_new_message)

        @routes.post("/calls")
        async def calls(request: Request) -> HTTPResponse:
            return self._call(request)

        return routes

    def _who(self, request: Request) -> Caller | None:
        given = request.headers.get("Authorization", "")
        if not given.startswith(BEARER):
            return None
        return caller(self._secret, given[len(BEARER) :], time.time())

    def _call(self, request: Request) -> HTTPResponse:
        """A telephone call is about to come; only our own processes may say whose it is."""
        who = self._who(request)
        if who is None or who.recipient_id is not None:
            return response.json({"error": "unauthorized"}, status=401)
        if self._announce is None:
            return response.json({"error": "there is no telephone"}, status=404)
        try:
            call = str(UUID(request.json["call"]))
            number = request.json["caller"]
            if not isinstance(number, str) or len(number) > LONGEST_NUMBER:
                raise ValueError
        except (InvalidUsage, KeyError, TypeError, ValueError, AttributeError):
            return response.json({"error": "call must be a UUID, caller a string"}, status=400)
        if not self._announce(call, number):
            return response.json({"error": "too many calls"}, status=429)
        return response.empty()

    async def _turn(
        self, request: Request, on_new_message: Callable[[UserMessage], Awaitable[Any]]
    ) -> HTTPResponse:
        who = self._who(request)
        if who is None:
            return response.json({"error": "unauthorized"}, status=401)
        body = request.json
        if not isinstance(body, dict) or not isinstance(body.get("text"), str):
            return response.json({"error": "text must be a string"}, status=400)
        recipient = who.recipient_id if who.recipient_id is not None else body.get("recipient")
        if not isinstance(recipient, str) or not recipient.strip():
            return response.json({"error": "recipient is missing"}, status=400)
        said = heard(body["text"])
        channel = CollectingOutputChannel()
        # Metadata is built here: a client must not be able to give itself a role.
        message = UserMessage(
            said.text or NO_TEXT,
            channel,
            recipient,
            input_channel=self.name(),
            metadata=metadata(body.get("sure") is not False, NOW_TYPING),
        )
        try:
            await on_new_message(message)
        except Exception as error:
            log.error("turn_broke", kind=type(error).__name__)
        return response.json({"events": complete(events(channel.messages, said.cut), None)})
