"""What a caller hears when staff are in their talk: who it is, and what they have changed."""

from __future__ import annotations

from bot.ordering import wording
from bot.ordering.basket import Basket, BasketLine

#: Changes that are told one by one; of more the whole basket is told.
_MOST = 4

BOT_AGAIN = "Nå er det handletelefonen som hjelper deg igjen."


def is_with_us(name: str) -> str:
    """Somebody of staff hears the talk and may help."""
    return f"{name} fra hjemmetjenesten er med i samtalen."


def helps_you(name: str) -> str:
    """Somebody of staff talks with them now, instead of us."""
    return f"Nå er det {name} fra hjemmetjenesten som hjelper deg."


def says(name: str, text: str) -> str:
    """A sentence that somebody of staff has typed, while it is still we who lead the talk."""
    return f"{name} sier: {text}"


def ordered(name: str) -> str:
    """The basket was confirmed by staff while the person was on the telephone."""
    return f"{name or 'Hjemmetjenesten'} har bestilt varene som lå i kurven."


def changed(name: str, before: Basket, after: Basket) -> str:
    """What somebody has changed in the basket; "" when it holds what it held.

    `name` is theirs; "" when we do not know who it was.
    """
    told = _changes(before, after)
    if not told:
        return ""
    who = f"{name} har" if name else "I kurven er det"
    if not after.lines:
        return f"{name} har tømt kurven." if name else "Kurven er tømt."
    if len(told) > _MOST:
        lead = f"{name} har endret kurven, og nå" if name else "Kurven er endret, og nå"
        return wording.contents(after, f"{lead} har du")
    by_kind = [[text for kind, text in told if kind == each] for each in _KINDS]
    parts = [
        f"{verb} {wording.join(texts)}"
        for verb, texts in zip(_KINDS, by_kind, strict=True)
        if texts
    ]
    return f"{who} {wording.join(parts)}."


_ADDED, _REMOVED, _AMOUNT = _KINDS = ("lagt til", "tatt ut", "endret")


def _changes(before: Basket, after: Basket) -> list[tuple[str, str]]:
    found = []
    for line in after.lines:
        held = before.line(line.product_id)
        if held is None:
            found.append((_ADDED, wording.line(line)))
        elif held.quantity != line.quantity:
            found.append((_AMOUNT, f"{line.name} til {_amount(line)}"))
    found += [(_REMOVED, line.name) for line in before.lines if after.line(line.product_id) is None]
    return found


def _amount(line: BasketLine) -> str:
    if line.unit == "kg":
        return f"{wording.digits(line.quantity)} kg"
    return wording.number(line.quantity)
