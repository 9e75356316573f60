"""Where a talk is: the questions that are still open, what can be undone, what was said last.

The basket itself is in the order. This state is stored beside it after every turn, so that nothing
is lost when a call breaks or a process dies: each phrase that a person has said and that did not
reach the basket stands here as an open question.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from bot.ordering.amount import Amount
from bot.ordering.offer import Offer

UNDO_DEPTH = 20


@dataclass(frozen=True, slots=True)
class ProductQuestion:
    """Which of at most three products is meant.

    Attributes:
        phrase: what the person called the product.
        options: product ids, in the order in which they are spoken.
        act: what happens with the chosen one: `add`, `remove`, `change` or `replace`.
        amount: how much was asked for, if anything was said about it.
        instead_of: for `replace`, the product id that goes out.
        relative: for `change`, whether `amount` is a difference.
        wording: how to ask, when the phrase has a question of its own ("Hva slags pålegg …?").
        proposed: the option that is being asked about by itself ("Skal jeg ta …?"), "" for none.
    """

    phrase: str
    options: tuple[str, ...]
    act: str = "add"
    amount: Amount | None = None
    instead_of: str | None = None
    relative: bool = False
    wording: str = ""
    proposed: str = ""


@dataclass(frozen=True, slots=True)
class AmountQuestion:
    """How much of one product is meant.

    Attributes:
        phrase: what the person called the product.
        product_id: the product.
        suggested: an amount that "ja" accepts, if there is a likely one ("et par" -> 2).
        act: `add`, `change` or `replace`.
        instead_of: for `replace`, the product id that goes out.
    """

    phrase: str
    product_id: str
    suggested: Decimal | None = None
    act: str = "add"
    instead_of: str | None = None


Question = ProductQuestion | AmountQuestion | Offer


@dataclass(frozen=True, slots=True)
class Shown:
    """Products that a question was answered with; "ja, ta den" may mean them.

    Attributes:
        phrase: what the person asked about.
        options: product ids, in the order in which they were spoken.
        amount: how much was asked about, if that was said ("har dere to pakker kaffe").
        offered: whether we asked "vil du ha …?", so that a bare "ja" takes it.
        instead_of: the product id that goes out when it is taken; None: nothing does.
    """

    phrase: str
    options: tuple[str, ...]
    amount: Amount | None = None
    offered: bool = False
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A basket's lines before a change, as product id and quantity."""

    lines: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """The state of one person's talk; immutable.

    Attributes:
        questions: open questions; the first one is being asked.
        undo: earlier baskets, newest last.
        last_reply: the texts of the last turn, for "hva sa du?".
        failures: turns in a row that led nowhere.
        last_product: the product that was touched last ("to til", "nei, jeg mente tre").
        cancelling: whether we have asked "skal jeg tømme kurven?".
        unclear: a text that was heard badly and that we have asked about.
        tries: how often in a row the question was put before and not answered.
        finishing: whether the person is done; the basket is read back when nothing is open.
        recent: product ids that the last change was about ("to av hver").
        shown: what a question about goods was answered with, until something else is spoken of.
        chosen: the choice that was answered last, for "nei, den andre".
        spoken: how the person called the product that was touched last.
        talked_over: read-backs in a row that were talked over.
        unwanted: product ids that the person has said no to in this talk.
    """

    questions: tuple[Question, ...] = ()
    undo: tuple[Snapshot, ...] = ()
    last_reply: tuple[str, ...] = ()
    failures: int = 0
    last_product: str | None = None
    cancelling: bool = False
    unclear: str | None = None
    tries: int = 0
    finishing: bool = False
    recent: tuple[str, ...] = ()
    shown: Shown | None = None
    chosen: ProductQuestion | None = None
    spoken: str = ""
    talked_over: int = 0
    unwanted: tuple[str, ...] = ()

    @property
    def question(self) -> Question | None:
        """The question that is being asked now."""
        return self.questions[0] if self.questions else None

    def asking(self, question: Question) -> "Talk":
        """The talk with the question that is being asked put otherwise."""
        return replace(self, questions=(question, *self.questions[1:]))

    def remember(self, snapshot: Snapshot) -> "Talk":
        """The talk with one more basket that "angre" can bring back."""
        return replace(self, undo=(*self.undo, snapshot)[-UNDO_DEPTH:])

    def to_dict(self) -> dict[str, Any]:
        """The talk as JSON-able data."""
        return {
            "questions": [_question_to_dict(question) for question in self.questions],
            "undo": [[[pid, str(quantity)] for pid, quantity in s.lines] for s in self.undo],
            "last_reply": list(self.last_reply),
            "failures": self.failures,
            "last_product": self.last_product,
            "cancelling": self.cancelling,
            "unclear": self.unclear,
            "tries": self.tries,
            "finishing": self.finishing,
            "recent": list(self.recent),
            "shown": None if self.shown is None else _shown_to_dict(self.shown),
            "chosen": None if self.chosen is None else _question_to_dict(self.chosen),
            "spoken": self.spoken,
            "talked_over": self.talked_over,
            "unwanted": list(self.unwanted),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Talk":
        """Read what `to_dict` wrote; an empty mapping is a talk that has not begun."""
        return cls(
            questions=tuple(_question_from_dict(entry) for entry in data.get("questions", ())),
            undo=tuple(
                Snapshot(tuple((pid, Decimal(quantity)) for pid, quantity in lines))
                for lines in data.get("undo", ())
            ),
            last_reply=tuple(data.get("last_reply", ())),
            failures=data.get("failures", 0),
            last_product=data.get("last_product"),
            cancelling=data.get("cancelling", False),
            unclear=data.get("unclear"),
            tries=data.get("tries", 0),
            finishing=data.get("finishing", False),
            recent=tuple(data.get("recent", ())),
            shown=_shown_from_dict(data.get("shown")),
            chosen=_chosen_from_dict(data.get("chosen")),
            spoken=data.get("spoken", ""),
            talked_over=data.get("talked_over", 0),
            unwanted=tuple(data.get("unwanted", ())),
        )


@dataclass(frozen=True, slots=True)
class Effect:
    """Something outside the basket that a turn asks for; the service carries it out.

    `kind` is one of `submit` (the order is confirmed), `task` (call staff; `value` is the kind of
    task), `rate` (speak at `value` times the normal speed), `delivery` (`value` is the wish).
    """

    kind: str
    value: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


def _amount_to_dict(amount: Amount | None) -> dict[str, Any] | None:
    if amount is None:
        return None
    return {
        "value": str(amount.value),
        "unit": amount.unit,
        "upper": None if amount.upper is None else str(amount.upper),
        "vague": amount.vague,
        "pack_pieces": amount.pack_pieces,
        "little": amount.little,
        "abbreviated": amount.abbreviated,
    }


def _amount_from_dict(data: Mapping[str, Any] | None) -> Amount | None:
    if data is None:
        return None
    upper = data["upper"]
    return Amount(
        value=Decimal(data["value"]),
        unit=data["unit"],
        upper=None if upper is None else Decimal(upper),
        vague=data["vague"],
        pack_pieces=data["pack_pieces"],
        little=data.get("little", False),
        abbreviated=data.get("abbreviated", False),
    )


def _shown_to_dict(shown: Shown) -> dict[str, Any]:
    return {
        "phrase": shown.phrase,
        "options": list(shown.options),
        "amount": _amount_to_dict(shown.amount),
        "offered": shown.offered,
        "instead_of": shown.instead_of,
    }


def _shown_from_dict(data: Mapping[str, Any] | None) -> Shown | None:
    if data is None:
        return None
    return Shown(
        data["phrase"],
        tuple(data["options"]),
        _amount_from_dict(data["amount"]),
        data["offered"],
        data["instead_of"],
    )


def _chosen_from_dict(data: Mapping[str, Any] | None) -> ProductQuestion | None:
    found = None if data is None else _question_from_dict(data)
    return found if isinstance(found, ProductQuestion) else None


def _question_to_dict(question: Question) -> dict[str, Any]:
    if isinstance(question, Offer):
        return question.to_dict()
    common = {"phrase": question.phrase, "act": question.act, "instead_of": question.instead_of}
    if isinstance(question, AmountQuestion):
        suggested = None if question.suggested is None else str(question.suggested)
        return {"product_id": question.product_id, "suggested": suggested, **common}
    return {
        "options": list(question.options),
        "amount": _amount_to_dict(question.amount),
        "relative": question.relative,
        "wording": question.wording,
        "proposed": question.proposed,
        **common,
    }


def _question_from_dict(data: Mapping[str, Any]) -> Question:
    if "offer" in data:
        return Offer.from_dict(data)
    if "options" in data:
        return ProductQuestion(
            phrase=data["phrase"],
            options=tuple(data["options"]),
            act=data["act"],
            amount=_amount_from_dict(data["amount"]),
            instead_of=data["instead_of"],
            relative=data["relative"],
            wording=data.get("wording", ""),
            proposed=data.get("proposed", ""),
        )
    suggested = data["suggested"]
    return AmountQuestion(
        phrase=data["phrase"],
        product_id=data["product_id"],
        suggested=None if suggested is None else Decimal(suggested),
        act=data["act"],
        instead_of=data["instead_of"],
    )
