"""Tier: unit. The arrows between the parts run one way (DESIGN: "Arrows run one way")."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(path for top in ("bot", "actions", "audio") for path in (ROOT / top).rglob("*.py"))

#: Module prefix -> prefixes of our own modules that it may import, besides its own.
ALLOWED = {
    "bot.errors": (),
    "bot.settings": ("bot.errors",),
    "bot.ordering": ("bot.errors",),
    "bot.grocers": ("bot.errors", "bot.ordering"),
    "bot.store": ("bot.errors", "bot.ordering", "bot.grocers.protocol"),
    "bot.nlu": ("bot.errors", "bot.ordering", "bot.settings", "bot.data_files"),
    "bot.dictionary": (),
    "bot.striking.training": (
        "bot.errors",
        "bot.ordering",
        "bot.dictionary",
        "bot.striking",
        "bot.data_files",
        "bot.settings",
    ),
    "bot.striking": ("bot.errors", "bot.ordering", "bot.dictionary"),
    "bot.data_files": ("bot.errors", "bot.ordering", "bot.dictionary", "bot.striking"),
    "bot.service": ("bot.errors", "bot.ordering", "bot.store", "bot.grocers", "bot.stock"),
    "bot.stock": ("bot.errors", "bot.grocers.protocol"),
    "bot.calls": ("bot.errors", "bot.ordering", "bot.store", "bot.grocers.local_time"),
    "bot.casework": (
        "bot.errors",
        "bot.turn",
        "bot.ordering",
        "bot.store",
        "bot.service",
        "bot.calls",
        "bot.live",
        "bot.grocers.local_time",
    ),
    "bot.live": ("bot.errors", "bot.turn"),
    "bot.staff": (
        "bot.errors",
        "bot.casework",
        "bot.live",
        "bot.ordering.basket",
        "bot.ordering.order",
        "bot.ordering.catalogue",
        "bot.grocers.local_time",
        "bot.service",
        "bot.dialogue",
    ),
    "bot.evaluation.bench": ("bot", "actions"),
    "bot.evaluation.dialogues": ("bot.evaluation.bench", "bot.evaluation"),
    "bot.evaluation": ("bot.errors", "bot.ordering"),
    "actions": ("bot.errors", "bot.service", "bot.parts", "bot.settings"),
    "audio": (),
}
#: What `bot.ordering` may use besides the standard library.
PURE = {"rapidfuzz", "spacy"}
STANDARD_IO = {"socket", "sqlite3", "subprocess", "http", "urllib", "asyncio", "threading", "time"}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def within(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(prefix + ".")


def forbidden_imports(module: str, imported: set[str]) -> set[str]:
    rule = next((prefix for prefix in ALLOWED if within(module, prefix)), None)
    if rule is None:
        return set()
    ours = {name for name in imported if name.split(".")[0] in ("bot", "actions", "audio")}
    allowed = (rule, *ALLOWED[rule])
    return {
        name
        for name in ours
        if not any(within(name, prefix) for prefix in allowed) and name not in ("bot", "bot.errors")
    }


@pytest.mark.parametrize("path", SOURCES, ids=[module_of(path) for path in SOURCES])
def test_arrows_run_one_way(path: Path) -> None:
    assert forbidden_imports(module_of(path), imports_of(path)) == set()


def test_the_check_finds_a_backward_arrow() -> None:
    assert forbidden_imports("bot.ordering.basket", {"bot.store"}) == {"bot.store"}
    assert forbidden_imports("audio.session", {"bot.service"}) == {"bot.service"}


def test_ordering_is_pure() -> None:
    import sys

    for path in (ROOT / "bot" / "ordering").rglob("*.py"):
        outside = {name.split(".")[0] for name in imports_of(path)} - {"bot"}
        foreign = {name for name in outside if name not in sys.stdlib_module_names}
        assert foreign <= PURE, f"{path.name} imports {foreign - PURE}"
        assert not outside & STANDARD_IO, f"{path.name} does I/O: {outside & STANDARD_IO}"


def test_audio_knows_neither_bot_nor_rasa() -> None:
    for path in (ROOT / "audio").rglob("*.py"):
        tops = {name.split(".")[0] for name in imports_of(path)}
        assert not tops & {"bot", "actions", "rasa", "rasa_sdk"}, path


def test_only_the_command_line_imports_both_sound_and_bot() -> None:
    for path in (ROOT / "bot").rglob("*.py"):
        tops = {name.split(".")[0] for name in imports_of(path)}
        if "audio" in tops:
            assert module_of(path).startswith("bot.cli"), path
