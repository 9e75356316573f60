"""Tier: end_to_end. Microphone and loudspeaker, real to the program: PulseAudio null sinks."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from audio.frames import samples
from audio.rehearsal import make_utterances
from audio.wavefile import SAMPLE_RATE, read_wave
from tests.end_to_end.sound_server import SoundServer, missing_sound, recorded

pytestmark = pytest.mark.skipif(bool(missing_sound()), reason=str(missing_sound()))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SoundServer]:
    server = SoundServer(tmp_path)
    server.start()
    yield server
    server.stop()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    if not line:
        assert process.stderr is not None
        raise AssertionError(process.stderr.read())
    return line


def _after_losses(process: subprocess.Popen[str], *told: str) -> str:
    """The first line that does not begin with what is told of a lost device."""
    while (line := _line(process)).startswith(told):
        pass
    return line


def _correlation(heard: bytes, played: bytes) -> float:
    """How alike two sounds are where they fit best: 1 is the same."""
    one, two = samples(heard).astype(float), samples(played).astype(float)
    assert len(one) >= len(two), "less was heard than was played"
    size = 1 << (len(one) + len(two)).bit_length()
    product = np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(two, size)), size)
    lag = int(np.argmax(product[: len(one) - len(two) + 1]))
    part = one[lag : lag + len(two)]
    return float(product[lag] / (np.linalg.norm(part) * np.linalg.norm(two)))


def test_what_is_played_to_the_microphone_is_what_the_program_hears(
    server: SoundServer, tmp_path: Path
) -> None:
    (spoken,) = make_utterances(["Jeg vil ha to liter lettmelk."], tmp_path)
    program = server.program(
        f"""
        from audio.microphone import Microphone
        from audio.wavefile import write_wave
        from pathlib import Path
        heard = b""
        for frame in Microphone().frames():
            if not heard:
                print("open", flush=True)
            assert len(frame) == 640
            heard += frame
            if len(heard) > 6 * 32000:
                break
        write_wave(Path("{tmp_path}/heard.wav"), heard)
        print("done", flush=True)
        """
    )
    assert _line(program) == "open"
    server.say(spoken)
    assert _line(program) == "done"
    assert program.wait(20) == 0
    assert _correlation(read_wave(tmp_path / "heard.wav"), read_wave(spoken)) > 0.95


def test_what_the_program_says_comes_out_of_the_loudspeaker(
    server: SoundServer, tmp_path: Path
) -> None:
    with (tmp_path / "out.raw").open("wb") as out:
        recorder = subprocess.Popen(
            f"parec --device=virtspk.monitor --rate={SAMPLE_RATE} --channels=1 "
            "--format=s16le --latency-msec=20".split(),
            env=server.environment,
            stdout=out,
        )
    try:
        # The virtual sink begins to run only a second or two after it was made.
        for _ in range(100):
            if (tmp_path / "out.raw").stat().st_size:
                break
            time.sleep(0.1)
        program = server.program(
            f"""
            from audio.microphone import SoundCardSpeaker
            from audio.synthesizer import EspeakSynthesizer
            from audio.frames import resample
            from audio.wavefile import write_wave
            from pathlib import Path
            voice = EspeakSynthesizer()
            text = "Du har to liter lettmelk i kurven. Det blir 43,80 kr."
            # Kept, because espeak-ng never says a thing quite the same way twice.
            sound = list(voice.stream(text))
            whole = resample(b"".join(sound), voice.sample_rate, 16000)
            write_wave(Path("{tmp_path}/said.wav"), whole)
            import threading
            played = SoundCardSpeaker().play(sound, voice.sample_rate, threading.Event())
            print(played, len(whole) / 32000, flush=True)
            """
        )
        played, wanted = map(float, _line(program).split())
        assert played == pytest.approx(wanted, abs=0.05)
        assert program.wait(20) == 0
        time.sleep(0.5)
    finally:
        recorder.terminate()
        recorder.wait(10)
    heard = (tmp_path / "out.raw").read_bytes()
    assert _correlation(heard, read_wave(tmp_path / "said.wav")) > 0.95


def test_a_microphone_that_goes_away_is_told_and_taken_up_again(
    server: SoundServer, tmp_path: Path
) -> None:
    program = server.program(
        """
        from audio.microphone import Microphone
        from audio.line import SourceLost
        microphone = Microphone()
        try:
            for number, frame in enumerate(microphone.frames()):
                if number == 10:
                    print("open", flush=True)
        except SourceLost as lost:
            print(lost, flush=True)
        heard = 0
        while heard < 10:
            try:
                for frame in microphone.frames():
                    heard += 1
                    if heard == 10:
                        break
            except SourceLost:  # the server is there, but not yet its microphone
                heard = 0
        print("again", flush=True)
        """
    )
    assert _line(program) == "open"
    server.stop()
    assert _line(program).startswith("Mikrofonen ble borte.")
    server.start()
    assert _line(program) == "again"
    assert program.wait(20) == 0


def test_a_microphone_is_chosen_by_name_and_a_wrong_name_lists_what_there_is(
    server: SoundServer,
) -> None:
    program = server.program(
        """
        from audio.microphone import NoSoundDevice, devices, find_device
        print(find_device("default").name)
        try:
            find_device("Blue Yeti")
        except NoSoundDevice as error:
            print(error)
        """
    )
    out, err = program.communicate(timeout=30)
    assert out.splitlines()[0] == "default", err
    assert out.splitlines()[1].startswith("Ingen mikrofon heter noe med «Blue Yeti». Her finnes: ")
    assert "«default»" in out


_TALK = """
import asyncio, time
from types import SimpleNamespace
from audio.live_talk import Screen, TalkSettings
from audio.metrics import Collected
from audio.microphone import Microphone, SoundCardSpeaker
from audio.session import Session, is_sent
from audio.sound_card import SoundCardLine
from audio.synthesizer import EspeakSynthesizer
from audio.turn_taking import DuplexSettings

