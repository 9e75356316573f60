"""Tier: unit. Whatever is said: no gate is passed without a yes, and nobody is asked too often."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.ordering.catalogue import Catalogue
from bot.ordering.conversation import Circumstances, Conversation
from bot.ordering.gates import Needs, Verdict
from bot.ordering.match import History
from bot.ordering.offer import REMINDER, SUBSTITUTE, Offer
from bot.ordering.order import Order, Status
from bot.ordering.personal import Personal, payable
from bot.ordering.reminders import Purchase
from bot.ordering.shop import Shop
from bot.ordering.synonyms import Synonyms
from bot.ordering.talk import ProductQuestion, Talk

SHOP = Shop(
    Catalogue.from_csv(
        """\
product_id,name,brand,size,unit,price,category,gtin,restricted,deposit,allergens
m1,Lettmelk,Tine,1 l,stk,19.90,Melk,,,,melk
m2,Lettmelk,Q,1 l,stk,18.90,Melk,,,,melk
b1,Kneippbrød,Bakehuset,750 g,stk,29.90,Brød,,,,gluten
b2,Kneippbrød,Fersk,750 g,stk,33.90,Brød,,,,egg
k1,Kaffe kokmalt,Friele,250 g,stk,39.90,Kaffe,,,,ingen
s1,Kaviar,Mills,185 g,stk,38.90,Pålegg,,,,egg;fisk
l1,Laksefilet,Lerøy,400 g,stk,99.90,Fisk,,,,fisk
x1,Leverpostei,Gilde,180 g,stk,24.90,Pålegg,,,,
c1,Solo,Ringnes,"1,5 l",stk,30.90,Brus,,,3,ingen
""".splitlines()
    ),
    Synonyms.empty(),
)
TODAY = date(2026, 11, 24)
BUDGET = Decimal(120)
GONE = frozenset({"m1", "b1"})
NEEDS = Needs(frozenset({"egg"}))
COFFEE = [Purchase("k1", Decimal(1), TODAY - timedelta(days=ago)) for ago in (21, 14, 7)]
ABOUT = Circumstances(
    history=History({"m1": 3, "k1": 3}, ("m1", "k1")),
    usual=lambda: (("m1", Decimal(2)), ("s1", Decimal(1)), ("l1", Decimal(1))),
    policy=lambda restriction: "allow",
    speech_rate=1.0,
    delivery=lambda wish: None,
    personal=Personal(
        needs=NEEDS,
        budget=BUDGET,
        in_stock=lambda product_id: product_id not in GONE,
        purchases=lambda: COFFEE,
        today=TODAY,
    ),
)
SAID = [
    ("add", "to kneippbrød"), ("add", "kaviar"), ("add", "to laksefilet og en kaviar"),
    ("add", "leverpostei"), ("add", "melk"), ("add", "fire solo"), ("change", "nei jeg mente fem"),
    ("remove", "ta bort kaviaren"), ("remove", "ta bort melken"), ("usual", "som vanlig"),
    ("usual", "som vanlig men uten laksefilet"), ("undo", "angre"), ("done", "det var alt"),
    ("affirm", "ja"), ("deny", "nei"), ("deny", "nei takk"), ("choose", "den første"),
    ("choose", "den andre"), ("choose", "la det være"), ("deny", "nei en annen"),
    ("basket", "hva har jeg i kurven"), ("change", "to til"), ("affirm", "ja kaffe takk"),
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(SAID), max_size=14))
# What was agreed to waits for the budget, and goes in when something else goes out.
@example(
    [
        ("add", "leverpostei"),
        ("usual", "som vanlig men uten laksefilet"),
        ("change", "to til"),
        ("affirm", "ja"),
        ("remove", "ta bort melken"),
    ]
)
def test_no_gate_is_passed_without_a_yes(turns: list[tuple[str, str]]) -> None:
    order, talk = Order("o1", "r1"), Talk()
    agreed: set[str] = set()
    reminded = answered = False
    for act, text in turns:
        before = order.basket
        stored = Talk.from_dict(talk.to_dict())
        assert stored == talk
        outcome = Conversation(SHOP, order, stored, ABOUT).handle(act, text)
        order, talk = outcome.order, outcome.talk
        kinds = {effect.value for effect in outcome.effects if effect.kind == "consent"}
        agreed |= {
            effect.data["product_id"]
            for effect in outcome.effects
            if effect.value in ("contains", "substitute")
        }
        for line in order.basket.lines:
            if NEEDS.of(SHOP.catalogue[line.product_id]) is Verdict.CONTAINS:
                assert line.product_id in agreed, (act, text)
        if payable(before) <= BUDGET < payable(order.basket) and act != "undo":
            assert "over_budget" in kinds, (act, text)
        reminding = any(
            isinstance(each, Offer) and each.kind == REMINDER for each in talk.questions
        )
        answered |= reminded and not reminding
        assert not (answered and reminding), "one reminder in an order"
        reminded |= reminding
        if order.status is Status.READ_BACK:
            assert not {line.product_id for line in order.basket.lines} & GONE
        if order.status is Status.CONFIRMED:
            return
        question = talk.question
        if isinstance(question, ProductQuestion) and question.act == SUBSTITUTE:
            assert 1 <= len(question.options) <= 2
            assert not set(question.options) & GONE
        if isinstance(question, Offer):
            assert outcome.texts, "an offer is always said"


def says(*turns: tuple[str, str]) -> list[tuple[str, ...]]:
    order, talk, said = Order("o1", "r1"), Talk(), []
    for act, text in turns:
        outcome = Conversation(SHOP, order, talk, ABOUT).handle(act, text)
        order, talk = outcome.order, outcome.talk
        said.append(outcome.texts)
    return said


def test_a_yes_to_the_budget_is_no_yes_to_an_allergen() -> None:
    said = says(("usual", "som vanlig"), ("affirm", "ja"), ("affirm", "ja"))
    assert "grensen" in said[0][-1]
    assert "inneholder egg" in said[1][-1]
    assert "Kaviar" in said[2][0]
