"""A ware becomes a line, or says more of one."""

from __future__ import annotations

from dataclasses import replace

from bot.ordering.chunk import Ware
from bot.ordering.fillers import DESCRIBING
from bot.ordering.fold_corrections import correct, packed
from bot.ordering.fold_state import (
    FoldState,
    Item,
    alike,
    holds,
)
from bot.ordering.lines import Act


def add(folder: FoldState, ware: Ware) -> None:
    """Make a line of a ware, or let it say more of the line before."""
    last = folder.items[-1] if folder.items else None
    if folder.or_at is not None and last is not None and not folder.correction and ware.words:
        folder.or_at = None
        if not folder.rather and alike(last.ware, ware) and ware.amount is not None:
            last.ware.amount = ware.amount  # "tre brød eller kanskje to brød"
            last.cover(ware.start, ware.end)
            return
        if not folder.rather:
            last.or_else = (*last.or_else, ware.phrase)
            last.cover(ware.start, ware.end)
            return
        folder.correction = True
    if folder.or_at is not None and last is not None and not ware.words and not folder.correction:
        # "to brød, eller kanskje tre": which of them must be asked.
        folder.or_at = None
        old, new = last.ware.amount, ware.amount
        if old is not None and new is not None and old.value != new.value:
            low, high = sorted((old.value, new.value))
            last.ware.amount = replace(old, value=low, upper=high)
            last.cover(ware.start, ware.end)
            return
    folder.or_at = None
    if folder.one and not ware.words and ware.amount is not None and not ware.relative:
        # "ikke to, tre": the number that was not meant goes with the one that was.
        if folder.negated is not None:
            folder.loose.append(folder.negated)
        folder.negated = (ware.start, ware.end)
        folder.act, folder.one = folder.act_before, False
        if last is not None and last.act is not Act.REMOVE and last.ware.amount is not None:
            last.act = Act.CHANGE  # "det var fire jeg skulle ha, ikke tre"
        return
    if (
        folder.one
        and folder.fresh
        and ware.words
        and last is not None
        and (
            ware.amount is not None
            and last.ware.amount is not None
            and last.act is not Act.REMOVE
            and alike(last.ware, ware)
        )
    ):
        # "tre boller og ikke tretten boller"
        last.act = Act.CHANGE
        last.cover(ware.start, ware.end)
        folder.act, folder.one, folder.fresh = folder.act_before, False, False
        return
    if ware.words and all(word.plain in ("siste", "sist") for word in ware.words):
        ware.words = []
    if folder.one and folder.fresh and last is not None and last.quoted and ware.words:
        # "jeg sa fløte, ikke rømme", "jeg bestilte kokmalt kaffe, ikke filtermalt"
        head = [w for w in last.ware.words if w.plain not in DESCRIBING]
        words = [*ware.words, *head] if ware.describes else ware.words
        last.instead_of = " ".join(word.text for word in words)
        last.act = Act.REPLACE
        last.cover(ware.start, ware.end)
        folder.act, folder.one, folder.fresh = folder.act_before, False, False
        return
    if folder.one and ware.describes and last is not None and folder.fresh:
        # "melk, men ikke den lette": a condition that we cannot keep must be said.
        folder.loose.append((ware.start, ware.end))
        return
    if ware.of_each and not ware.words:
        to_each(folder, ware)
        return
    if last is None and folder.told is not None and ware.describes:
        ware.words = [*ware.words, *folder.told.words]
        folder.chatter += [span for span in folder.loose if holds(span, folder.told)]
        ware.cover(folder.told.start, folder.told.end)
        folder.told = None
    if last is None and folder.told is not None and not ware.words and ware.amount is not None:
        # "de hadde ikke kaffe, så nå må jeg ha to pakker"
        ware.words, ware.known = folder.told.words, folder.told.known
        folder.chatter += [span for span in folder.loose if holds(span, folder.told)]
        ware.cover(folder.told.start, folder.told.end)
        folder.told = None
    if folder.wants_old is not None and not ware.words and ware.amount is not None:
        # "tre melk i stedet for to".
        item, folder.wants_old = folder.wants_old, None
        item.act = Act.CHANGE
        item.cover(ware.start, ware.end)
        return
    bare = folder.wants_old is not None and not folder.wants_old.ware.words
    if bare and folder.wants_old is not None and ware.words and ware.amount is not None:
        # "heller to enn tre melk": of one ware, another number
        item, folder.wants_old = folder.wants_old, None
        item.ware.words, item.ware.known, item.act = ware.words, ware.known, Act.CHANGE
        item.instead_of = None
        item.cover(ware.start, ware.end)
        return
    if folder.wants_old is not None and ware.words:
        item, folder.wants_old = folder.wants_old, None
        item.act, item.instead_of = Act.REPLACE, ware.phrase
        item.cover(ware.start, ware.end)
        return
    if folder.old_first and ware.words:
        folder.old_first, folder.old = False, ware.phrase
        folder.old_span = (ware.start, ware.end)
        folder.clause += 1
        return
    if folder.awaits_new is not None:
        item, folder.awaits_new = folder.awaits_new, None
        start = item.start
        if ware.amount is None and item.act is not Act.REPLACE:
            ware.amount = item.ware.amount
        item.ware, item.end = ware, max(item.end, ware.end)
        item.start = min(start, ware.start)
        folder.rather = False
        return
    if (
        last is not None
        and last.quoted
        and not last.ware.words
        and not ware.words
        and (ware.amount is not None)
    ):
        # "jeg sa to, men det skal være fem"
        last.ware.amount, last.act, last.quoted = ware.amount, Act.CHANGE, False
        last.cover(ware.start, ware.end)
        return
    if (
        folder.in_brackets
        and last is not None
        and ware.words
        and ware.amount is None
        and (ware.words[-1].said.endswith(last.ware.words[-1].said if last.ware.words else "-"))
    ):
        # "grøt (risgrøt)"
        folder.in_brackets = False
        last.ware.words, last.ware.known = ware.words, ware.known
        last.cover(ware.start, ware.end)
        return
    if (
        last is not None
        and last.ware.too_much
        and not ware.relative
        and (ware.amount is not None and (not ware.words or not last.ware.words))
    ):
        # "fem pakker var for mye, tre holder"
        last.ware.amount, last.ware.relative = ware.amount, False
        last.ware.words = last.ware.words or ware.words
        last.ware.known = max(last.ware.known, ware.known)
        last.ware.too_much, last.act = False, Act.CHANGE
        last.cover(ware.start, ware.end)
        folder.only = folder.correction = False
        return
    if (
        last is not None
        and last.mended
        and ware.words
        and ware.amount is None
        and (not last.ware.words and folder.clause <= last.clause + 2)
    ):
        # "tjue, jeg mener tolv, egg"
        last.ware.words, last.ware.known, last.mended = ware.words, ware.known, False
        last.act = folder.act_for(ware) if last.act is not Act.REMOVE else last.act
        last.cover(ware.start, ware.end)
        return
    if folder.should_be and ware.describes and last is not None and last.ware.words:
        # "smøret skulle vært usaltet"
        folder.should_be = False
        last.instead_of, last.act = last.ware.phrase, Act.REPLACE
        last.ware.words = [*ware.words, *last.ware.words]
        last.cover(ware.start, ware.end)
        return
    if folder.correction and correct(folder, ware):
        return
    if last is not None and repeats(folder, ware):
        return
    if last is not None and attach(folder, ware, last):
        return
    act = folder.act_for(ware)
    item = folder.push(ware, act)
    folder.fresh = False
    if folder.old is not None and ware.words:
        item.act, item.instead_of = Act.REPLACE, folder.old
        item.cover(*folder.old_span)
        folder.old = None
    elif folder.but is not None and ware.words and act in (None, Act.ADD):
        folder.merge_swap(folder.but, item)
    elif folder.rather:
        item.rather = True
        removed = [it for it in folder.items[:-1] if it.act is Act.REMOVE and it.ware.phrase]
        if removed and ware.words:
            folder.merge_swap(removed[-1], item)
        elif ware.amount is not None:
            item.act = Act.CHANGE
        elif ware.words:
            item.act, item.instead_of = Act.REPLACE, ""
    folder.but = None
    folder.rather = False
    folder.only = False


