"""Tier: unit. What may come instead of something sold out, and what never may."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.ordering.catalogue import Catalogue
from bot.ordering.gates import NO_NEEDS, Needs, Verdict
from bot.ordering.kinds import kind_of
from bot.ordering.match import History
from bot.ordering.substitutes import Substitute, substitutes

SHOP = Catalogue.from_csv(
    """\
product_id,name,brand,size,unit,price,category,gtin,restricted,deposit,allergens
m1,Lettmelk 1 %,Tine,1 l,stk,20.00,Melk,,,,melk
m2,Lettmelk 1 %,Q,1 l,stk,19.00,Melk,,,,melk
m3,Helmelk,Tine,1 l,stk,22.00,Melk,,,,
m4,Lettmelk 1 %,Tine,"0,5 l",stk,12.00,Melk,,,,melk
m5,Lettmelk 1 % laktosefri,Tine,1 l,stk,28.00,Melk,,,,melk
m6,Lettmelk 1 % fat,Tine,10 l,stk,160.00,Melk,,,,melk
h1,Havremelk,Oatly,1 l,stk,27.00,Melk,,,,gluten
k1,Kaffe filtermalt,Friele,250 g,stk,40.00,Kaffe,,,,ingen
k2,Kaffe kapsler luksus,Nespresso,250 g,stk,190.00,Kaffe,,,,ingen
o1,Pils,Ringnes,"0,5 l",stk,30.00,Øl,,alcohol,2,
o2,Pils alkoholfri,Ringnes,"0,5 l",stk,25.00,Øl,,,2,
p1,Poteter,,,kg,20.00,Poteter,,,,
p2,Poteter i pose,,2 kg,stk,35.00,Poteter,,,,
""".splitlines()
)


def found(product_id: str, quantity: str = "1", needs: Needs = NO_NEEDS) -> dict[str, Substitute]:
    each = substitutes(SHOP[product_id], Decimal(quantity), SHOP, needs, History())
    return {one.product.product_id: one for one in each}


def test_the_same_ware_of_another_brand_comes_first_with_its_difference() -> None:
    best = next(iter(found("m1", "2").values()))
    assert best.product.product_id == "m2"
    assert (best.quantity, best.dearer) == (2, Decimal("-2.00"))


def test_smaller_packs_make_up_the_amount() -> None:
    half = found("m1", "2")["m4"]
    assert (half.quantity, half.dearer) == (4, Decimal("8.00"))


def test_a_chosen_quality_is_kept() -> None:
    assert found("m5") == {}
    assert "m5" in found("m1")


def test_far_larger_or_dearer_is_not_offered() -> None:
    assert "m6" not in found("m1")
    assert found("k1") == {}


def test_restricted_goods_stand_for_their_like_only() -> None:
    assert found("o2") == {}
    assert found("o1") == {}


def test_what_is_weighed_is_not_replaced_by_a_pack() -> None:
    assert found("p1") == {}


def test_never_less_known_than_what_it_stands_for() -> None:
    gluten = Needs(frozenset({"gluten"}))
    assert set(found("m1", needs=gluten)) == {"m2", "m4", "m5"}
    assert "m3" in found("h1", needs=Needs(frozenset({"nøtter", "annet"})))


def test_what_the_person_usually_takes_wins() -> None:
    history = History({"m3": 3}, ("m3",))
    best = substitutes(SHOP["h1"], Decimal(1), SHOP, NO_NEEDS, history)
    assert best[0].product.product_id == "m3"


def test_any_coffee_is_coffee() -> None:
    assert kind_of(SHOP["k1"]).name == kind_of(SHOP["k2"]).name == "kaffe"
    assert kind_of(SHOP["m1"]).name == kind_of(SHOP["m3"]).name == "melk"


@given(
    st.sampled_from([each.product_id for each in SHOP]),
    st.integers(1, 30).map(Decimal),
    st.frozensets(st.sampled_from(["melk", "gluten", "egg", "annet"])),
    st.frozensets(st.sampled_from([each.product_id for each in SHOP])),
)
def test_whatever_is_sold_out(
    product_id: str, quantity: Decimal, allergies: frozenset[str], leave_out: frozenset[str]
) -> None:
    gone, needs = SHOP[product_id], Needs(allergies)
    for each in substitutes(gone, quantity, SHOP, needs, History(), leave_out):
        assert each.product.product_id not in leave_out | {product_id}
        assert each.product.category == gone.category
        assert each.product.restricted is gone.restricted
        assert each.quantity > 0
        assert each.dearer == each.quantity * each.product.price - quantity * gone.price
        assert needs.of(each.product) is not Verdict.CONTAINS
        if needs.of(gone) is Verdict.FINE:
            assert needs.of(each.product) is Verdict.FINE
