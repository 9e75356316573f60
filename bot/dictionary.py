"""Which words are Norwegian at all, and of which class: Norsk Ordbank as a Bloom filter.

spaCy's lookup tables hold every form of Norsk Ordbank (bokmål), but take seconds and half a
gigabyte to read. What the shop needs is only whether a word is there, so the forms are kept as a
Bloom filter of the same family (preshed): under a megabyte, read in a tenth of a second, wrong
about one strange word in a hundred. `python -m bot.dictionary` writes it anew from the tables.
"""

from __future__ import annotations

import lzma
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from preshed.bloom import BloomFilter

FILE = Path(__file__).parent / "data" / "words_nb.bloom.xz"
#: The share of strange words that are taken for Norwegian ones.
ERROR_RATE = 0.01
CLASSES = ("noun", "verb", "adj")


class Dictionary:
    """The inflected forms of bokmål by class; immutable."""

    def __init__(self, forms: BloomFilter) -> None:
        self._forms = forms

    def is_noun(self, word: str) -> bool:
        """Whether a lower-case word is a form of a noun."""
        return _key("noun", word) in self._forms

    def is_verb(self, word: str) -> bool:
        """Whether a lower-case word is a form of a verb."""
        return _key("verb", word) in self._forms

    def is_adjective(self, word: str) -> bool:
        """Whether a lower-case word is a form of an adjective, participles included."""
        return _key("adj", word) in self._forms

    def __contains__(self, word: object) -> bool:
        """Whether a lower-case word is Norwegian of any of these classes."""
        return isinstance(word, str) and (
            self.is_noun(word) or self.is_verb(word) or self.is_adjective(word)
        )


@lru_cache(maxsize=1)
def dictionary() -> Dictionary:
    """The dictionary that is part of the program; read once."""
    return Dictionary(BloomFilter().from_bytes(lzma.decompress(FILE.read_bytes())))


def _key(word_class: str, word: str) -> int:
    digest = blake2b(f"{word_class} {word}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def build(path: Path = FILE) -> int:
    """Write the filter from spaCy's tables; returns how many forms are in it."""
    from spacy.lookups import load_lookups

    table = load_lookups("nb", ["lemma_exc"]).get_table("lemma_exc")
    keys = {_key(each, form) for each in CLASSES for form in table[each]}
    forms = BloomFilter.from_error_rate(len(keys), ERROR_RATE)
    for key in sorted(keys):
        forms.add(key)
    path.write_bytes(lzma.compress(forms.to_bytes()))
    return len(keys)


if __name__ == "__main__":
    print(f"{build()} forms in {FILE}")
