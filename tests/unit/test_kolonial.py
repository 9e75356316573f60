"""unit: the Kolonial client's parts, without a server: shapes, errors, numbers, slots, time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import (
    GrocerAuthError,
    GrocerError,
    GrocerOverloaded,
    GrocerRejected,
    GrocerTimeout,
    GrocerUnavailable,
    SettingsError,
    SoldOut,
)
from bot.grocers.decimal_json import dumps, loads
from bot.grocers.delivery import choose_slot
from bot.grocers.kolonial import KolonialGrocer, cart_changes
from bot.grocers.kolonial_http import KolonialHttp
from bot.grocers.kolonial_shapes import (
    CartLine,
    Malformed,
    read_cart,
    read_order,
    read_order_list,
    read_slots,
    read_wares,
)
from bot.grocers.local_time import OSLO, UTC, CentralEuropeanTime
from bot.grocers.product_numbers import ProductNumbers
from bot.grocers.protocol import Slot
from bot.ordering.catalogue import Catalogue, Product

URL = "http://grocer.invalid/api/v1/"

Handler = Callable[[httpx.Request], httpx.Response]


def product(product_id: str, name: str = "Lettmelk", **other: Any) -> Product:
    fields: dict[str, Any] = {
        "brand": "Tine",
        "size": "1 l",
        "unit": "stk",
        "price": Decimal("22.90"),
        "category": "Meieri",
    }
    return Product(product_id=product_id, name=name, **{**fields, **other})


CATALOGUE = Catalogue([product("k-1", gtin="07038010000010"), product("k-2", "Helmelk")])


def over(handler: Handler) -> KolonialHttp:
    return KolonialHttp(URL, "token", "secret", transport=httpx.MockTransport(handler))


def client(handler: Handler, **options: Any) -> KolonialGrocer:
    return KolonialGrocer(
        URL,
        CATALOGUE,
        backoff_seconds=0,
        transport=httpx.MockTransport(handler),
        **options,
    )


# -- exact JSON -----------------------------------------------------------------------------------


def test_json_numbers_stay_exact() -> None:
    assert loads('{"a": 22.10, "b": 2}') == {"a": Decimal("22.10"), "b": 2}
    assert dumps({"q": Decimal("0.10"), "n": [1, None, True, 'æ"']}) == (
        '{"q":0.10,"n":[1,null,true,"æ\\""]}'
    )
    assert dumps(Decimal("1E+2")) == "100"


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "{", "<html>"])
def test_json_refuses_what_is_not_json(text: str) -> None:
    with pytest.raises(ValueError):
        loads(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_a_decimal_survives_the_wire(number: Decimal) -> None:
    assert loads(dumps([number])) == [number]


# -- shapes ---------------------------------------------------------------------------------------


def test_a_cart_in_camel_case_with_a_product_in_two_groups() -> None:
    http = over(
        lambda request: httpx.Response(
            200,
            text="""{"productQuantityCount": 4, "totalGrossAmount": 120.5, "groups": [
                {"items": [{"itemId": 1, "product": {"id": 7}, "quantity": 2}]},
                {"items": [{"itemId": 2, "quantity": 0.5, "product":
                    {"id": "7", "availability": {"isAvailable": false, "code": "sold_out"}}}]}]}""",
        )
    )
    assert read_cart(http.get("cart/")) == {7: CartLine(7, Decimal("2.5"), False)}


def test_an_older_cart_without_groups() -> None:
    answer = {"items": [{"product": {"id": 9329}, "quantity": 3}]}
    assert read_cart(answer) == {9329: CartLine(9329, Decimal(3), True)}


def test_search_hits_that_are_no_products_are_left_out() -> None:
    answer = {
        "items": [
            {"id": 1, "type": "category", "attributes": {"name": "Drikke"}},
            {
                "id": 8143,
                "type": "product",
                "attributes": {"id": 8143, "full_name": "Tine Lettmelk", "gross_price": "31.90"},
            },
        ]
    }
    (ware,) = read_wares(answer)
    assert (ware.number, ware.price, ware.available) == (8143, Decimal("31.90"), True)


def test_orders_are_read_flat_and_by_month() -> None:
    order = {
        "order_number": "5fdnhy",
        "gross_amount": Decimal("1224.7"),
        "delivery": {"tracking": {"step_name": "DELIVERED"}, "delivery_time": "man 1. desember"},
    }
    flat = read_order_list([order])
    by_month = read_order_list({"results": [{"name": "Desember 2025", "orders": [order]}]})
    assert flat == by_month
    assert flat[0].status == "DELIVERED"
    assert flat[0].total == Decimal("1224.7")
    assert flat[0].delivery is None


def test_an_order_with_its_lines() -> None:
    answer = {
        "summary": {"order_number": "1", "gross_amount": 100, "external_reference": "o:1"},
        "items": {
            "item_groups": [
                {
                    "items": [
                        {
                            "product_id": 8476,
                            "description": "Hakkede tomater",
                            "quantity": 12,
                            "gross_amount": Decimal("201.6"),
                        }
                    ]
                }
            ]
        },
    }
    order = read_order(answer)
    assert order.reference == "o:1"
    assert [(each.number, each.quantity) for each in order.lines] == [(8476, Decimal(12))]


def test_slots_come_in_norwegian_time_and_order() -> None:
    def slot(number: int, opens: str, closes: str) -> dict[str, Any]:
        return {
            "id": number,
            "open_datetime": opens,
            "close_datetime": closes,
            "cutoff_time": "2026-11-25T15:00:00Z",
            "price": "59.00",
            "is_full": False,
            "is_unavailable": number == 2,
        }

    late = slot(1, "2026-11-26T16:00:00Z", "2026-11-26T19:00:00Z")
    early = slot(2, "2026-06-25T06:00:00+00:00", "2026-06-25T09:00:00+00:00")
    first, second = read_slots({"results": [late, early]})
    assert (first.opens.hour, first.available) == (8, False)  # summer time
    assert (second.opens.hour, second.weekday, second.price) == (17, "torsdag", Decimal("59.00"))


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"groups": {}},
        {"groups": [{"items": [{"quantity": 1}]}]},
        {"groups": [{"items": [{"product": {"id": True}, "quantity": 1}]}]},
        {"groups": [{"items": [{"product": {"id": 1}, "quantity": "NaN"}]}]},
        {"groups": [{"items": [{"product": {"id": 1}, "quantity": "to"}]}]},
    ],
)
def test_what_is_no_cart_is_malformed(answer: Any) -> None:
    with pytest.raises(Malformed):
        read_cart(answer)


def test_an_empty_cart_is_a_cart() -> None:
    assert read_cart({"groups": []}) == {}


def test_a_time_without_a_zone_is_malformed() -> None:
    slot = {"id": 1, "open_datetime": "2026-11-26T16:00:00", "close_datetime": "x", "price": 0}
    with pytest.raises(Malformed):
        read_slots([slot])


# -- signed changes -------------------------------------------------------------------------------

quantities = st.decimals(min_value=0, max_value=50, places=1)
baskets = st.dictionaries(st.integers(1, 8), quantities, max_size=8)


@given(baskets, baskets)
def test_the_changes_make_any_cart_right_and_touch_nothing_that_is(
    has: dict[int, Decimal], wanted: dict[int, Decimal]
) -> None:
    cart = {number: CartLine(number, quantity, True) for number, quantity in has.items()}
    changes = cart_changes(cart, wanted)
    after = {n: has.get(n, Decimal(0)) + changes.get(n, Decimal(0)) for n in {**has, **wanted}}
    assert {n: q for n, q in after.items() if q} == {n: q for n, q in wanted.items() if q}
    assert all(changes.values())


# -- failures -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (400, GrocerRejected, False),
        (401, GrocerAuthError, False),
        (403, GrocerAuthError, False),
        (404, GrocerRejected, False),
        (408, GrocerTimeout, True),
        (409, GrocerRejected, False),
        (425, GrocerOverloaded, True),
        (429, GrocerOverloaded, True),
        (500, GrocerUnavailable, True),
        (502, GrocerUnavailable, True),
        (503, GrocerUnavailable, True),
        (504, GrocerTimeout, True),
        (301, GrocerRejected, False),
    ],
)
def test_each_status_is_one_of_our_errors(
    status: int, kind: type[GrocerError], retryable: bool
) -> None:
    http = over(lambda request: httpx.Response(status, text="<html>nei</html>"))
    with pytest.raises(GrocerError) as caught:
        http.get("search/")
    assert isinstance(caught.value, kind)
    assert caught.value.retryable is retryable
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ConnectTimeout("x"), GrocerTimeout),
        (httpx.ReadTimeout("x"), GrocerTimeout),
        (httpx.ConnectError("x"), GrocerUnavailable),
        (httpx.ReadError("x"), GrocerUnavailable),
        (httpx.RemoteProtocolError("x"), GrocerUnavailable),
        (httpx.DecodingError("x"), GrocerUnavailable),
    ],
)
def test_each_broken_connection_is_one_of_our_errors(
    error: httpx.RequestError, kind: type[GrocerError]
) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise error

    with pytest.raises(kind) as caught:
        over(broken).get("search/")
    assert caught.value.retryable


def test_a_web_page_instead_of_json_may_be_retried() -> None:
    http = over(lambda request: httpx.Response(200, text="<html>straks tilbake</html>"))
    with pytest.raises(GrocerUnavailable):
        http.get("search/")


def test_json_of_another_form_is_not_retried() -> None:
    asked = []

    def odd(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, text='{"produkter": []}')

    with pytest.raises(GrocerRejected):
        client(odd).search("melk")
    assert len(asked) == 1


@pytest.mark.parametrize("attempts", [1, 3])
def test_retries_are_bounded(attempts: int) -> None:
    asked = []

    def busy(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(425)

    with pytest.raises(GrocerOverloaded):
        client(busy, attempts=attempts).search("melk")
    assert len(asked) == attempts


@pytest.mark.parametrize("url", ["", "oda.com", "ftp://oda.com/", "http://", "http://[", "x y"])
def test_a_bad_address_is_a_settings_error(url: str) -> None:
    with pytest.raises(SettingsError, match="KURV_GROCER_URL"):
        KolonialGrocer(url, CATALOGUE)


@pytest.mark.parametrize(
    "lines",
    [[], [("k-1", Decimal(0))], [("k-1", Decimal(-1))], [("k-1", Decimal("NaN"))]],
)
def test_an_order_without_goods_is_never_sent(lines: list[tuple[str, Decimal]]) -> None:
    def no_request(request: httpx.Request) -> httpx.Response:
        raise AssertionError("nothing should have been sent")

    with pytest.raises(GrocerRejected):
        client(no_request).submit("o:1", "r1", lines)


# -- sessions -------------------------------------------------------------------------------------


def test_each_account_has_its_own_session_and_no_cookie_leaks() -> None:
    seen = []

    def grocer(request: httpx.Request) -> httpx.Response:
        assert request.headers["x-client-token"] == "token"
        assert request.headers["user-agent"].startswith("kurv/")
        if request.url.path.endswith("user/login/"):
            assert "cookie" not in request.headers
            name = loads(request.content)["username"]
            return httpx.Response(
                200, text="{}", headers={"set-cookie": f"sessionid=s-{name}; Path=/"}
            )
        seen.append(request.headers.get("cookie"))
        return httpx.Response(200, text="{}", headers={"set-cookie": "other=1; Path=/"})

    http = over(grocer)
    for user in ("r1", "r2", "r1", None):
        http.get("cart/", user=user)
    assert seen == ["sessionid=s-r1", "sessionid=s-r2", "sessionid=s-r1", None]


def test_an_expired_session_is_renewed_once() -> None:
    logins = []
    valid = "s1"

    def grocer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("user/login/"):
            logins.append(1)
            return httpx.Response(200, text=f'{{"sessionid": "s{len(logins)}"}}')
        ok = request.headers.get("cookie") == f"sessionid={valid}"
        return httpx.Response(200 if ok else 401, text="{}")

    http = over(grocer)
    http.get("cart/", user="r1")
    valid = "s2"
    http.get("cart/", user="r1")
    assert len(logins) == 2
    valid = "never"  # the password is taken, the session is not: the grocer's trouble, may pass
    with pytest.raises(GrocerUnavailable):
        http.get("cart/", user="r1")
    assert len(logins) == 3


def test_a_wrong_password_is_not_tried_again() -> None:
    asked = []

    def grocer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(401, text="{}")

    with pytest.raises(GrocerAuthError):
        client(grocer).submit("o:1", "r1", [("k-1", Decimal(1))])
    assert len(asked) == 1


def test_a_login_without_a_session_is_refused() -> None:
    with pytest.raises(GrocerRejected):
        over(lambda request: httpx.Response(200, text="{}")).get("cart/", user="r1")


# -- which product is which -----------------------------------------------------------------------


def ware(number: int, name: str = "Tine Lettmelk 1 l", **other: Any) -> dict[str, Any]:
    return {"id": number, "full_name": name, "gross_price": "22.90", **other}


def numbers(answers: dict[str, list[dict[str, Any]]], catalogue: Catalogue) -> ProductNumbers:
    """Product numbers over a grocer whose search knows only these queries."""

    def grocer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("search/"):
            hits = answers.get(request.url.params["q"], [])
            return httpx.Response(200, text=dumps({"products": hits}))
        hits = answers.get(request.url.path.rsplit("/", 2)[1], [])
        return httpx.Response(200, text=dumps(hits[0])) if hits else httpx.Response(404, text="{}")

    return ProductNumbers(over(grocer), catalogue)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        # by the barcode, leading zeros or not
        ({"07038010000010": [ware(5, gtin="7038010000010")]}, 5),
        # an older answer has no barcode in it: one hit is proof, two are none
        ({"07038010000010": [ware(5)]}, 5),
        ({"07038010000010": [ware(5), ware(6)]}, None),
        # another barcode came back: a text search that happened to hit
        ({"07038010000010": [ware(5, gtin="4006381333931")]}, None),
        # by the article number
        ({"k-1": [ware(8, article_number="k-10"), ware(9, article_number="k-1")]}, 9),
        ({"k-1": [ware(8)]}, None),
        # by a name that only one product has
        ({"Tine Lettmelk 1 l": [ware(3, "TINE Lettmelk", name_extra="1 l"), ware(4, "Kake")]}, 3),
        ({"Tine Lettmelk 1 l": [ware(3), ware(4)]}, None),
        ({}, None),
    ],
)
def test_a_number_counts_only_when_it_is_proven(
    answers: dict[str, list[dict[str, Any]]], expected: int | None
) -> None:
    found = numbers(answers, CATALOGUE)
    assert found.number_of("k-1") == expected
    if expected is not None:
        assert found.product_of(expected) == "k-1"
        found.forget(expected)
        assert found.product_of(expected) == ""


def test_a_catalogue_with_the_grocers_own_numbers() -> None:
    catalogue = Catalogue([product("9329"), product("15163", "Helmelk")])
    found = numbers({"9329": [ware(9329)], "15163": [ware(15163, "Sjokoladekake")]}, catalogue)
    # the same number with another name is another ware
    assert found.number_of("9329") == 9329
    assert found.number_of("15163") is None


def test_a_found_number_is_not_looked_up_again() -> None:
    asked = []

    def grocer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.params["q"])
        return httpx.Response(200, text=dumps({"products": [ware(5, article_number="k-2")]}))

    found = ProductNumbers(over(grocer), CATALOGUE)
    assert [found.number_of("k-2") for _ in range(3)] == [5, 5, 5]
    assert asked == ["k-2"]


def test_unknown_products_are_sold_out_before_anything_else() -> None:
    def grocer(request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1/")
        if path == "user/login/":
            return httpx.Response(200, text='{"sessionid": "s"}')
        if path == "orders/":
            return httpx.Response(200, text='{"results": []}')
        assert path == "search/", path
        return httpx.Response(200, text='{"products": []}')

    with pytest.raises(SoldOut) as caught:
        client(grocer).submit("o:1", "r1", [("k-1", Decimal(1)), ("k-2", Decimal(1))])
    assert caught.value.product_ids == ("k-1", "k-2")


def stubborn_grocer(available: bool, orders: str) -> Handler:
    """A grocer that takes every change, keeps its cart as it is, and notes `orders` lines."""
    answers = {
        "user/login/": '{"sessionid": "s"}',
        "orders/": '{"results": []}',
        "search/": dumps({"products": [ware(5, article_number="k-2")]}),
        "slots/": """[{"id": 1, "open_datetime": "2999-01-01T08:00:00Z", "price": "0",
                       "close_datetime": "2999-01-01T10:00:00Z"}]""",
        "slots/1/reserve/": "{}",
        "cart/": '{"groups": [{"items": [{"product": {"id": 5}, "quantity": 1}]}]}',
        "cart/items/": "{}",
        "products/5/": dumps(ware(5, availability={"is_available": available})),
        "checkout/": f"""{{"summary": {{"order_number": "S1", "gross_amount": "1.00"}},
                          "items": [{orders}]}}""",
    }

    def grocer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=answers[request.url.path.removeprefix("/api/v1/")])

    return grocer


def test_a_cart_that_does_not_take_enough_is_sold_out() -> None:
    with pytest.raises(SoldOut) as caught:
        client(stubborn_grocer(False, "")).submit("o:1", "r1", [("k-2", Decimal(3))])
    assert caught.value.product_ids == ("k-2",)


def test_a_cart_that_cannot_be_brought_into_line_is_not_ordered() -> None:
    with pytest.raises(GrocerUnavailable):
        client(stubborn_grocer(True, "")).submit("o:1", "r1", [("k-2", Decimal(3))])


def test_an_order_with_other_contents_is_not_passed_over() -> None:
    line = '{"product_id": 5, "description": "x", "gross_amount": "1.00", "quantity": %s}'
    order = [("k-2", Decimal(1))]
    receipt = client(stubborn_grocer(True, line % 1)).submit("o:1", "r1", order)
    assert receipt.lines[0].product_id == "k-2"
    with pytest.raises(GrocerRejected, match="S1"):
        client(stubborn_grocer(True, line % 2)).submit("o:1", "r1", order)


def test_a_grocer_without_open_slots() -> None:
    def full(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("slots/"):
            return httpx.Response(200, text="[]")
        return stubborn_grocer(True, "")(request)

    with pytest.raises(GrocerRejected, match="leveringstider"):
        client(full).submit("o:1", "r1", [("k-2", Decimal(1))])


@pytest.mark.parametrize(
    ("found", "fits"),
    [
        ({}, True),  # it says nothing of itself
        ({"article_number": "k-1"}, True),
        ({"article_number": "k-2"}, False),
        ({"article_number": "a grocer's own"}, True),
        ({"gtin": "7038010000010"}, True),
        ({"gtin": "4006381333931"}, False),
    ],
)
def test_a_number_that_means_another_ware_is_noticed(found: dict[str, str], fits: bool) -> None:
    known = numbers({"k-1": [ware(5, article_number="k-1")]}, CATALOGUE)
    assert known.number_of("k-1") == 5
    assert known.fits(CartLine(5, Decimal(1), True, **found)) is fits


# -- delivery -------------------------------------------------------------------------------------

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=OSLO)
HOURS = ((8, 11), (11, 14), (14, 17), (17, 20))


def week() -> list[Slot]:
    slots = []
    for days in range(6):
        for index, (opens, closes) in enumerate(HOURS):
            day = MONDAY.replace(minute=0) + timedelta(days=days)
            slots.append(
                Slot(
                    slot_id=f"{days}{index}",
                    opens=day.replace(hour=opens),
                    closes=day.replace(hour=closes),
                    cutoff=day.replace(hour=16) - timedelta(days=1),
                    price=Decimal("39.00"),
                )
            )
    return slots


@pytest.mark.parametrize(
    ("wish", "weekday", "hour"),
    [
        (None, "tirsdag", 8),
        ("", "tirsdag", 8),
        ("når som helst", "tirsdag", 8),
        ("torsdag kveld", "torsdag", 17),
        ("på torsdag", "torsdag", 8),
        ("laurdag føremiddag", "lørdag", 8),
        ("om kvelden", "tirsdag", 17),
        ("ettermiddagen", "tirsdag", 14),
        ("i morgen kveld", "tirsdag", 17),
        ("i overmorgen", "onsdag", 8),
        ("i dag", "tirsdag", 8),  # too late for today
        ("søndag kveld", "tirsdag", 17),  # no deliveries on Sundays
    ],
)
def test_the_slot_that_fits_best(wish: str | None, weekday: str, hour: int) -> None:
    slot = choose_slot(wish, week(), MONDAY)
    assert slot is not None
    assert (slot.weekday, slot.opens.hour) == (weekday, hour)


def test_a_full_slot_or_one_past_its_cutoff_is_never_chosen() -> None:
    slots = [
        Slot(s.slot_id, s.opens, s.closes, s.cutoff, s.price, available=s.weekday == "fredag")
        for s in week()
    ]
    chosen = choose_slot("torsdag kveld", slots, MONDAY)
    assert chosen is not None
    assert (chosen.weekday, chosen.opens.hour) == ("fredag", 17)
    assert choose_slot("torsdag", week(), MONDAY + timedelta(days=30)) is None
    assert choose_slot(None, [], MONDAY) is None


# -- time -----------------------------------------------------------------------------------------


def test_the_built_in_zone_agrees_with_the_database_hour_by_hour() -> None:
    ours, theirs = CentralEuropeanTime(), ZoneInfo("Europe/Oslo")
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    while moment.year < 2028:
        one, other = moment.astimezone(ours), moment.astimezone(theirs)
        assert one.replace(tzinfo=None) == other.replace(tzinfo=None), moment
        assert (one.utcoffset(), one.fold, one.tzname()) == (
            other.utcoffset(),
            other.fold,
            other.tzname(),
        )
        assert one.astimezone(UTC) == moment
        moment += timedelta(hours=1)
