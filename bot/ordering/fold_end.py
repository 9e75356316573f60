"""What is settled when all is read: exchanges left open, parts of a whole, shared heads."""

from __future__ import annotations

from decimal import Decimal

from bot.ordering.amount import Amount
from bot.ordering.chunk import Ware
from bot.ordering.fold_state import (
    FoldState,
    alike,
    leading_adjectives,
    read_all,
)
from bot.ordering.lines import Act


def settle(folder: FoldState) -> None:
    """Bring the lines to rest when all is read."""
    folder.take_negated()
    for item in folder.items:
        words = item.ware.words
        if item.act is Act.REMOVE and len(words) > 1 and words[0].plain in ("ene", "eine"):
            item.ware.words = words[1:]
            item.ware.amount = item.ware.amount or Amount(Decimal(1))
    if folder.negated is not None:
        folder.loose.append(folder.negated)
    for chunk in folder.asked:
        wares = read_all(chunk, folder.judge)
        span = (wares[0].start, max(ware.end for ware in wares))
        folder.questions.append(span)
        # A question beside an order is no order; alone, its wares are what it is about.
        if folder.items or folder.loose:
            folder.loose.append(span)
    if not folder.items and not folder.loose:
        for chunk in folder.asked:
            for ware in read_all(chunk, folder.judge):
                folder.push(ware, None)
    settle_old(folder)
    if folder.awaits_new is not None and folder.awaits_new.act is not Act.REPLACE:
        folder.awaits_new.act = Act.REMOVE
    for item, following in list(zip(folder.items, folder.items[1:], strict=False)):
        # "… men ikke brød, så et grovbrød må jeg ha": one ware, told twice.
        heads = [each.ware.words[-1].said for each in (item, following) if each.ware.words]
        if item.lacking and len(heads) == 2 and heads[1].endswith(heads[0]):
            following.cover(item.start, item.end)
            folder.items.remove(item)
    # "det er for mye brød, ta bort den ene loffen": why, and then what is to be done.
    reasons = [item for item in folder.items[:-1] if item.ware.too_much]
    if len(folder.items) > 1 and folder.items[-1].act is Act.REMOVE:
        for item in reasons:
            if item.ware.amount is not None and item.ware.amount.vague:
                folder.items[-1].cover(item.start, item.end)
                folder.items.remove(item)
    for gone, come in zip(folder.items[-2:], folder.items[-1:], strict=False):
        # "nei vent, ikke brus, saft": the no held for one ware only.
        said = gone.act is Act.REMOVE and gone.one and come is not gone and come.act is None
        if said and come.ware.words and come.clause > gone.clause and not come.ware.describes:
            come.act = Act.ADD
    share_out(folder)
    borrow_heads(folder)


def share_out(folder: FoldState) -> None:
    """ "to brød, ett grovt og ett fint": the parts stand for the whole."""
    for at, whole in enumerate(folder.items):
        amount = whole.ware.amount
        if not whole.ware.words or amount is None or amount.vague or amount.value < 2:
            continue
        parts = []
        for item in folder.items[at + 1 :]:
            own = item.ware.amount
            if own is None or own.vague or own.value <= 0 or not item.ware.words:
                break
            said = [word.said for word in (*item.ware.words, *whole.ware.words)]
            flavour = bool(amount.unit) and not alike(item.ware, whole.ware)
            if not item.ware.describes and (not flavour or folder.judge.coverage(said) < 0.95):
                break
            parts.append(item)
        counts = [item.ware.amount.value for item in parts if item.ware.amount is not None]
        if len(parts) < 2 or sum(counts) != amount.value:
            continue
        for item in parts:
            item.ware.words = [*item.ware.words, *whole.ware.words]
            item.ware.known, item.act = whole.ware.known, whole.act
            item.ware.relative = False
        parts[0].cover(whole.start, whole.end)
        folder.items.remove(whole)
        return


def settle_old(folder: FoldState) -> None:
    """ "i stedet for kaffe" and nothing more: the new ware is still to be said."""
    if folder.old is not None:
        item = folder.push(Ware(start=folder.old_span[0], end=folder.old_span[1]), Act.REPLACE)
        item.instead_of, folder.old = folder.old, None


def borrow_heads(folder: FoldState) -> None:
    """ "rød og grønn paprika": the adjective alone takes the ware of the next line."""
    for item, following in zip(folder.items, folder.items[1:], strict=False):
        words = following.ware.words
        if not item.ware.describes or len(words) < 2 or item.act is not following.act:
            continue
        head = [word for word in words if word not in leading_adjectives(words)]
        said = [word.said for word in (*item.ware.words, *head)]
        if head and (len(head) < len(words) or folder.judge.coverage(said) >= 0.75):
            item.ware.words = [*item.ware.words, *head]
