"""`kurv transcribe` and `kurv speech …`: hear files; build, train and measure the speech model."""

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bot.cli.output import err, out, print_json
from bot.data_files import load_shop
from bot.errors import KurvError
from bot.settings import PROJECT_ROOT, Settings
from bot.speech_phrases import (
    everyday_words,
    product_phrases,
    product_sentences,
    talk_sentences,
)

if TYPE_CHECKING:
    from audio.recognizer import Engine, Recognizer
    from audio.speech_model import Evaluation

#: What the bot learns acts from is what people say: the recogniser must be able to hear it.
_NLU = PROJECT_ROOT / "nlu_data" / "nlu"

app = typer.Typer(help="Talemodellen: bygg, tren, mål.", no_args_is_help=True)

JsonFlag = Annotated[bool, typer.Option("--json", help="Ett JSON-objekt per linje.")]


def audio_errors() -> type[Exception]:
    """The base class of what goes wrong with sound, for the one place that reports it."""
    from audio.errors import AudioError

    return AudioError


def ready_model(settings: Settings, quiet: bool = False) -> Path:
    """The speech model for the present catalogue; built first when it is not there yet."""
    if settings.speech_model is not None:
        return settings.speech_model
    folder = _model_folder(settings)
    if not folder.is_dir():
        _build(settings, folder, quiet)
    return folder


def hearing_engine(settings: Settings, quiet: bool = False) -> "Engine":
    """What hears: Whisper where the settings name a model of it, else Vosk."""
    if settings.whisper_model:
        return _whisper(settings)
    from audio.recognizer import VoskModel

    return VoskModel(ready_model(settings, quiet))


def _whisper(settings: Settings) -> "Engine":
    from audio.whisper import WhisperModel

    shop = load_shop(settings.catalogue, settings.synonyms)
    return WhisperModel(settings.whisper_model, hot_words=everyday_words(shop))


def _model_folder(settings: Settings) -> Path:
    """One folder for each state of what a model is made of."""
    digest = hashlib.sha256()
    made_of = [settings.catalogue, settings.synonyms, PROJECT_ROOT / "bot" / "speech_phrases.py"]
    made_of += sorted(_NLU.glob("*.yml"))
    made_of += sorted((PROJECT_ROOT / "audio" / "models" / "nb").rglob("*.*"))
    made_of += sorted((PROJECT_ROOT / "audio" / "speech_model").glob("*.*"))
    for path in made_of:
        if path.is_file() and path.suffix not in (".md", ".pyc"):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return settings.state_dir / "speech" / digest.hexdigest()[:16]


