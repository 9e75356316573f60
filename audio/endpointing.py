"""When has the person begun to speak, and when have they finished? A pure state machine.

It is fed (seconds, is speech, text so far) for every bit of sound and answers with what happened.
It has no clock, no sound and no threads: time is what it is fed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from audio.number_words import cardinal


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """All in seconds (docs on voice dialogues for old people give the ranges)."""

    onset: float = 0.12
    """Speech that must be there before we believe it: shorter than "ja", longer than a click."""
    pre_roll: float = 0.4
    """Sound from before the onset that the recogniser gets too, so that no first sound is lost."""
    pause: float = 0.9
    """Silence that ends an utterance."""
    short_pause: float = 0.6
    """The same after an answer that is complete in itself: ja, nei, det var alt."""
    list_pause: float = 1.3
    """The same in the middle of a list."""
    long_pause: float = 1.8
    """The same when the sentence cannot end here: after "og", a number, "jeg vil ha"."""
    no_input: float = 8.0
    """Waiting without any speech after which the silence itself is told."""
    longest: float = 30.0
    """An utterance that goes on for so long (a radio, a telephone) is taken as it is."""
    resume: float = 0.06
    """Speech in a row that makes a silence start again; a click does not."""
    settled: float = 0.2
    """Silence in a row that there must be when an utterance ends."""

    def for_rate(self, rate: float) -> TurnSettings:
        """More patience for somebody who asked us to speak slower (``rate`` below 1)."""
        factor = min(max(1 / rate, 1.0), 1.5)
        return replace(
            self,
            pause=self.pause * factor,
            short_pause=self.short_pause * factor,
            list_pause=self.list_pause * factor,
            long_pause=self.long_pause * factor,
            no_input=self.no_input * factor,
        )


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The person speaks. ``lead`` seconds of the sound up to now belong to the utterance."""

    lead: float


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """The person has finished. ``voiced`` seconds held speech; ``cut``: it became too long."""

    voiced: float
    silence: float
    cut: bool = False


@dataclass(frozen=True, slots=True)
class NoInput:
    """Nobody has spoken for ``waited`` seconds; the wait begins anew."""

    waited: float


TurnEvent = SpeechStarted | SpeechEnded | NoInput


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ANSWERS = (
    "ja|jo|jau|jada|jepp|mm|nei|næi|neida|javisst|ja visst|takk|stemmer|riktig|greit|gjerne|fint|"
    "bra|ferdig|hjelp|stopp|angre|avbryt|gjenta|hæ|saktere|hva sa du|om igjen|en gang til|"
    "ikke noe mer|ikke mer|som vanlig|den første|den siste|den billigste|"
    "det (?:er|var) (?:alt|nok|greit|riktig|det|fint|bra)|det stemmer"
)
_COMPLETE = re.compile(rf"(?:{_ANSWERS})(?: (?:{_ANSWERS}))*")
_OPEN = _words(
    "og eller samt pluss men å at som med uten av i på til for fra om litt noe noen jeg æ eg vi "
    "vil skal ha får kan trenger treng kjøpe bestille legge ta også så da den det de halvt halve "
    "halv ekstra liten stor øh eh ehm altså heter mener"
)
_MEASURES = _words(
    "pakke pakker boks bokser flaske flasker pose poser brett beger kartong kartonger glass tube "
    "tuber rull ruller liter kilo gram hekto desiliter stykker stykk"
)
_NUMBERS = frozenset(cardinal(number) for number in range(1, 100)) | _words(
    "en ei et ein eitt tvo syv sjau otte elve søtten tyve tredve førr par halvannen halvannet "
    "halvanna hundre dusin snes"
)


def needed_pause(partial: str, settings: TurnSettings, numbers_complete: bool = False) -> float:
    """Seconds of silence that end an utterance whose text so far is ``partial``.

    ``numbers_complete``: the question was one that a number answers ("den andre", "to").
    """
    words = re.findall(r"\w+", partial.lower())
    if not words:
        return settings.pause
    if _COMPLETE.fullmatch(" ".join(words)):
        return settings.short_pause
    last = words[-1]
    if last in _NUMBERS or last in _MEASURES or last.isdigit():
        if numbers_complete:
            return settings.short_pause if len(words) == 1 else settings.pause
        return settings.long_pause
    if last in _OPEN:
        return settings.long_pause
    amounts = sum(word in _NUMBERS for word in words)
    if amounts >= 2 and "og" not in words[-4:]:
        return settings.list_pause
    return settings.pause


class Endpointer:
    """Follows one talk: waiting for speech, then in speech, then waiting again."""

    def __init__(self, settings: TurnSettings | None = None) -> None:
        """Begin by waiting."""
        self.settings = settings or TurnSettings()
        self.numbers_complete = False
        self.restart()

    def restart(self) -> None:
        """Wait for the next utterance from here; what went before is forgotten."""
        self.speaking = False
        self._waited = 0.0
        self._evidence = 0.0
        self._voiced = 0.0
        self._run = 0.0
        self._silence = 0.0
        self._quiet = 0.0
        self._length = 0.0

    def feed(self, seconds: float, is_speech: bool, partial: str = "") -> TurnEvent | None:
        """Take ``seconds`` of sound. Returns what happened at its end, or None."""
        if self.speaking:
            return self._in_speech(seconds, is_speech, partial)
        return self._waiting(seconds, is_speech)

    def _waiting(self, seconds: float, is_speech: bool) -> TurnEvent | None:
        self._waited += seconds
        # Evidence leaks away in silence, so that scattered clicks never add up to a voice.
        change = seconds if is_speech else -seconds
        self._evidence = max(0.0, self._evidence + change)
        if self._evidence + 1e-9 >= self.settings.onset:
            voiced = self._evidence
            self.restart()
            self.speaking = True
            self._voiced = self._length = voiced
            # The evidence may be spread over twice its length.
            return SpeechStarted(lead=self.settings.pre_roll + 2 * voiced)
        if self._waited + 1e-9 >= self.settings.no_input and not is_speech:
            waited = self._waited
            self.restart()
            return NoInput(waited)
        return None

    def _in_speech(self, seconds: float, is_speech: bool, partial: str) -> TurnEvent | None:
        self._length += seconds
        self._silence += seconds
        if is_speech:
            self._voiced += seconds
            self._run += seconds
            self._quiet = 0.0
            if self._run + 1e-9 >= self.settings.resume:
                self._silence = 0.0
        else:
            self._run = 0.0
            self._quiet += seconds
        pause = needed_pause(partial, self.settings, self.numbers_complete)
        # Text that arrives as the person goes on may ask for a shorter pause than has already
        # passed: only a silence that is still there may end the utterance.
        silent = self._quiet + 1e-9 >= self.settings.settled
        finished = silent and self._silence + 1e-9 >= pause
        cut = self._length + 1e-9 >= self.settings.longest
        if not (finished or cut):
            return None
        event = SpeechEnded(self._voiced, self._silence, cut=not finished)
        self.restart()
        return event
