"""Tier: unit. The catalogue: what is read, what is refused and how the refusal reads."""

import csv
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import CatalogueError
from bot.ordering.catalogue import COLUMNS, Catalogue, Product, Restriction, Size
from bot.ordering.sizes import parse_size

SHIPPED = Path(__file__).parents[2] / "bot" / "data" / "catalogue.csv"
HEADER = ",".join(COLUMNS) + "\n"
GOOD = "k1,Lettmelk 1 %,Tine,1 l,stk,18.90,Melk,2100000010014,,\n"


def read(*rows: str, header: str = HEADER) -> Catalogue:
    return Catalogue.from_csv("".join((header, *rows)).splitlines(keepends=True), "prøve.csv")


def refusal(*rows: str, header: str = HEADER) -> str:
    with pytest.raises(CatalogueError) as caught:
        read(*rows, header=header)
    return str(caught.value)


def only(row: str) -> Product:
    return read(row).products[0]


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        return Catalogue.from_csv(lines, SHIPPED.name)


# --- sizes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "amount", "unit", "pieces"),
    [
        ("1 l", "1", "l", 1),
        ("1,5 l", "1.5", "l", 1),
        ("0,5l", "0.5", "l", 1),
        ("1.75 liter", "1.75", "l", 1),
        ("2 dl", "0.2", "l", 1),
        ("70cl", "0.7", "l", 1),
        ("250 ml", "0.25", "l", 1),
        ("½ l", "0.5", "l", 1),
        ("1/2 liter", "0.5", "l", 1),
        ("400 g", "0.4", "kg", 1),
        ("400gram", "0.4", "kg", 1),
        ("ca 600 g", "0.6", "kg", 1),
        ("2 hg", "0.2", "kg", 1),
        ("1 kg", "1", "kg", 1),
        ("10 kg", "10", "kg", 1),
        ("4 stk", "4", "stk", 1),
        ("10-pack", "10", "stk", 1),
        ("8 ruller", "8", "stk", 1),
        ("6x0,33 l", "1.98", "l", 6),
        ("6 x 0,5 l boks", "3", "l", 6),
        ("4×125 g", "0.5", "kg", 4),
        ("4 stk, 500 g", "0.5", "kg", 4),
        ("0,33 l boks", "0.33", "l", 1),
    ],
)
def test_size_on_a_pack_is_read_in_base_units(
    text: str, amount: str, unit: str, pieces: int
) -> None:
    assert parse_size(text) == Size(Decimal(amount), unit, pieces)


@pytest.mark.parametrize("text", ["", "stor", "30 m", "38cmx8m", "0 g", "E27", "100 %", "melk"])
def test_size_without_an_amount_is_none(text: str) -> None:
    assert parse_size(text) is None


@given(st.integers(1, 99), st.sampled_from(["g", "kg", "dl", "l", "stk"]))
def test_size_is_the_same_however_it_is_spaced_and_cased(number: int, unit: str) -> None:
    expected = parse_size(f"{number} {unit}")
    assert expected is not None
    assert parse_size(f"{number}{unit}") == expected
    assert parse_size(f"ca. {number} {unit.upper()}") == expected


@given(st.text(max_size=40))
def test_no_size_text_breaks_the_reader(text: str) -> None:
    size = parse_size(text)
    assert size is None or (size.amount > 0 and size.unit in ("l", "kg", "stk"))


# --- good rows --------------------------------------------------------------------------------


def test_a_row_becomes_a_product() -> None:
    product = only('k9,Pilsner,Ringnes,"6x0,5 l boks",stk,"161,40",Øl,,alcohol,12\n')
    assert product == Product(
        product_id="k9",
        name="Pilsner",
        brand="Ringnes",
        size="6x0,5 l boks",
        unit="stk",
        price=Decimal("161.40"),
        category="Øl",
        gtin="",
        restricted=Restriction.ALCOHOL,
        deposit=Decimal("12.00"),
    )
    assert product.content == Size(Decimal(3), "l", 6)


@pytest.mark.parametrize(
    ("name", "brand", "size", "full"),
    [
        ("Lettmelk 1 %", "Tine", "1 l", "Tine Lettmelk 1 % 1 l"),
        ("Coca-Cola uten sukker", "Coca-Cola", "1,5 l", "Coca-Cola uten sukker 1,5 l"),
        ("Bananer", "", "", "Bananer"),
        ("Egg 12 stk", "Prior", "12 stk", "Prior Egg 12 stk"),
        ("Tineost", "Tine", "", "Tine Tineost"),
    ],
)
def test_full_name_says_brand_and_size_once(name: str, brand: str, size: str, full: str) -> None:
    assert Product("1", name, brand, size, "stk", Decimal(1), "").full_name == full


