"""What is no Norwegian order at all: markup, code, addresses, other languages.

Nothing of it may be read as wares ("wo ist der Bahnhof" names none), and the answer is that the
grocer's assistant cannot help with it. Danish and Swedish are near enough to be understood.
"""

from __future__ import annotations

import re

from bot.ordering.lemmas import word_set

_CODE = re.compile(
    r"^\s*\+?\d[\d\s]{7,}$|[<>{}\\`$]|--\s*$|\b\w+\([^)]*\)|https?:|\bwww\.|\w@\w|^\s*;|&&|\|\||=="
    r"|\b(?:select|drop|delete|insert|update)\b.*\b(?:from|table|into|set)\b",
    re.IGNORECASE,
)

#: Small words of English, German, French, Spanish, Polish, Somali, Finnish, Arabic and Urdu in
#: Latin letters that no Norwegian says and no ware is called.
_FOREIGN = word_set(
    """
    the want would please and you are your what where when how much does have need could this that
    there my with from give order milk bread hello thanks thank ignore all previous tell me i'd
    can't don't is it do
    ich du möchte bitte wo ist der die das und wie viel kostet ein eine brot milch haben nicht danke
    guten tag auf
    je voudrais du pain lait s'il vous plaît merci bonjour où est combien
    quiero hola gracias por favor tienen pan leche dónde está cuánto buenos días
    dzień dobry proszę chcę mleko chleb gdzie jest ile kosztuje dziękuję poproszę
    waxaan rabaa fadlan caano rooti mahadsanid
    minä haluan maitoa leipää kiitos missä
    mujhe chahiye doodh shukriya kya hai salam aleikum marhaba shukran
    """
)
#: Those of them that are Norwegian words or wares as well, and say nothing by themselves.
_ALSO_NORWEGIAN = word_set("du der die is it all pan my tag do order the auf ein eine je")
#: So many words of another language, and no word that only Norwegian has, and it is that language.
_FEWEST = 2
_NORWEGIAN = word_set(
    """
    jeg eg æ je ikke ikkje itj og å på til av som har er var det vil skal kan må få en et ei ha med
    meg mæ deg hva ka kva hvor kor når noe litt så da nå nei ja takk kjøpe bestille trenger
    """
)


def is_code(text: str) -> bool:
    """Whether a text is markup, code or an address, and nothing that a person says."""
    return _CODE.search(text) is not None


#: Letters of other scripts than the Latin one, and marks that only Spanish has.
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1fff\u3040-\u9fff\uac00-\ud7af¿¡]")


def is_foreign(text: str) -> bool:
    """Whether a text is in a language that the bot does not speak."""
    if _OTHER_SCRIPT.search(text) is not None:
        return True
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text.casefold())
    if not words or _NORWEGIAN.intersection(words):
        return False
    telling = [word for word in words if word in _FOREIGN and word not in _ALSO_NORWEGIAN]
    known = [word for word in words if word in _FOREIGN]
    return len(telling) >= _FEWEST and 2 * len(known) >= len(words)
