""" "Bytt kaffen med te", "i stedet for": what goes out and what comes in."""

from __future__ import annotations

from dataclasses import replace

from bot.ordering.chunk import Ware
from bot.ordering.fold_adding import add
from bot.ordering.fold_end import settle_old
from bot.ordering.fold_state import (
    FoldState,
    Item,
    read_all,
)
from bot.ordering.lines import Act
from bot.ordering.pieces import Piece, Tag

_SWAP = frozenset({"med", "m", "mot", "til", "for", "i", "te"})


def on_instead(folder: FoldState, mine: list[Item]) -> None:
    """ "I stedet for": what follows goes out, for the line before it or one to come."""
    if mine or (folder.items and folder.items[-1].act is Act.ADD):
        folder.wants_old = (mine or folder.items)[-1]
    else:
        settle_old(folder)
        folder.old_first = True
    if folder.act is Act.REMOVE:
        folder.act, folder.one = None, False


def in_stead(folder: FoldState, item: Item) -> None:
    """ "i stedet" after a ware: with an amount it is a change, else the last ware goes out."""
    earlier = [other for other in folder.items if other is not item and other.act is Act.REMOVE]
    counted = bool(earlier) and earlier[-1].ware.words[:1] and _is_one(earlier[-1])
    if counted and item.ware.phrase:
        item.act = Act.ADD  # "fjern den ene melken og ta en juice i stedet": one of them
    elif earlier and earlier[-1].ware.phrase and item.ware.phrase:
        folder.merge_swap(earlier[-1], item)
    elif item.ware.amount is not None:
        item.act = Act.CHANGE
    elif item.ware.phrase:
        item.act, item.instead_of = Act.REPLACE, ""


def _is_one(item: Item) -> bool:
    """Whether only one of several goes out: "den ene melken"."""
    return item.ware.words[0].plain in ("ene", "eine")


def swapped(folder: FoldState, chunk: list[Piece]) -> bool:
    """ "bytt kaffen med to te", "endre kaffe til te", "endre melk fra to til tre"."""
    best: tuple[float, int] | None = None
    for at, piece in enumerate(chunk):
        if piece.tag is not Tag.LINK or piece.word not in _SWAP:
            continue
        if not folder.swap and piece.word not in ("til", "te"):
            continue
        left, right = chunk[:at], chunk[at + 1 :]
        if right and right[0].tag is Tag.FILLER and right[0].tokens[0].text[:1].isupper():
            continue  # "helmelken til Olsen med lettmelk": whose it is
        value = folder.explained(left) + folder.explained(right)
        if not any(p.tag in (Tag.WORD, Tag.AMOUNT) for p in right):
            continue
        if best is None or value > best[0]:
            best = (value, at)
    if best is None:
        return swapped_by_range(folder, chunk) or (folder.swap and only_old(folder, chunk))
    left, right = chunk[: best[1]], chunk[best[1] + 1 :]
    old = [ware for ware in read_all(left, folder.judge) if ware.phrase or ware.amount]
    new = read_all(right, folder.judge)
    if not new:
        return False
    first = new[0]
    if not first.phrase and first.amount is not None:
        ware = old[-1] if old else Ware()
        ware.amount = first.amount
        ware.cover(first.start, first.end)
        if old:
            ware.start = min(each.start for each in old)
        finish_change(folder, ware)
    else:
        if old:
            first.start = min(ware.start for ware in old)
        item = folder.push(first, Act.REPLACE)
        item.instead_of = " ".join(ware.phrase for ware in old if ware.phrase)
    folder.swap = False
    folder.act = None
    for ware in new[1:]:
        add(folder, ware)
    return True


def swapped_by_range(folder: FoldState, chunk: list[Piece]) -> bool:
    """ "endre melk fra to til tre": the range is not meant as one."""
    ranges = [p for p in chunk if p.amount is not None and p.amount.upper is not None]
    if folder.act is not Act.CHANGE or len(ranges) != 1:
        return False
    wares = read_all(chunk, folder.judge)
    if len(wares) != 1 or wares[0].amount is None or wares[0].amount.upper is None:
        return False
    amount = wares[0].amount
    if not any(piece.word == "fra" for piece in chunk):
        return False
    wares[0].amount = replace(amount, value=amount.upper or amount.value, upper=None)
    finish_change(folder, wares[0])
    return True


def only_old(folder: FoldState, chunk: list[Piece]) -> bool:
    """ "bytt kaffen": what comes instead may follow after a comma ("ta heller te")."""
    wares = read_all(chunk, folder.judge)
    if len(wares) != 1 or not wares[0].phrase:
        return False
    item = folder.push(Ware(start=wares[0].start, end=wares[0].end), Act.REPLACE)
    item.instead_of = wares[0].phrase
    folder.awaits_new = item
    folder.swap = False
    return True


def finish_change(folder: FoldState, ware: Ware) -> None:
    """A change that tells how many there are to be."""
    mine = [item for item in folder.items if item.clause == folder.clause and item.act is None]
    if not ware.phrase and mine:
        item = mine[-1]
        item.ware.amount, item.act = ware.amount, Act.CHANGE
        item.cover(ware.start, ware.end)
    else:
        folder.push(ware, Act.CHANGE)
    folder.fresh = False