def attach(folder: FoldState, ware: Ware, last: Item) -> bool:
    """Take a remark about the ware just named: "den grønne", "to av dem", "tolv stykker"."""
    if last.act is Act.REMOVE and folder.act is not Act.REMOVE:
        return False
    if not ware.words:
        if ware.amount is None and not ware.relative:
            return False
        before = last.ware.amount
        with_pieces = packed(before, ware)
        if with_pieces is not None:
            last.ware.amount = with_pieces
            last.cover(ware.start, ware.end)
            return True
        article = before is not None and before.value == 1 and not before.unit
        counted = article and ware.amount is not None and ware.amount.unit not in ("", "stk")
        free = before is None or ware.of_them or folder.only or counted
        if not free or not last.ware.words:
            return False
        last.ware.amount = ware.amount
        last.ware.relative = ware.relative
        if folder.act is Act.CHANGE:
            last.act = Act.CHANGE
    elif ware.describes and last.ware.words and not ware.relative:
        said = [word.said for word in (*last.ware.words, *ware.words)]
        head = [w.said for w in last.ware.words if w.plain not in DESCRIBING]
        near = folder.judge.coverage([*head, *(word.said for word in ware.words)])
        if not ware.determined and max(folder.judge.coverage(said), near) < 0.75:
            return False
        if ware.amount is not None and last.ware.amount not in (None, ware.amount):
            return False
        if ware.amount is not None and last.ware.amount is not None and last.ware.describes:
            return False  # "ett grovt og ett fint"
        last.ware.words = [*ware.words, *last.ware.words]
        last.ware.amount = last.ware.amount or ware.amount
    else:
        return False
    last.cover(ware.start, ware.end)
    folder.only = False
    return True


def repeats(folder: FoldState, ware: Ware) -> bool:
    """ "melk melk", "ost, ja, ost": said again by a person or a recogniser."""
    if not ware.words or ware.amount is not None or folder.act is Act.REMOVE or folder.old:
        return False
    said = [word.said for word in ware.words]
    for item in folder.items:
        if item.act in (None, Act.ADD) and [word.said for word in item.ware.words] == said:
            item.act = item.act or folder.act
            item.cover(ware.start, ware.end)
            folder.current = item
            return True
    return False


def to_each(folder: FoldState, ware: Ware) -> None:
    """An amount "av hver" goes to every line that has none."""
    open_items = [item for item in folder.items if item.ware.amount is None]
    if not open_items:
        folder.push(ware, folder.act if folder.act is not Act.ADD else None)
        return
    for item in open_items:
        item.ware.amount = ware.amount
    open_items[-1].cover(ware.start, ware.end)
