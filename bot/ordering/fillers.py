"""Words that carry no ware: hesitation, politeness, pronouns, auxiliaries, where and when.

All in bokmål: `bot.ordering.norwegian.plain` has already turned dialect function words into it.
"""

from __future__ import annotations

from bot.ordering.lemmas import word_set

FILLERS = word_set(
    """
    a bla hva lure lurar lurt sa sagt si sier ass assa vettu vøtt sjønner skjønner sjø eh øh æh ehm
    øhm hm hmm hmmm mhm mm mmm åh oi uff ah aha øhh ehh øøh eee øy å hei hallo heisan halla hællæ
    god heia morn mårn morna godmorgen goddag hoi ja jo jau jada joda jepp jøss javel jaja jasså
    okei ok okay oki fint flott supert bra greit takk tusen mange please vennligst snill snille
    liksom altså lissom alså sånn slik vel da dæ jaggu jammen faktisk egentlig kanskje helst
    gjerne bare kun omtrent cirka ca sirka rundt sikkert visst nemlig ellers likevel også enda
    ennå igjen nå så deretter etterpå først til slutt forresten forøvrig uansett selvfølgelig
    selvsagt absolutt endelig samtidig uheldigvis dessverre heldigvis jeg meg du deg han ham henne
    hun vi oss dere de dem den det denne dette disse man seg min mitt mine mi din ditt dine vår
    vårt våre sin sitt sine hans hennes deres er var være vært har hadde ha hatt blir ble bli
    blitt skal skulle vil ville kan kunne må måtte bør burde får fikk få tar tok tatt ta kjøper
    kjøpe kjøpt kjøp bestille bestiller bestill bestilt ønsker ønske fått ønskes trenger trengte
    trengs trenges behøver sender send sende gi gir levere leverer leverert leveres håper tror
    tenkte tenker lurte lurer hører syns synes ser går gå gjør gjøre gjort kommer komme kom vet
    veit visste hent hente henter skaff skaffe finn finne legg legger legge lagt sett setter skriv
    skrive skriver før husk husker huske handle handler handla handlet noter notere putt putte
    slenger slenge sleng slengt ordne ordner fiks fikse mangler mangla manglet la lar i på av med
    for fra om hos ved at som hvis når mens der her hit dit hjem hjemme og eller men enn noe noen
    all alt alle hele begge både selv sånt slikt annet andre annen mer flere helt ganske veldig
    litt nok ordentlig skikkelig dag kveld morgen morra idag imorgen imorra ikveld uke uka uken
    ukas ukens helg helga helgen mandag tirsdag onsdag torsdag fredag lørdag søndag liste lista
    listen lister handleliste handlelista handlelisten handlelapp handlelappen huskeliste
    huskelista kurv kurven kurva korga handlekurv handlekurven handlekurva vogn vogna vognen
    handlevogn handlevogna korg bestilling bestillinga bestillingen ordre ordren ordra butikk
    butikken butikken's slags type typen sort sorten deler delene
    sitter sitt satt sitte står stod stå ligger lå ligge bor bodde bo heter het døde dør levde
    lage lager laga spise spiser spist drikke drikker drakk sove sover sov snakke snakker snakket
    prate prater pratet ringe ringer ringte sendte jobbe jobber vente venter ventet bruke bruker
    brukt brukte mene mener mente høre hørte se så sett såg føle føler følte leve lese leser leste
    skjer skjedde hende hender pleier pleide liker likte elsker hater savner savnet klarer klarte
    orker orket rekker prøver prøvde holder holdt passer passet stemmer begynner begynte slutter
    sluttet maten mat middagen kvelden morgenen dagen dagene siden fordi derfor altfor litegrann
    ganske nesten aldri alltid ofte noengang iblant sjelden snart straks plutselig sikkert
    hjelper hjalp hjelpe besøk besøke besøker besøket gjester gjest jula påska bursdag bursdagen
    ensom trist lei glad sliten
    sulten tørst redd alene pus katten hunden
    varer varene ting tingene greier søndagen mandagen tirsdagen onsdagen
    torsdagen fredagen lørdagen gangen gang ganga ganger sammen orden rett riktig vennen kjære
    merke merket x × komma prosent vær unnskyld
    beklager orsak sorry att brukeren pasienten beboeren
    """
)
# `god`, `hele`, `andre`, `kurv` and the like are fillers only where the vocabulary does not know
# better: see `bot.ordering.request`.

#: Adjectives that, after "den" and without a noun, describe the ware just named.
DESCRIBING = word_set(
    """
    grønn grønne blå blåe rød røde rau raud raude gul gule rosa lilla svart svarte hvit hvite kvit
    kvite brun brune lys lyse mørk mørke oransje stor store liten lille vesle små minste største
    størst minst vanlig vanlige vanleg vanlege økologisk økologiske billig billige billigste
    billigaste dyr dyre dyreste grov grove groveste fin fine lett lette ekstra søt søte sure sur
    usaltet usaltede saltet saltede mager magre magreste feit feite fete fet lettere tynne tynn
    tykk tykke nye ny gamle gammel ferske fersk frosne frossen frosen milde mild sterk sterke
    røkte røkt glutenfri glutenfrie laktosefri laktosefrie sukkerfri sukkerfrie koffeinfri
    koffeinfrie halvgrov halvgrove norsk norske hele hel halve halv runde firkantede oppskåret
    oppskårne skivet skivede revet revne filtermalt filtermalte kokmalt kokmalte skummet skumma
    tjukk tjukke tjukt kokt kokte stekt stekte
    helt tørr tørre våt våte lang lange kort korte god gode beste flytende hard harde myk myke
    grovt fint lett grønt blått rødt raudt gult svart hvitt kvitt brunt lyst mørkt stort lite
    surt søtt magert feitt fett nytt ferskt frossent mildt sterkt økologisk halvgrovt vanlig
    glutenfritt laktosefritt sukkerfritt koffeinfritt alkoholfritt saltet usaltet tynt tykt dyrt
    lettsaltet lettsalta lettsaltede fiberrik fiberrikt fiberrike proteinrik proteinrikt
    proteinrike
    minsta billigst rimeligste rimelige rimelig naturell naturlig alkoholfri alkoholfrie
    """
)

#: Words that make a following word one thing with the former, in a product's name.
LINKS = word_set("mot i med m på uten u til fra for av utan ved")

DETERMINERS = frozenset(
    {"den", "det", "de", "denne", "dette", "disse", "dem", "sånn", "sånne", "sånt", "slik", "slikt",
     "slike"}
)  # fmt: skip
