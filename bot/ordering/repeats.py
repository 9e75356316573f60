"""The same ware named more than once in one breath, put together so that it is added up once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from bot.ordering.amount import Amount
from bot.ordering.lines import OrderLine


def together(lines: Iterable[OrderLine]) -> tuple[OrderLine, ...]:
    """Each ware once, in the order in which it was named first.

    "to loff, en kaviar, to loff" is four loff. A bare ware said twice running ("loff loff") is a
    stammer or an insistence and stays one; named again after something else it is one more. Lines
    whose amounts cannot be added up, or that do something of their own, stay apart.
    """
    found: list[OrderLine] = []
    last: tuple[str, str] | None = None
    for line in lines:
        key = (line.phrase.casefold(), line.amount.unit if line.amount else "")
        place = next((at for at, each in enumerate(found) if _adds_up(each, line)), None)
        if place is None:
            found.append(line)
        elif line.amount is not None or key != last:
            found[place] = _sum(found[place], line)
        last = key
    return tuple(found)


def _adds_up(one: OrderLine, other: OrderLine) -> bool:
    return (
        bool(one.phrase)
        and one.phrase.casefold() == other.phrase.casefold()
        and one.act == other.act
        and _plain(one)
        and _plain(other)
        and (one.amount.unit if one.amount else "") == (other.amount.unit if other.amount else "")
    )


def _plain(line: OrderLine) -> bool:
    """Whether the line only says how much of what."""
    own = line.relative or line.each or line.or_else or line.instead_of is not None
    amount = line.amount
    if amount is None:
        return not own
    exact = not amount.vague and amount.upper is None and amount.pack_pieces is None
    return not own and exact and not amount.little and amount.value > 0


def _sum(one: OrderLine, more: OrderLine) -> OrderLine:
    total = _value(one) + _value(more)
    unit = one.amount.unit if one.amount else ""
    return replace(one, amount=Amount(total, unit), span=(one.span[0], more.span[1]))


def _value(line: OrderLine) -> Decimal:
    return line.amount.value if line.amount else Decimal(1)