@pytest.mark.parametrize(
    ("size", "unit", "kept_size", "kept_unit"),
    [
        ("1", "l", "1 l", "stk"),
        ('"1,5"', "L", "1,5 l", "stk"),
        ("400", "g", "400 g", "stk"),
        ("1", "kg", "1 kg", "stk"),
        ("6", "stk", "6 stk", "stk"),
        ("1", "stk", "", "stk"),
        ("", "kg", "", "kg"),
        ("ca 600 g", "kg", "ca 600 g", "kg"),
        ("1 l", "", "1 l", "stk"),
        ("400 g", "pk.", "400 g", "stk"),
    ],
)
def test_sizes_of_other_grocers_are_understood(
    size: str, unit: str, kept_size: str, kept_unit: str
) -> None:
    product = only(f"1,Vare,,{size},{unit},10,,,,\n")
    assert (product.size, product.unit) == (kept_size, kept_unit)


@pytest.mark.parametrize(
    ("text", "restricted"),
    [
        ("", Restriction.NONE),
        ("nei", Restriction.NONE),
        ("0", Restriction.NONE),
        ("false", Restriction.NONE),
        ("alcohol", Restriction.ALCOHOL),
        ("Alkohol", Restriction.ALCOHOL),
        ("TRUE", Restriction.ALCOHOL),
        ("1", Restriction.ALCOHOL),
        ("ja", Restriction.ALCOHOL),
        ("tobakk", Restriction.TOBACCO),
        ("tobacco", Restriction.TOBACCO),
    ],
)
def test_restriction_in_both_languages(text: str, restricted: Restriction) -> None:
    assert only(f"1,Vare,,,stk,10,,,{text},\n").restricted is restricted


def test_columns_may_stand_in_any_order_with_others_between_them() -> None:
    catalogue = read(
        "19.90,stk,Melk,x1,Helmelk,rød,,,Tine,1 l,2\n",
        header="price,unit,category,product_id,name,colour,gtin,restricted,brand,size,deposit\n",
    )
    product = catalogue["x1"]
    assert (product.name, product.brand, product.size) == ("Helmelk", "Tine", "1 l")
    assert (product.price, product.deposit) == (Decimal("19.90"), Decimal("2.00"))


def test_byte_order_mark_semicolons_blank_lines_and_windows_line_ends() -> None:
    catalogue = Catalogue.from_csv(
        [
            "\ufeff" + ";".join(COLUMNS) + "\r\n",
            "\r\n",
            "1;Helmelk;Tine;1,5 l;stk;19,90;Melk;;;\r\n",
            ";;;;;;;;;\r\n",
        ]
    )
    assert [each.price for each in catalogue] == [Decimal("19.90")]


def test_a_catalogue_is_asked_by_id() -> None:
    catalogue = read(GOOD, "k2,Helmelk,Tine,1 l,stk,20.60,Melk,,,\n")
    assert len(catalogue) == 2
    assert [each.product_id for each in catalogue] == ["k1", "k2"]
    assert catalogue["k2"].name == "Helmelk"
    assert catalogue.get("k3") is None
    assert "k1" in catalogue and "k3" not in catalogue
    with pytest.raises(KeyError):
        catalogue["k3"]


@given(st.decimals(min_value=0, max_value=99999, places=2))
def test_every_price_comes_back_to_the_ore(price: Decimal) -> None:
    assert only(f"1,Vare,,,stk,{price},,,,\n").price == price
    comma = str(price).replace(".", ",")
    assert only(f'1,Vare,,,stk,"{comma}",,,,\n').price == price


