"""An amount that holds for each ware that was named: "eplejuice og appelsinjuice, to av hver"."""

from collections.abc import Iterable
from dataclasses import replace

from bot.ordering.lines import OrderLine


def amount_to_each(lines: Iterable[OrderLine]) -> tuple[OrderLine, ...]:
    """Give the amount of "to av hver" to the wares before it that have none of their own.

    A line that only says "to av hver" is done with then; alone, or when every ware had an amount,
    it stays: it is about what was ordered before.
    """
    out: list[OrderLine] = []
    for line in lines:
        takers = [each for each in out if each.phrase and each.amount is None]
        if not line.each or line.amount is None or not (takers or line.phrase):
            out.append(line)
            continue
        out = [replace(each, amount=line.amount) if each in takers else each for each in out]
        if line.phrase:
            out.append(replace(line, each=False))
    return tuple(out)