class Ear:
    # Counts seconds: what is tested here is the sound's way, not the words.
    sample_rate = 16000
    def __init__(self): self.heard = 0
    def reset(self): self.heard = 0
    def accept(self, pcm):
        self.heard += len(pcm)
        return f"{self.heard / 32000:.1f}"
    def final(self): return SimpleNamespace(text=f"{self.heard / 32000:.1f}", confidence=0.9)

def turn(stage, *texts):
    order = [{"event": "order", "status": "acknowledged"}] if stage == "submitted" else []
    return [*({"event": "said", "text": text} for text in texts), *order,
            {"event": "basket", "stage": stage}]

class Answers:
    def __init__(self, *script): self.script = list(script)
    def begin(self): return self.script.pop(0)
    def say(self, text, confidence=None): return self.script.pop(0)
    def talked_over(self): return self.script.pop(0)
    def ended(self): print("ended", flush=True)

def show(event): print(event["event"], event.get("text", event.get("stage", "")), flush=True)

def talk(barge_in, *script, observer=None, ear=None):
    session = Session(ear or Ear(), Answers(*script), EspeakSynthesizer(),
                      settings=TalkSettings(is_over=is_sent, tones=False),
                      duplex=DuplexSettings(barge_in=barge_in), observer=observer,
                      screen=Screen(show, lambda: print("listening", flush=True)))
    asyncio.run(session.run(SoundCardLine(Microphone(), SoundCardSpeaker())))
"""


def _read(process: subprocess.Popen[str], *beginnings: str) -> None:
    for beginning in beginnings:
        assert _line(process).startswith(beginning)


def test_speech_that_is_talked_over_falls_silent_within_a_fifth_of_a_second(
    server: SoundServer, tmp_path: Path
) -> None:
    """Measured in the recording of the loudspeaker, from the moment at which it was decided."""
    (words,) = make_utterances(["Nei vent, jeg vil heller ha helmelk."], tmp_path)
    ours = tmp_path / "ours.raw"
    with recorded(server, "virtspk", ours):
        program = server.program(
            _TALK
            + """
class Stops(Collected):
    def interrupted(self, seconds):
        print(time.time() - seconds, flush=True)
long = "Du har to liter lettmelk, ett brød, en pakke kaffe og et kilo poteter i kurven. "
talk(True, turn("ordering", long * 3), turn("submitted", "Greit."), observer=Stops())
"""
        )
        _read(program, "said Du har", "basket")
        _wait_for_voice(ours)
        with _growth(ours) as sizes:
            server.say(words)
            decided = float(_line(program))
            _read(program, "heard", "said Greit.", "order", "basket submitted", "ended")
        assert program.wait(20) == 0
    voiced = _voiced(ours.read_bytes())
    first = int(np.flatnonzero(voiced)[0])
    # The first second without sound follows what was stopped.
    silent = next(at for at in range(first, len(voiced)) if not voiced[at : at + 50].any())
    assert (silent - first) * 0.02 < 12, "the whole speech would have lasted longer"
    stopped = next(at for at, size in sizes if size >= silent * 640)
    assert stopped - decided < 0.2


@contextmanager
def _growth(file: Path) -> Iterator[list[tuple[float, int]]]:
    """When the file had which size, every ten milliseconds."""
    sizes: list[tuple[float, int]] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.01):
            sizes.append((time.time(), file.stat().st_size))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield sizes
    finally:
        over.set()
        looking.join()


def test_a_read_back_that_is_talked_over_is_read_to_its_end_and_again(
    server: SoundServer, tmp_path: Path
) -> None:
    (words,) = make_utterances(["Ja takk, det stemmer bra det."], tmp_path)
    with recorded(server, "virtspk", tmp_path / "ours.raw"):
        program = server.program(
            _TALK
            + """