# --- bad rows ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("k2,Ost,,,stk,abc,,,,\n", "linje 3: prisen «abc» er ikke et tall"),
        ("k2,Ost,,,stk,NaN,,,,\n", "linje 3: prisen «NaN» er ikke et tall"),
        ("k2,Ost,,,stk,1e3,,,,\n", "linje 3: prisen «1e3» er ikke et tall"),
        ("k2,Ost,,,stk,-5,,,,\n", "linje 3: prisen «-5» er negativ"),
        ("k2,Ost,,,stk,9.999,,,,\n", "linje 3: prisen «9.999» har mer enn to desimaler"),
        ("k2,Ost,,,stk,,,,,\n", "linje 3: prisen mangler"),
        ("k2,Ost,,,stk,10,,,,to\n", "linje 3: panten (deposit) «to» er ikke et tall"),
        ("k2,Ost,,,stk,10,,,,-2\n", "linje 3: panten (deposit) «-2» er negativ"),
        (",Ost,,,stk,10,,,,\n", "linje 3: varenummeret (product_id) mangler"),
        ("k2, ,,,stk,10,,,,\n", "linje 3: navnet (name) mangler"),
        ("k1,Ost,,,stk,10,,,,\n", "linje 3: varenummeret «k1» står allerede på linje 2"),
        (
            "k2,Ost,,,stk,10,,2100000010014,,\n",
            "linje 3: strekkoden (gtin) «2100000010014» står allerede på linje 2",
        ),
        ("k2,Ost,,,stk,10,,7E+12,,\n", "linje 3: strekkoden (gtin) «7E+12» er ikke bare sifre"),
        ("k2,Ost,,,stk,10,,,kanskje,\n", "linje 3: restricted «kanskje» er ukjent"),
        ("k2,Ost,,stk,10,,,,\n", "linje 3: 9 felter, men overskriften har 10"),
        (
            "k2,Ost,,,stk,19,90,,,,\n",
            "linje 3: 11 felter, men overskriften har 10 (et felt med komma i må stå i",
        ),
        ('k2,"Ost"x,,,stk,10,,,,\n', "linje 3: raden er ikke gyldig CSV"),
    ],
)
def test_a_bad_row_is_named_with_its_line(row: str, problem: str) -> None:
    text = refusal(GOOD, row)
    assert problem in text
    assert text.startswith("Varekatalogen «prøve.csv» kan ikke brukes (1 feil): linje 3: ")
    assert text.endswith(".")


def test_all_bad_rows_are_named_at_once() -> None:
    text = refusal(
        GOOD,
        "k2,Ost,,,stk,dyr,,,,\n",
        'k3,"navn over\nto linjer",,,stk,10,,,,\n',
        "\n",
        "k1,,,,stk,-1,,,,\n",
        "k4,Brød,,,stk,10\n",
    )
    assert re.findall(r"linje \d+: \w+", text) == [
        "linje 3: prisen",
        "linje 7: varenummeret",
        "linje 7: navnet",
        "linje 7: prisen",
        "linje 8: 6",
    ]
    assert "(5 feil)" in text


def test_very_many_problems_are_counted_and_not_all_shown() -> None:
    text = refusal(*(f"k{n},Ost,,,stk,x,,,,\n" for n in range(250)))
    assert "(250 feil)" in text and text.endswith("; og 150 feil til.")


@pytest.mark.parametrize("missing", COLUMNS)
def test_a_missing_column_is_named(missing: str) -> None:
    columns = [name for name in COLUMNS if name != missing]
    text = refusal("1,2,3,4,5,6,7,8,9\n", header=",".join(columns) + "\n")
    assert f"(1 feil): linje 1: kolonnen «{missing}» mangler." in text


def test_a_column_that_stands_twice_is_named() -> None:
    text = refusal(header=HEADER.strip() + ",price\n")
    assert "linje 1: kolonnen «price» står 2 ganger" in text


def test_a_file_without_products_is_refused() -> None:
    assert "det står ingen varer under overskriften" in refusal()
    with pytest.raises(CatalogueError, match="kolonnen «product_id» mangler"):
        Catalogue.from_csv([])
    with pytest.raises(CatalogueError, match="tom"):
        Catalogue([])


def test_products_with_the_same_id_are_refused_without_a_file_too() -> None:
    product = only(GOOD)
    with pytest.raises(CatalogueError, match="samme varenummer"):
        Catalogue([product, product])


# --- the shipped catalogue --------------------------------------------------------------------


def test_shipped_catalogue_is_large_and_has_departments(shipped: Catalogue) -> None:
    assert 2500 <= len(shipped) <= 3200
    departments = Counter(each.category for each in shipped)
    assert 40 <= len(departments) <= 80
    assert min(departments.values()) >= 8


