"""Tier: unit. Which of a call's two ears hears an utterance."""

from audio.phone.ears import Ears
from audio.recognizer import Transcript


class Ear:
    sample_rate = 16000

    def __init__(self, name: str) -> None:
        self.name = name

    def accept(self, pcm: bytes) -> str | None:
        return self.name

    def final(self) -> Transcript:
        return Transcript(self.name, 1.0, ())

    def reset(self) -> None:
        return None


def test_the_ear_changes_between_utterances_only() -> None:
    narrow = [True]
    ears = Ears(Ear("narrow"), Ear("wide"), lambda: narrow[0])
    assert ears.accept(b"") == "narrow"
    narrow[0] = False
    assert ears.final().text == "narrow"
    assert ears.accept(b"") == "wide"
    narrow[0] = True
    assert ears.accept(b"") == "wide"
    ears.reset()
    assert ears.final().text == "narrow"
