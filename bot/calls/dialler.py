"""Ringing numbers and handing calls to staff: by the SIP program, or by Asterisk's call files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Protocol
from uuid import UUID

import httpx

from bot.errors import KurvError

#: Seconds that a telephone may ring, and that staff may take to answer.
RINGING = 50.0


class DiallerError(KurvError):
    """The exchange could not be asked to ring."""

    code = "dialler"
    retryable = True


class Dialler(Protocol):
    """Whoever can ring a number."""

    def dial(self, call_id: str, number: str) -> str:
        """Ring an E.164 number; whoever answers is connected to us as the call `call_id`.

        Returns:
            "answered", "busy", "declined", "no_answer", "failed", or "placed" when the exchange
            does not tell.

        Raises:
            DiallerError: it could not be asked.
        """


class HttpDialler:
    """The control socket of `audio/phone/sip.py`: HTTP with the service token."""

    def __init__(self, url: str, token: str) -> None:
        """`url`: base URL, on the loopback."""
        self._client = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=RINGING
        )

    def dial(self, call_id: str, number: str) -> str:
        """Ring; see `Dialler.dial`."""
        try:
            answer = self._client.post("/calls", json={"call": call_id, "number": number})
            answer.raise_for_status()
            return str(answer.json()["outcome"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise DiallerError("Telefonprogrammet svarer ikke; se etter at det kjører.") from error

    def transfer(self, call: UUID) -> bool:
        """Hand a call to staff; False when the exchange or staff cannot take it."""
        try:
            answer = self._client.post(f"/calls/{call}/transfer")
            return answer.status_code == 200 and answer.json().get("transferred") is True
        except (httpx.HTTPError, ValueError):
            return False

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class CallFileDialler:
    """Asterisk's spool folder: one call file for each ring; Asterisk does not tell what came of it.

    The dialplan must have an extension `kurv` in `context` that announces the call, whose UUID it
    finds in the channel variable `KURV_CALL`, and connects it by AudioSocket (docs/telephony.md).
    """

    def __init__(self, spool: Path, channel: str, context: str) -> None:
        """`channel`: how a number is dialled, with `{number}`: "PJSIP/{number}@provider"."""
        self._spool, self._channel, self._context = spool, channel, context

    def dial(self, call_id: str, number: str) -> str:
        """Ring; see `Dialler.dial`."""
        lines = (
            f"Channel: {self._channel.format(number=number)}",
            "MaxRetries: 0",  # how often is for us to say
            f"WaitTime: {round(RINGING) - 5}",
            f"Context: {self._context}",
            "Extension: kurv",
            "Priority: 1",
            f"Setvar: KURV_CALL={call_id}",
            f"Setvar: KURV_NUMBER={number}",
        )
        try:
            # Asterisk reads a file as soon as it is there: it must be whole when it comes.
            descriptor, name = tempfile.mkstemp(dir=self._spool.parent, suffix=".call")
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write("\n".join(lines) + "\n")
            Path(name).replace(self._spool / f"{call_id}.call")
        except OSError as error:
            raise DiallerError(
                f"Kan ikke skrive i mappen «{self._spool}»; gi Kurv lov til det."
            ) from error
        return "placed"
