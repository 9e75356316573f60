"""Tier: unit. Calls borrow recognisers for an utterance each, and never hear each other."""

from concurrent.futures import ThreadPoolExecutor

from audio.phone.pool import RecognizerPool
from audio.recognizer import Transcript


class Ear:
    """Writes down what it gets; the text of an utterance is all of it."""

    sample_rate = 16_000
    made: list["Ear"]

    def __init__(self) -> None:
        self.got = b""
        self.made.append(self)

    def accept(self, pcm: bytes) -> str | None:
        self.got += pcm
        return self.got.decode()

    def final(self) -> Transcript:
        got, self.got = self.got, b""
        return Transcript.of([(got.decode(), 0.0, 0.0)], []) if got else Transcript("", 1.0, ())

    def reset(self) -> None:
        self.got = b""


def pool() -> RecognizerPool:
    Ear.made = []
    return RecognizerPool(Ear, 16_000)


def test_who_does_not_speak_needs_none() -> None:
    ears = pool()
    calls = [ears.recognizer() for _ in range(20)]
    assert Ear.made == []
    for call in calls:
        call.accept(b"a")
        call.reset()
        assert call.final().text == ""
    assert len(Ear.made) == 1


def test_who_speaks_at_once_is_heard_apart() -> None:
    ears = pool()
    calls = [ears.recognizer() for _ in range(8)]
    for number in range(8):
        for call, letter in zip(calls, "abcdefgh", strict=True):
            assert call.accept(letter.encode()) == letter * (number + 1)
    assert [call.final().text for call in calls] == [letter * 8 for letter in "abcdefgh"]
    assert len(Ear.made) == 8
    # Half of them are kept; an utterance that was given up leaves nothing behind.
    calls[0].accept(b"x")
    calls[0].reset()
    for call in calls:
        call.accept(b"y")
        assert call.final().text == "y"
    assert len(Ear.made) == 8


def test_threads_never_share_one() -> None:
    ears = pool()

    def speak(letter: str) -> list[str]:
        call = ears.recognizer()
        heard = []
        for _ in range(200):
            call.accept(letter.encode())
            call.accept(letter.encode())
            heard.append(call.final().text)
        return heard

    with ThreadPoolExecutor(6) as threads:
        for letter, heard in zip("abcdef", threads.map(speak, "abcdef"), strict=True):
            assert heard == [letter * 2] * 200


def test_a_call_that_ends_while_its_last_words_are_decoded_gives_back_once() -> None:
    ears = pool()
    with ThreadPoolExecutor(2) as threads:
        for _ in range(300):
            call = ears.recognizer()
            call.accept(b"a")
            for done in [threads.submit(call.final), threads.submit(call.reset)]:
                done.result()
            lent = [ears.take(), ears.take()]
            assert lent[0] is not lent[1]
            for each in lent:
                ears.give_back(each)
