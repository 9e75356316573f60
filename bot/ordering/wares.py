"""Everyday wares that stand alone: two of them in a row are two wares, not one with a modifier.

Needed only for speech without commas: the shop has a pizza with both words of "ost skinke", but
whoever says them in a row wants cheese and ham.
"""

from bot.ordering.lemmas import word_set

WARES = word_set(
    """
    melk melka melken mjølk mjølka mjelk lettmelk helmelk skummetmelk kulturmelk brød brødet brau
    loff kneipp kneippbrød grovbrød rundstykker rundstykke horn boller smør smøret margarin ost
    osten gulost hvitost brunost geitost norvegia jarlsberg egg egga eggene fløte rømme yoghurt
    yogurt skinke salami leverpostei kaviar makrell syltetøy pålegg kaffe kaffen te sukker mel
    hvetemel havregryn salt pepper ris pasta spaghetti makaroni poteter potet potetene gulrot
    gulrøtter løk hvitløk purre tomat tomater agurk paprika salat kål brokkoli blomkål kålrot
    epler eple bananer banan appelsiner appelsin pærer pære druer sitron sitroner jordbær blåbær
    bringebær fisk laks torsk sei fiskekaker fiskeboller fiskepinner kjøttdeig kjøttkaker pølser
    kylling biff bacon koteletter kotelett svinekoteletter karbonader lapskaus suppe saus ketchup
    sennep majones brus cola solo saft juice øl pils vann farris sjokolade kjeks knekkebrød kake
    kaker is chips potetgull nøtter vafler dopapir tørkerull kjøkkenrull såpe oppvaskmiddel
    vaskepulver tannkrem sjampo servietter bleier batterier lyspærer krydder olje eddik gjær
    vaniljesukker bakepulver kakao honning reker sild grøt erter mais bønner linser lompe lomper
    lefse pizza tunfisk ketsjup havregrøt risgrøt majonesen pærene eplene bananene tomatene
    gulrøttene potetskiver rosiner
    """
)

#: Wares that commonly end a compound: "eple juice" is one ware although both words are.
COMPOUND_HEADS = word_set(
    """
    suppe saus grøt is juice saft kake kaker syltetøy chips fløte olje krydder yoghurt yogurt kjeks
    syltetøyet juicen
    boller pølser mel såpe fiskekaker pizza
    """
)

#: Pairs that are one ware although the second word usually is one of its own.
COMPOUNDS = frozenset(
    {("potet", "salat"), ("egg", "salat"), ("smør", "brød"), ("lefse", "smør"), ("hvitløk", "smør")}
)
