"""What random talks are made of: wares, numbers, ways of speaking, and what does not belong."""

WARES = (
    "loff", "grovbrød", "kaviar", "melk", "lettmelk", "helmelk", "egg", "poteter", "kaffe",
    "brunost", "makrell i tomat", "eplejuice", "solo", "ringnes pilsner", "prince", "bananer",
    "syltetøy", "fine rundstykker", "pepsi", "kjøttdeig", "sukker", "brød", "ost", "juice",
)  # fmt: skip
AMOUNTS = (
    "en", "et", "to", "tre", "fem", "tolv", "null", "0", "minus to", "1e9", "500", "99999999999",
    "halvannen", "en halv", "et par", "noen", "litt", "to kilo", "tre liter", "en pakke", "to til",
    "hundre tusen", "3,5", "1/2", "2x", "dusin", "tre-fire", "én", "½", "²", "٣", "nan", "-1",
)  # fmt: skip
SPEECH = (
    "jeg vil ha", "ta bort", "ikke", "nei", "ja", "og", "eller", "men", "nei jeg mente", "bytt",
    "med", "i stedet for", "heller", "uten", "alt unntatt", "det samme", "en av hver", "begge",
    "den andre", "den siste", "den billigste", "nummer to", "hva koster", "hva slags", "har dere",
    "det var alt", "angre", "avbryt", "stopp", "som vanlig", "hva sa du", "hjelp", "menneske",
    "takk", "hei", "ferdig", "bestill", "hvor mye", "av dem", "til sammen", "den", "likevel",
    "dobbelt så mange", "halvparten", "den store", "uff", "[unk]", "kanskje", "ingen av dem",
)  # fmt: skip
STRANGE = (
    "<script>alert(1)</script>", "<b>", "'; DROP TABLE orders; --", "/affirm", "/restart", "🍞",
    "👍", "{{7*7}}", "${jndi:x}", "\x00", "\x1b[31m", "\u200b", "\u202e", "\ufeff", "«", "»",
    "...", "???", "---", "xqzwxq", "zzzzzz", "أريد", "我要", "dzień dobry", "hello", "a" * 300,
    "\n", "\t", "1.", "2.", "-", "*", ";", ",", "(", ")", "\\", "%s", "{}", "\u0301", "ǅ", "ﬁ",
)  # fmt: skip
#: Of these alone nothing can be ordered, and nothing in a basket may change.
NONSENSE = (
    "xqzwxq",
    "qwxzzq",
    "wzxqq",
    "🍞",
    "👍",
    "<b>",
    "{{}}",
    "...",
    "\x00",
    "\u200b",
    "我要",
)
