"""Tier: unit. Corpora of recorded speech, on small files in each one's exact format."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from audio.errors import CorpusError
from audio.frames import pcm_bytes
from audio.speech_model import shards
from audio.speech_model.corpora import corpus_to_shards, is_held_out, recordings
from audio.speech_model.corpora.transcripts import said_words


def sound(path: Path, length: float = 0.5, rate: int = 16000, channels: int = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    wave_form = 8000 * np.sin(np.arange(int(rate * length)) / 8)
    with wave.open(str(path), "wb") as stream:
        stream.setnchannels(channels)
        stream.setsampwidth(2)
        stream.setframerate(rate)
        stream.writeframes(pcm_bytes(np.repeat(wave_form, channels)))


def a_speaker(held_out: bool, prefix: str = "") -> str:
    return next(
        str(number) for number in range(1000) if is_held_out(f"{prefix}{number}") == held_out
    )


def nst_session(folder: Path, speaker: str, texts: list[str], pid: str = "r4630001") -> None:
    """One session as in the edition of 2020, its archives unpacked side by side."""
    said = []
    for number, text in enumerate(texts):
        stem = f"u{number:07d}"
        sound(folder / "lydfiler_16_1" / "no" / pid / f"{pid}_{stem}-1.wav")
        said.append({
            "DST": "0", "NOI": "0", "QUA": "0", "SND": "0", "SPC": "0", "UTT": "0",
            "file": f"{stem}.wav", "t0": "0", "t1": "0", "t2": "0", "text": text, "type": "IS",
        })  # fmt: skip
    info = {
        "Speaker_ID": speaker, "Sex": "Female", "Age": "71",
        "Region_of_Birth": "Troms", "Region_of_Youth": "Trøndelag",
    }  # fmt: skip
    session = {"pid": pid, "info": info, "session": {}, "system": {}, "val_recordings": said}
    path = folder / "ADB_NOR_0463" / f"{pid}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(session), encoding="utf-8")


def test_nst_as_json(tmp_path: Path) -> None:
    texts = ["stille i 5 sekunder", "Jeg vil ha melk \\Komma takk (les dette)"]
    nst_session(tmp_path, "017", texts)
    (found,) = recordings(tmp_path)
    assert found.text == "Jeg vil ha melk Komma takk"
    assert (found.speaker, found.group) == ("nst-017", "Trøndelag Female")
    assert found.path.is_file()


def test_nst_as_spl_in_latin_1(tmp_path: Path) -> None:
    lines = [
        "[System]", "Delimiter=>-<", "Frequency=16000", "Coding=PCM", "",
        "[Info states]", "1=Speaker ID>-<42>-<", "2=Name>-<>-<", "3=Sex>-<Male>-<",
        "4=Region of Birth>-<Sørlandet>-<", "5=Region of Youth>-<Sørlandet>-<", "",
        "[Record states]", "1=0>-<0>-<Stille>-<IS>-<4>-<u0042001.wav>-<0>-<",
        "2=0>-<0>-<blåbærsyltetøy>-<IW>-<4>-<u0042002.wav>-<0>-<", "",
        "[Validation states]", "2=0>-<0>-<feil>-<IW>-<4>-<u0042002.wav>-<0>-<",
    ]  # fmt: skip
    session = tmp_path / "scr0463" / "04" / "r4630042.spl"
    session.parent.mkdir(parents=True)
    session.write_text("\r\n".join(lines), encoding="latin-1")
    sound(session.parent / "r4630042" / "u0042002.wav", channels=2)
    (found,) = recordings(tmp_path)
    assert (found.text, found.speaker) == ("blåbærsyltetøy", "nst-42")
    assert found.group == "Sørlandet Male"


def npsc_meeting(folder: Path) -> None:
    def sentence(number: int, text: str, language: str, start: int, end: int) -> dict[str, object]:
        return {
            "sentence_id": number, "sentence_order": number, "speaker_id": 32,
            "speaker_name": "En Representant", "sentence_text": text,
            "sentence_language_code": language, "start_time": start, "end_time": end,
            "audio_file": f"20170110-095504_{start}_{end}.wav",
        }  # fmt: skip

    meeting = folder / "20170110"
    sound(meeting / "20170110-095504.wav", length=2.0, rate=48000, channels=2)
    sound(meeting / "audio" / "20170110-095504_1000_1500.wav", rate=48000)
    content = {
        "meeting_date": "20170110", "full_audio_file": "20170110-095504.wav", "data_split": "train",
        "sentences": [
            sentence(0, "møtet er satt", "nb-NO", 250, 900),
            sentence(1, "eg takkar <qq>", "nn-NO", 1000, 1500),
            sentence(2, "repre- <inaudible>", "nb-NO", 1500, 1900),
        ],
    }  # fmt: skip
    (meeting / "20170110_sentence_data.json").write_text(json.dumps(content), encoding="utf-8")
    speakers = [{"speaker_id": 32, "dialect": "Western Norway", "gender": "female"}]
    (folder / "project_files").mkdir()
    (folder / "project_files" / "NPSC_speaker_data.json").write_text(json.dumps(speakers))


def test_npsc_takes_sentences_from_the_meeting_or_from_their_own_files(tmp_path: Path) -> None:
    npsc_meeting(tmp_path)
    first, second = recordings(tmp_path)
    assert (first.start, first.end, first.path.name) == (0.25, 0.9, "20170110-095504.wav")
    assert (second.start, second.path.parent.name) == (None, "audio")
    assert (second.text.strip(), second.language) == ("eg takkar", "nn")
    assert first.group == "Western Norway female"
    made = corpus_to_shards(tmp_path, tmp_path / "out", "people")
    said = [u for path in made for u in shards.read(path)]
    assert [round(u.seconds, 2) for u in said] == [0.65, 0.5]


def test_common_voice(tmp_path: Path) -> None:
    folder = tmp_path / "nn-NO"
    sound(folder / "clips" / "common_voice_nn-NO_1.mp3")  # any sound file is read by its content
    (folder / "validated.tsv").write_text(
        "client_id\tpath\tsentence\tup_votes\tdown_votes\tage\tgender\taccents\tlocale\n"
        'abc\tcommon_voice_nn-NO_1.mp3\tEg seier "god dag".\t2\t0\tsixties\tfemale\t\tnn-NO\n',
        encoding="utf-8",
    )
    (found,) = recordings(folder)
    assert (found.speaker, found.language, found.group) == ("cv-abc", "nn", "sixties female")
    (made,) = corpus_to_shards(folder, tmp_path / "out", "people")
    assert shards.read(made)[0].text == "eg seier god dag"


def test_a_manifest_in_several_languages(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav", rate=8000)
    manifest = tmp_path / "manifest.tsv"
    manifest.write_text(
        "path\ttranscript\tlanguage\tcategory\na.wav\t2 melk\tnb\tword\n"
        "a.wav\tA\tnb\tletter\nborte.wav\tmelk\tnb\tword\na.wav\tmilk\ten\tword\n"
        "a.wav\tmaito\tfi\tword\na.wav\tfoo\txx\tword\n",
        encoding="utf-8",
    )
    letters = frozenset({"letter"})
    made = corpus_to_shards(manifest, tmp_path / "out", "people", skip_categories=letters)
    found = [u for path in made for u in shards.read(path)]
    assert [u.text for u in found] == ["to melk", "milk", "maito"]
    assert found[0].words == (("t", "ˈuː"), ("m", "ˈɛ", "l", "k"))
    assert found[0].seconds == pytest.approx(0.5, abs=0.01)


def test_one_speaker_in_twenty_is_kept_for_testing(tmp_path: Path) -> None:
    for number, held_out in enumerate((False, True)):
        pid = f"r463000{number}"
        nst_session(tmp_path, a_speaker(held_out, "nst-"), ["melk og brød"], pid)
    made = corpus_to_shards(tmp_path, tmp_path / "out", "people")
    assert [path.name for path in made] == ["people-00000.npz", "people-held-out-00000.npz"]
    (stranger,) = shards.read(made[1])
    assert is_held_out(stranger.speaker)


def test_a_killed_run_goes_on_after_the_last_whole_file(tmp_path: Path) -> None:
    nst_session(tmp_path, a_speaker(False, "nst-"), ["melk", "brød"] * 60)
    first, second = corpus_to_shards(tmp_path, tmp_path / "out", "people")
    kept = first.stat().st_mtime_ns
    second.unlink()
    assert corpus_to_shards(tmp_path, tmp_path / "out", "people") == [first, second]
    assert first.stat().st_mtime_ns == kept
    assert len(shards.read(second)) == 20


@pytest.mark.parametrize(
    ("corpus", "reason"),
    [("borte", "Fant ikke talekorpuset"), ("empty", "ser ikke ut som"), ("list.tsv", "path og")],
)
def test_what_is_no_corpus_is_refused_with_a_sentence(
    tmp_path: Path, corpus: str, reason: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "list.tsv").write_text("file\ttext\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=reason):
        corpus_to_shards(tmp_path / corpus, tmp_path / "out", "people")


def test_a_corpus_without_readable_sound_is_refused(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.tsv"
    manifest.write_text("path\ttranscript\nborte.wav\tmelk\n", encoding="utf-8")
    with pytest.raises(CorpusError, match="ingen opptak"):
        corpus_to_shards(manifest, tmp_path / "out", "people")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Den 17. mai 1998 kl. 8", "den syttende mai nitten nittiåtte klokka åtte"),
        ("f.eks. 2 stk. egg", "for eksempel to stykk egg"),
        ("ca. 1500 kroner", "cirka ett tusen fem hundre kroner"),
        ("i 1907 og 1900", "i nitten null sju og nitten hundre"),
        ("31. desember", "trettiførste desember"),
        ("10 pst. av 2,5 mill.", "ti prosent av to komma fem millioner"),
    ],
)
def test_transcripts_become_the_words_that_were_said(written: str, said: str) -> None:
    assert " ".join(said_words(written)) == said
