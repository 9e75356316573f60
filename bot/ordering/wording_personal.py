"""What is said about the usual, the forgotten, limits, allergies and substitutes.

As little as possible is said of somebody's health: an allergen is named where the person must know
what the doubt is, and nowhere else.
"""

from collections.abc import Sequence
from decimal import Decimal

from bot.ordering.basket import BasketLine
from bot.ordering.reminders import how_often
from bot.ordering.wording import ORDINALS, grouped, item, join, line, money

#: So many names are said in a sentence; more of them are "alt dette".
_MOST_NAMES = 2
#: A longer list is said in groups.
_AT_ONCE = 4
CHECKED_TOO = "Det ser hjemmehjelpen også over."
ALL_USUAL = "Det vanlige ligger i kurven allerede."
SOME_GONE = "Noe på listen finnes ikke i butikken lenger."


def forgotten(name: str, every_days: int) -> str:
    """The one reminder of an order."""
    return f"Glemte du {name}? Du pleier å ta det {how_often(every_days)}."


def over_budget(names: Sequence[str], total: Decimal, budget: Decimal) -> str:
    """Asked before the budget is passed."""
    what = join(names) if len(names) <= _MOST_NAMES else "alt dette"
    return (
        f"Med {what} blir det {money(total)}, men du har satt grensen på {money(budget)}. "
        "Vil du ha det likevel?"
    )


def now_costs(total: Decimal) -> str:
    """Said of every addition after the budget was passed."""
    return f"Nå blir det {money(total)}."


def contains(name: str, reasons: Sequence[str]) -> str:
    """Asked before something goes in that the person must not have."""
    why = f"inneholder {join(reasons)}" if reasons else "passer ikke til kosten din"
    return f"{name} {why}. Vil du ha det likevel?"


def unchecked(names: Sequence[str], reasons: Sequence[str]) -> str:
    """Said, once in a turn, of goods that the grocer declares nothing about."""
    what = join(names) if len(names) <= _MOST_NAMES else "alt dette"
    doubt = f"inneholder {join(reasons, 'eller')}" if reasons else "passer til kosten din"
    return f"Jeg vet ikke om {what} {doubt}, så hjemmehjelpen ser over det før det sendes."


def as_usual(phrases: Sequence[str]) -> str:
    """Said when what a person usually buys has decided for some of several goods."""
    said = join(phrases)
    return f"{said[:1].upper()}{said[1:]} tok jeg som du pleier."


def usual(lines: Sequence[BasketLine], without: Sequence[str]) -> str:
    """The usual list as it went in, in groups when it is long; before it what was left out."""
    items = [line(each) for each in lines]
    said = grouped(items) if len(items) > _AT_ONCE else join(items)
    left_out = f", uten {join(without)}" if without else ""
    return f"Det vanlige er lagt til{left_out}: {said}."


def not_usual(phrases: Sequence[str]) -> str:
    """An exception from the usual list that does not stand on it."""
    return f"{join([f'«{phrase}»' for phrase in phrases])} står ikke på den vanlige listen."


def instead(gone: str, options: Sequence[tuple[str, Decimal]]) -> str:
    """What can come instead of something sold out: each option, its price difference, its number.

    Args:
        gone: what is sold out.
        options: at most two: what comes, and how many kroner dearer it is altogether.
    """
    if len(options) == 1:
        name, dearer = options[0]
        return f"{gone} er utsolgt. Vil du ha {name} i stedet, {difference(dearer)}?"
    said = [
        f"{name}, {difference(dearer)}: {ordinal}"
        for (name, dearer), ordinal in zip(options, ORDINALS, strict=False)
    ]
    return f"{gone} er utsolgt. Vil du ha {', '.join(said)}, eller la det være?"


def so_many(name: str, quantity: Decimal, unit: str) -> str:
    """An amount that is said even when it is one: another number than was ordered."""
    return f"én {name}" if quantity == 1 and unit != "kg" else item(name, quantity, unit)


def difference(dearer: Decimal) -> str:
    """A difference in price: `2 kroner dyrere`."""
    if not dearer:
        return "samme pris"
    amount = abs(dearer)
    said = f"{int(amount * 100)} øre" if amount < 1 else money(amount)
    return f"{said} {'dyrere' if dearer > 0 else 'billigere'}"


def taken_instead(gone: str, coming: BasketLine) -> str:
    """Said when somebody has agreed to a substitute."""
    return f"Greit, da tar jeg {line(coming)} i stedet for {gone}."


def no_substitute(gone: str) -> str:
    """Said when a line goes out because nobody agreed to a substitute."""
    return f"Greit, da blir det ingen {gone}; det er tatt ut."