text = "Du har to liter lettmelk, ett brød, en pakke kaffe og et kilo poteter i kurven."
talk(True, turn("read_back", text, "Skal jeg bestille?"),
     turn("read_back", "En gang til: " + text, "Skal jeg bestille?"),
     turn("submitted", "Sendt."))
"""
        )
        _read(program, "said Du har", "said Skal", "basket read_back")
        _wait_for_voice(tmp_path / "ours.raw")
        server.say(words)
        # What was said meanwhile is no answer: nothing is heard before it was read again.
        _read(program, "said En gang til", "said Skal", "basket read_back", "listening")
        server.say(words)
        _read(program, "heard", "said Sendt.", "order", "basket submitted", "ended")
        assert program.wait(20) == 0


def _wait_for_voice(recording: Path) -> None:
    """Wait until half a second of sound has been recorded."""
    for _ in range(200):
        if _voiced(recording.read_bytes()).sum() > 25:
            return
        time.sleep(0.05)
    raise AssertionError("no voice is heard")


def _voiced(pcm: bytes) -> np.ndarray:
    """For each 20 ms whether there is sound."""
    wave = samples(pcm).astype(float)
    return np.abs(wave[: len(wave) // 320 * 320].reshape(-1, 320)).max(axis=1) > 300


def test_a_whole_turn_through_the_sound_card(server: SoundServer, tmp_path: Path) -> None:
    """Two utterances with our answer between them, which must not be heard as the person's:
    the loudspeaker is heard by the microphone, as on a table."""
    server.echo()
    first, second = make_utterances(["Jeg vil ha melk.", "Det var alt."], tmp_path)
    program = server.program(
        _TALK
        + """
answer = "Jeg la melk i kurven. Vil du ha noe mer?"
talk(False, turn("ordering"), turn("ordering", answer), turn("submitted", "Sendt."))
"""
    )
    _read(program, "basket", "listening")
    server.say(first)
    assert float(_line(program).split()[1]) == pytest.approx(2.5, abs=1.0)
    _read(program, "said", "basket", "listening")
    server.say(second)
    assert float(_line(program).split()[1]) == pytest.approx(2.3, abs=1.0)
    _read(program, "said Sendt.", "order", "basket submitted", "ended")
    assert program.wait(20) == 0


def test_a_talk_goes_on_when_the_devices_were_gone_for_a_moment(
    server: SoundServer, tmp_path: Path
) -> None:
    """They go in the middle of a sentence, which is asked for again and not answered by half."""
    long = "Jeg vil gjerne ha to liter lettmelk, et grovt brød og en pakke kaffe."
    sentence, words = make_utterances([long, "Jeg vil ha melk."], tmp_path)
    program = server.program(
        _TALK
        + """
class Loud(Ear):
    told = False
    def accept(self, pcm):
        before, text = self.heard, super().accept(pcm)
        if before < 32000 <= self.heard and not self.told: print("in a sentence", flush=True)
        self.told = self.told or before < 32000 <= self.heard
        return text
talk(False, turn("ordering", "God dag, hva vil du ha?"), turn("submitted", "Greit."), ear=Loud())
"""
    )
    _read(program, "said God dag", "basket", "listening")
    speaking = server.tool_started("paplay", "--device=virtmic", str(sentence))
    _read(program, "in a sentence")
    server.stop()
    speaking.wait(30)
    # The loudspeaker is gone with it: the sentence can be read only.
    _read(program, "error", "said Mikrofonen ble borte.")
    server.start()
    # The microphone comes back some time after its server, and may falter once more as it does.
    assert _after_losses(program, "error", "said Mikrofonen ble borte.") == "listening"
    with recorded(server, "virtmic", tmp_path / "sink.raw"):
        for _ in range(5):
            server.say(words)
    losses = ("error", "said Mikrofonen ble borte.", "listening")
    assert _after_losses(program, *losses).startswith("heard")
    _read(program, "said Greit.", "order", "basket submitted", "ended")
    assert program.wait(20) == 0
