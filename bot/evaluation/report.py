"""The figures as one table, and as docs/understanding.md with the failures listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from rich.table import Table

from bot.evaluation.matching import Calibration, MarginRow
from bot.evaluation.verdict import Figures, Outcome, Verdict, figures

HEADINGS = (
    "Set",
    "Group",
    "Cases",
    "Right %",
    "Hasty %",
    "Asked %",
    "Silently wrong %",
    "Missed %",
)
_INTRO = """\
# How well it understands

Written by `kurv evaluate understanding`; do not edit. The sets are in `tests/golden` and
`tests/dialogues`. Those marked *held out* were written by somebody who had not seen the code, and
nobody tunes on them: their failures are counted and not shown.

- **right**: taken, asked or refused just as a good shop assistant would.
- **hasty**: one of the products that would do was taken, and said, where a question was expected.
- **asked**: a question or "det forstod jeg ikke" where none was needed; nothing is lost.
- **silently wrong**: another ware, amount or act without a question.
- **missed**: asked about without the right ware, or "det fant jeg ikke".

Utterances are judged one at a time, as the first words of a talk: the act that the trained bot
hears, and the lines of the order. Dialogues are right when every turn is.
"""


@dataclass
class Results:
    """Everything that was measured."""

    verdicts: list[Verdict] = field(default_factory=list)
    held_out: set[str] = field(default_factory=set)
    margins: Calibration = field(default_factory=Calibration)
    known: frozenset[str] = frozenset()

    def open(self) -> list[Verdict]:
        """The verdicts that may be looked at one by one."""
        return [verdict for verdict in self.verdicts if verdict.set_name not in self.held_out]

    def failures(self, show_held_out: bool = False) -> list[Verdict]:
        """What is wrong, missed, or asked without need."""
        seen = self.verdicts if show_held_out else self.open()
        return [verdict for verdict in seen if verdict.outcome is not Outcome.RIGHT]


def rows(results: Results) -> list[tuple[str, str, Figures]]:
    """(set, group, figures): all of a set, then its dialects and its kinds of difficulty."""
    found = []
    for name in dict.fromkeys(verdict.set_name for verdict in results.verdicts):
        own = [verdict for verdict in results.verdicts if verdict.set_name == name]
        shown = f"{name} (held out)" if name in results.held_out else name
        found.append((shown, "all", figures(own)))
        dialects = _grouped(own, lambda verdict: verdict.dialect)
        kinds = _grouped(own, lambda verdict: verdict.kind)
        if len(dialects) > 1:
            found += [(shown, f"dialect: {key}", figures(group)) for key, group in dialects]
        if len(kinds) > 1:
            found += [(shown, key, figures(group)) for key, group in kinds]
    return found


def table(results: Results) -> Table:
    """For the terminal."""
    shown = Table(*HEADINGS)
    for column in shown.columns[2:]:
        column.justify = "right"
    for name, group, count in rows(results):
        shown.add_row(*_cells(name, group, count), end_section=False,
                      style="bold" if group == "all" else "")  # fmt: skip
    return shown


def markdown(results: Results, show_held_out: bool = False) -> str:
    """The document."""
    lines = [_INTRO, _markdown_row(HEADINGS), _markdown_row("---" for _ in HEADINGS)]
    for name, group, count in rows(results):
        cells = _cells(name, group, count)
        lines.append(_markdown_row(f"**{cell}**" if group == "all" else cell for cell in cells))
    lines += ["", "## How far the matcher's margin can be trusted", ""]
    lines += ["Margin: points between the best two candidates; phrases of all sets.", ""]
    headings = ("Margin from", "Taken", "rightly %", "Asked", "the first one right %")
    lines += [_markdown_row(headings), _markdown_row("---" for _ in headings)]
    lines += [_markdown_row(_margin_cells(row)) for row in results.margins.rows]
    lines += [
        "",
        "By the reason for which one product was taken (staples, brands and sizes have one",
    ]
    lines += ["margin, because a rule decides them):", ""]
    lines += [_markdown_row(("Reason", "Taken", "rightly %")), _markdown_row(("---",) * 3)]
    lines += [
        _markdown_row((each.reason, str(each.taken), _percent(each.taken_right, each.taken)))
        for each in sorted(results.margins.reasons.values(), key=lambda row: -row.taken)
    ]
    lines += ["", "## Failures", ""]
    failing = results.failures(show_held_out)
    for title, found in _grouped(failing, lambda each: f"{each.set_name}: {each.outcome.value}"):
        lines += [f"### {title} ({len(found)})", ""]
        lines += [_failure(verdict, results.known) for verdict in found]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _failure(verdict: Verdict, known: frozenset[str]) -> str:
    mark = " (known)" if verdict.said in known else ""
    wanted = f" expected {verdict.expected}." if verdict.expected else ""
    said = f"«{verdict.said[:200]}»".replace("`", "'").replace("<", "&lt;")
    return f"- {said}{mark} ({verdict.kind}):{wanted} Got {verdict.got or '-'}"


def _cells(name: str, group: str, count: Figures) -> tuple[str, ...]:
    shares = (count.right, count.hasty, count.asked, count.wrong, count.missed)
    return (name, group, str(count.count), *(count.share(number) for number in shares))


def _margin_cells(row: MarginRow) -> tuple[str, ...]:
    return (
        f"{row.least:g}",
        str(row.taken),
        _percent(row.taken_right, row.taken),
        str(row.asked),
        _percent(row.asked_best, row.asked),
    )


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}" if whole else "-"


def _markdown_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _grouped(
    verdicts: Iterable[Verdict], key: Callable[[Verdict], str]
) -> list[tuple[str, list[Verdict]]]:
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(key(verdict), []).append(verdict)
    return list(groups.items())
