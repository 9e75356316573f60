""" "Nei, tre": what mends a line that was made before."""

from __future__ import annotations

from dataclasses import replace

from bot.ordering.amount import Amount
from bot.ordering.chunk import Ware
from bot.ordering.fold_state import (
    FoldState,
    adjectives,
    alike,
    leading_adjectives,
)
from bot.ordering.lines import Act


def correct(folder: FoldState, ware: Ware) -> bool:
    """Mend the ware that "nei" was about; False when there is none and it is a plain line."""
    meant, folder.correction, folder.meant = folder.meant, False, False
    quoting, folder.quoting = folder.quoting, False
    if folder.act is Act.REMOVE and folder.fresh and ware.words:
        # "melk, nei ikke melk, fløte": the ware that goes out was only just said.
        for item in reversed(folder.items):
            if item.act is not Act.REMOVE and alike(item.ware, ware):
                item.cover(ware.start, ware.end)
                folder.awaits_new = item
                return True
        return False
    if not folder.items:
        known = correct_earlier(folder, ware, meant)
        if quoting and not known and ware.words:
            folder.push(ware, folder.act_for(ware))
            known = True
        if quoting and known:
            folder.items[-1].quoted = True
        return known
    if not ware.words and ware.amount is None:
        return False
    if ware.too_much and not ware.words:
        # "tre kilo, nei det blir for mye, to kilo": what it is to be comes after it.
        folder.items[-1].cover(ware.start, ware.end)
        folder.correction = True
        return True
    gone = folder.items[-1]
    if gone.act is Act.REMOVE and gone.one and folder.act is not Act.REMOVE and ware.words:
        # "det var ikke rød paprika jeg ba om, det var grønn"
        old = gone.ware.phrase
        if ware.describes:
            head = [w for w in gone.ware.words if w not in leading_adjectives(gone.ware.words)]
            ware.words = [*ware.words, *head]
        gone.ware, gone.act, gone.instead_of, gone.one = ware, Act.REPLACE, old, False
        gone.cover(ware.start, ware.end)
        return True
    if gone.quoted and meant and ware.words and not alike(gone.ware, ware):
        # "jeg sa loff, men jeg mente kneippbrød"
        gone.instead_of, gone.act = gone.ware.phrase, Act.REPLACE
        gone.ware.words, gone.ware.known = ware.words, ware.known
        gone.ware.amount = ware.amount or gone.ware.amount
        gone.cover(ware.start, ware.end)
        gone.quoted = False
        return True
    target = folder.items[-1]
    for item in reversed(folder.items):
        if ware.words and alike(item.ware, ware):
            target = item
            break
    if ware.words and ware.describes and ware.amount is None:
        # "brød, nei det grove": the same ware, told more closely.
        target.ware.words = [
            *[word for word in target.ware.words if word.plain not in adjectives(ware)],
            *ware.words,
        ]
    elif ware.words:
        target.ware.words, target.ware.known = ware.words, ware.known
    with_pieces = packed(target.ware.amount, ware)
    if with_pieces is not None:
        target.ware.amount = with_pieces
    elif ware.amount is not None:
        target.mended = target.ware.amount is not None and not target.ware.words
        target.ware.amount = mended(target.ware.amount, ware.amount)
        target.ware.relative = ware.relative
    target.cover(ware.start, ware.end)
    folder.current = target
    folder.only = folder.rather = False
    return True


def correct_earlier(folder: FoldState, ware: Ware, meant: bool) -> bool:
    """A correction that opens the utterance is about what was said a turn ago."""
    if ware.amount is not None and not ware.words:
        folder.push(ware, Act.CHANGE)
        return True
    if ware.words and ware.amount is not None and folder.act in (None, Act.ADD):
        folder.push(ware, Act.CHANGE)
        return True
    if ware.words and meant and folder.act in (None, Act.ADD):
        item = folder.push(ware, Act.REPLACE)
        item.instead_of = ""
        return True
    return False


def packed(before: Amount | None, ware: Ware) -> Amount | None:
    """ "et brett, med tolv i": the amount with what is in one pack; None if that was not said."""
    if not ware.in_pack or ware.words or ware.amount is None or before is None:
        return None
    return replace(before, pack_pieces=int(ware.amount.value))


def mended(before: Amount | None, after: Amount) -> Amount:
    """ "to liter, nei tre" keeps the liters."""
    if before is None or after.unit or after.vague or after.upper is not None:
        return after
    if before.unit in ("l", "kg") and before.value != before.value.to_integral_value():
        return after
    pieces = after.pack_pieces or before.pack_pieces
    return replace(after, unit=before.unit, pack_pieces=pieces)