def _build(
    settings: Settings, folder: Path, quiet: bool, acoustic_model: Path | None = None
) -> None:
    from audio import speech_model
    from audio.speech_model.lexicon import hand_entries, nst_entries

    shop = load_shop(settings.catalogue, settings.synonyms)
    known = {*nst_entries(), *hand_entries()}
    with _progress(quiet) as progress:
        speech_model.build(
            product_phrases(shop),
            [*product_sentences(shop), *talk_sentences(_NLU, known)],
            folder,
            acoustic_model or speech_model.SHIPPED,
            progress,
        )


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, float], None] | None]:
    """A progress bar on standard error."""
    if quiet:
        yield None
        return
    columns = (TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as bar:
        task = bar.add_task("Talemodell", total=1.0)

        def told(step: str, share: float) -> None:
            bar.update(task, description=step, completed=share)

        yield told


def transcribe(
    files: Annotated[list[Path], typer.Argument(help="WAV-filer.")],
    phrases: Annotated[
        Path | None, typer.Option("--phrases", help="Fil med uttrykk, ett per linje.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Skriv det som blir sagt i lydfiler; med --phrases kan bare de uttrykkene bli hørt."""
    settings = Settings.from_environment()
    for file in files:
        if not file.is_file():
            raise KurvError(f"Filen «{file}» finnes ikke; sjekk navnet.")
    with tempfile.TemporaryDirectory() as scratch:
        only = None if phrases is None else _phrases(phrases)
        engine = _loader(settings, only, Path(scratch), as_json)()
        for file in files:
            # A recogniser of its own for each file: its clock runs on through a reset.
            result = _transcribed(engine.recognizer(), file)
            if as_json:
                print_json(result)
            else:
                out.print(f"{file}: {result['text'] or '(ingenting)'}", markup=False)


def _phrases(file: Path) -> list[str]:
    """The phrases of a file, one a line."""
    if not file.is_file():
        raise KurvError(f"Filen «{file}» finnes ikke; sjekk navnet.")
    wanted = [line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines()]
    wanted = [line for line in wanted if line]
    if not wanted:
        raise KurvError(f"Filen «{file}» er tom; skriv ett uttrykk per linje.")
    return wanted


def _loader(
    settings: Settings, phrases: list[str] | None, scratch: Path, quiet: bool
) -> "Callable[[], Engine]":
    """What loads the engine, for these phrases only if given; what must be built is built now.

    Words of the phrases that are new get their pronunciation.
    """
    from audio.recognizer import Narrowed, VoskModel

    if settings.whisper_model:
        if phrases is None:
            return partial(_whisper, settings)
        return lambda: Narrowed(_whisper(settings), phrases)
    if phrases is None:
        return partial(VoskModel, ready_model(settings, quiet))
    from audio import speech_model

    with _progress(quiet) as progress:
        folder = speech_model.build(
            phrases, [], scratch / "model", progress=progress, only_phrases=True
        )
    return partial(VoskModel, folder)


def _transcribed(recognizer: "Recognizer", file: Path) -> dict[str, Any]:
    from audio.session import silence_after
    from audio.wavefile import read_frames

    frames = list(read_frames(file, recognizer.sample_rate))
    seconds = sum(len(frame) for frame in frames) / 2 / recognizer.sample_rate
    start = time.perf_counter()
    for frame in frames:
        recognizer.accept(frame)
    recognizer.accept(silence_after(recognizer.sample_rate))
    heard = recognizer.final()
    spent = time.perf_counter() - start
    return {
        "file": str(file),
        "text": heard.text,
        "words": [
            {
                "word": word.word,
                "start": round(word.start, 3),
                "end": round(word.end, 3),
                "confidence": round(word.confidence, 3),
            }
            for word in heard.words
        ],
        "seconds": round(seconds, 3),
        "real_time_factor": round(spent / max(seconds, 0.001), 4),
    }


@app.command("build")
def build(
    acoustic_model: Annotated[
        Path | None, typer.Option(help="Lydmodell fra «kurv speech train»; ellers den vi har.")
    ] = None,
    destination: Annotated[
        Path | None, typer.Option(help="Mappe for modellen; sett KURV_SPEECH_MODEL til den.")
    ] = None,
) -> None:
    """Bygg talemodellen for katalogen; bruker det som er bygd før når ingenting er endret."""
    settings = Settings.from_environment()
    if acoustic_model is None and destination is None:
        folder = ready_model(settings)
    elif destination is None:
        raise KurvError("Si med --destination hvor modellen skal ligge.")
    else:
        folder = destination
        _build(settings, folder, quiet=False, acoustic_model=acoustic_model)
    out.print(f"Talemodellen er klar: {folder}", markup=False)


@app.command("train")
def train(
    destination: Annotated[Path, typer.Argument(help="Mappe for lydmodellen.")],
    corpora: Annotated[
        list[Path] | None,
        typer.Option("--corpus", help="Manifest, eller mappe med NST, NPSC eller Common Voice."),
    ] = None,
    espeak_hours: Annotated[
        float, typer.Option(help="Timer med tale fra espeak-ng.", min=0.0)
    ] = 10.0,
    kokoro: Annotated[
        Path | None, typer.Option("--kokoro", help="Mappe med Kokoro-82M; se docs/speech.md.")
    ] = None,
    kokoro_hours: Annotated[float, typer.Option(help="Timer med tale fra Kokoro.", min=0.0)] = 2.0,
    teacher: Annotated[
        Path | None, typer.Option(help="Mappe med en Whisper-modell som lærer bort det den hører.")
    ] = None,
    untranscribed: Annotated[
        list[Path] | None,
        typer.Option("--untranscribed", help="Mappe med lydfiler som ingen har skrevet ut."),
    ] = None,
    epochs: Annotated[float, typer.Option(help="Ganger gjennom all talen.", min=0.01)] = 4.0,
    device: Annotated[str, typer.Option(help="cpu eller cuda.")] = "cpu",
    again: Annotated[bool, typer.Option("--again", help="Begynn på nytt.")] = False,
) -> None:
    """Tren lydmodellen; en avbrutt trening går videre der den var."""
    from audio import speech_model

    settings = Settings.from_environment()
    shop = load_shop(settings.catalogue, settings.synonyms)
    with _progress(quiet=False) as progress:
        folder = speech_model.train(
            corpora or [],
            destination,
            phrases=product_phrases(shop),
            sentences=product_sentences(shop),
            espeak_hours=espeak_hours,
            kokoro_folder=kokoro,
            kokoro_hours=kokoro_hours,
            teacher=teacher,
            untranscribed=untranscribed or [],
            epochs=epochs,
            device=device,
            resume=not again,
            progress=progress,
        )
    out.print(f"Lydmodellen er ferdig: {folder}", markup=False)


@app.command("evaluate")
def evaluate(
    manifest: Annotated[
        Path | None, typer.Argument(help="Manifest over opptak; uten: syntetiske ordrer.")
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option("--engine", help="vosk eller whisper; uten: den innstillingene velger."),
    ] = None,
    phrases: Annotated[
        Path | None, typer.Option("--phrases", help="Fil med uttrykk; bare de kan bli hørt.")
    ] = None,
    telephone: Annotated[
        bool, typer.Option("--telephone", help="Send talen gjennom en telefonlinje (8 kHz).")
    ] = False,
    limit: Annotated[int | None, typer.Option(help="Slutt etter så mange ytringer.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Mål hvor godt en motor hører: feil per ord, spredning mellom grupper, fart og minne."""
    from audio import speech_model

    settings = _with_engine(Settings.from_environment(), engine)
    only = None if phrases is None else _phrases(phrases)
    with tempfile.TemporaryDirectory() as scratch:
        load = _loader(settings, only, Path(scratch), as_json)
        with _progress(quiet=as_json) as progress:
            found = speech_model.evaluate(
                load, manifest, telephone=telephone, limit=limit, progress=progress
            )
    if as_json:
        print_json(found.as_dict())
    else:
        _show_evaluation(found)


def _with_engine(settings: Settings, engine: str | None) -> Settings:
    if engine is None:
        return settings
    if engine == "vosk":
        return replace(settings, whisper_model="")
    if engine != "whisper":
        raise KurvError(f"Motoren «{engine}» finnes ikke; velg vosk eller whisper.")
    if not settings.whisper_model:
        raise KurvError("Sett KURV_WHISPER_MODEL til mappen med modellen; se docs/speech.md.")
    return settings


def _show_evaluation(found: "Evaluation") -> None:
    low, high = found.confidence_interval
    least, most = found.sentences_interval
    out.print(f"{found.utterances} ytringer, {found.words} ord")
    out.print(f"Feil per ord: {found.word_error_rate:.1%} (95 %: {low:.1%} til {high:.1%})")
    out.print(
        f"Helt riktige ytringer: {found.sentences_right:.1%} (95 %: {least:.1%} til {most:.1%})"
    )
    for group, errors in sorted(found.groups.items()):
        out.print(f"  {group}: {errors:.1%}", markup=False)
    out.print(f"Spredning mellom gruppene: {100 * found.spread:.1f} poeng")
    out.print(f"Sikker på rette ord: {found.sure_when_right:.1%}")
    out.print(f"Sikker på gale ord: {found.sure_when_wrong:.1%}")
    out.print(
        f"Sanntidsfaktor {found.real_time_factor:.3f}, lastet på {found.load_seconds:.2f} s, "
        f"{found.memory_mb:.0f} MB"
    )