def test_shipped_catalogue_says_no_product_twice(shipped: Catalogue) -> None:
    names = Counter((each.full_name.casefold(), each.unit) for each in shipped)
    assert [name for name, times in names.items() if times > 1] == []


def test_shipped_barcodes_are_in_house_and_check(shipped: Catalogue) -> None:
    for product in shipped:
        digits = [int(digit) for digit in product.gtin]
        assert len(digits) == 13 and digits[0] == 2, product
        weighted = sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits))
        assert weighted % 10 == 0, product


def test_shipped_names_are_clean(shipped: Catalogue) -> None:
    for product in shipped:
        name = product.name
        assert name == " ".join(name.split()), product
        assert name[0].isupper() or name[0].isdigit(), product
        assert not re.search(r"[?|]|\bm/|\bu/|Folkets|\bstykk\b", name), product
        assert Decimal("0.50") <= product.price < Decimal(800), product
        assert product.unit == "stk" or product.price >= 10, product


def test_shipped_alcohol_and_tobacco_are_marked(shipped: Catalogue) -> None:
    for product in shipped:
        expected = {
            "Øl og cider": Restriction.ALCOHOL,
            "Tobakk": Restriction.TOBACCO,
        }.get(product.category, Restriction.NONE)
        assert product.restricted is expected, product
    free = [each.name for each in shipped if each.category == "Alkoholfritt øl"]
    assert any(name.startswith("Munkholm") for name in free)


def test_shipped_deposit_is_by_bottle(shipped: Catalogue) -> None:
    by_name = {(each.name, each.size): each.deposit for each in shipped}
    assert by_name["Coca-Cola", "1,5 l"] == 3
    assert by_name["Coca-Cola", "0,5 l"] == 2
    assert by_name["Coca-Cola", "4x0,33 l"] == 8
    assert by_name["Ringnes Pilsner", "6x0,5 l boks"] == 12
    assert by_name["Lettmelk 1 %", "1 l"] == 0
    drinks = {"Brus", "Vann", "Øl og cider", "Alkoholfritt øl", "Energidrikk, iste og iskaffe"}
    assert {each.category for each in shipped if each.deposit} <= drinks


@pytest.mark.parametrize(
    ("brand", "name", "size"),
    [
        ("Tine", "Lettmelk 1 %", "1 l"),
        ("Tine", "Lettmelk 1 %", "1,75 l"),
        ("Q", "Lettmelk 1 %", "1 l"),
        ("Tine", "Helmelk", "0,5 l"),
        ("Tine", "Skummet melk", "1 l"),
        ("Tine", "Rømmekolle", "300 g"),
        ("Prior", "Frittgående egg", "6 stk"),
        ("Prior", "Frittgående egg", "12 stk"),
        ("Prior", "Frittgående egg", "18 stk"),
        ("Bakehuset", "Kneippbrød", "750 g"),
        ("Gilde", "Kjøttdeig 14 %", "400 g"),
        ("Gilde", "Medisterdeig", "500 g"),
        ("Stabburet", "Makrell i tomat", "170 g"),
        ("Mills", "Kaviar", "175 g"),
        ("Tine", "Gudbrandsdalsost G35", "500 g"),
        ("Friele", "Kaffe frokostkaffe filtermalt", "250 g"),
        ("Zalo", "Oppvaskmiddel original", "500 ml"),
        ("Stabburet", "Grandiosa original", "575 g"),
        ("Freia", "Kvikk Lunsj", "47 g"),
        ("", "Bananer", ""),
        ("", "Poteter i løsvekt", ""),
    ],
)
def test_shipped_catalogue_has_what_people_order(
    shipped: Catalogue, brand: str, name: str, size: str
) -> None:
    assert [
        each.product_id
        for each in shipped
        if (each.brand, each.name, each.size) == (brand, name, size)
    ]


def test_weighed_wares_are_priced_by_the_kilo(shipped: Catalogue) -> None:
    weighed = {each.name for each in shipped if each.unit == "kg"}
    assert {"Bananer", "Poteter i løsvekt", "Gulrøtter i løsvekt", "Kålrot"} <= weighed


def test_the_file_is_written_as_the_contract_says() -> None:
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    assert rows[0] == list(COLUMNS)
    assert all(re.fullmatch(r"\d+\.\d\d", row[5]) for row in rows[1:])
    assert all(re.fullmatch(r"k\d{4}", row[0]) for row in rows[1:])
