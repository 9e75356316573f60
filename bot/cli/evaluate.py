"""`kurv evaluate understanding`: how well the bot understands, measured on the golden sets."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from bot.cli.output import err, out, print_json
from bot.cli.word_sounds import hearing_shop
from bot.dialogue import RasaDialogue
from bot.errors import EvaluationError
from bot.evaluation.report import Results, markdown, rows, table
from bot.evaluation.sets import read_sets
from bot.evaluation.understanding import measure
from bot.parts import running_parts
from bot.settings import PROJECT_ROOT, Settings

app = typer.Typer(help="Mål hvor godt boten forstår.", no_args_is_help=True)
SETS = PROJECT_ROOT / "tests" / "golden"
DIALOGUES = PROJECT_ROOT / "tests" / "dialogues"
DOCUMENT = PROJECT_ROOT / "docs" / "understanding.md"


@app.callback()
def evaluate() -> None:
    """Mål hvor godt boten forstår."""


@app.command("understanding")
def understanding(
    sets: Annotated[Path, typer.Option("--sets", help="Mappe med prøvesett.")] = SETS,
    dialogues: Annotated[bool, typer.Option(help="Ta med hele samtaler (noen minutter).")] = True,
    write: Annotated[Path, typer.Option(help="Hvor rapporten skrives.")] = DOCUMENT,
    show_held_out: Annotated[
        bool, typer.Option("--show-held-out", help="Vis også feilene i settene som holdes unna.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Ett JSON-objekt per linje.")] = False,
) -> None:
    """Mål forståelsen på alle prøvesett, og skriv rapporten."""
    golden = read_sets(sets)
    if dialogues and not DIALOGUES.is_dir():
        raise EvaluationError(f"Det er ingen samtaler i «{DIALOGUES}»; bruk --no-dialogues.")
    settings = Settings.from_environment()
    shop = hearing_shop(settings)
    with tempfile.TemporaryDirectory() as folder, _act_of(settings, Path(folder)) as act_of:
        results = measure(sets, golden, shop, act_of)
    if dialogues:
        _play_dialogues(results)
    if write.parent.is_dir():
        write.write_text(markdown(results, show_held_out), encoding="utf-8")
    _show(results, show_held_out, as_json)


class _Acts:
    """What act the bot hears in a text."""

    def __init__(self, dialogue: RasaDialogue) -> None:
        self._dialogue = dialogue

    def __call__(self, text: str) -> str:
        return str(self._dialogue.parse(text)["intent"]["name"])


@contextmanager
def _act_of(settings: Settings, folder: Path) -> Iterator[_Acts]:
    """The trained bot, with a database of its own that is thrown away."""
    from dataclasses import replace

    from bot.training import ensure_model

    model = ensure_model(settings.state_dir)
    apart = replace(settings, database_url=f"sqlite:///{folder / 'kurv.db'}", state_dir=folder)
    with running_parts(apart) as parts:
        dialogue = RasaDialogue.load(model, parts.service)
        try:
            yield _Acts(dialogue)
        finally:
            dialogue.close()


def _play_dialogues(results: Results) -> None:
    from bot.evaluation.bench import running_bench
    from bot.evaluation.dialogues import judge_dialogue, read_dialogues

    found = read_dialogues(DIALOGUES)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_bench(Path(folder), DIALOGUES / "shop.csv") as bench,
    ):
        for dialogue in track(found, "Samtaler", console=err, disable=not err.is_terminal):
            results.verdicts.append(judge_dialogue(dialogue, bench))


def _show(results: Results, show_held_out: bool, as_json: bool) -> None:
    if not as_json:
        out.print(table(results))
        return
    for name, group, count in rows(results):
        print_json({"event": "figures", "set": name, "group": group, **asdict(count)})
    for row in results.margins.rows:
        print_json({"event": "margin", **asdict(row)})
    for reason in results.margins.reasons.values():
        print_json({"event": "reason", **asdict(reason)})
    for verdict in results.failures(show_held_out):
        known = verdict.said in results.known
        print_json({"event": "failure", **asdict(verdict), "known": known})
