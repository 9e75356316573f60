"""Phrases that say what is to happen with the wares around them, as a longest-match table."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from bot.ordering.norwegian import Token, plain


class Cue(Enum):
    """What a phrase of the table does in a request."""

    ADD = "add"
    WANT = "want"  # "jeg vil ha": adds, unless a correction or "i stedet" says otherwise
    REMOVE = "remove"  # "ta bort": holds for the whole list that follows
    NOT = "not"  # "ikke", "uten": holds for one ware and what "og" ties to it
    AWAY = "away"  # "bort", "vekk": makes the wares before it go out
    CHANGE = "change"
    REPLACE = "replace"
    INSTEAD = "instead"  # "i stedet for": new before, old after
    IN_STEAD = "in_stead"  # "i stedet" with nothing after
    RATHER = "rather"  # "heller"
    THAN = "than"
    CORRECTION = "correction"
    BUT = "but"
    OR = "or"
    OF_THEM = "of_them"
    OF_EACH = "of_each"
    LESS = "less"
    MORE = "more"
    QUESTION = "question"
    CHAT = "chat"  # "jeg skal bake …": what follows is a story, not an order
    FILLER = "filler"


_TABLE: dict[Cue, str] = {
    Cue.ADD: """
    jeg ikke har|jeg ikke har mer|jeg ikke har noe|vi ikke har|vi ikke har mer|vi ikke har noe
    må være med|må være med nå|skal være med|må bli med|får være med
    har alt unntatt|har alt bortsett fra|har alt utenom|har det meste unntatt
    jeg ha ikke|vi ha ikke|vi er uten|jeg er uten|er nesten uten|er helt uten|er snart uten
    står uten|er det slutt på|er det tomt for
    jeg har glemt|jeg har ikke|jeg har ikke mer|jeg har ikke noe mer|jeg har ikke noe|jeg har ingen
    vi har ikke|vi har ikke mer|vi har ikke noe mer|vi har ikke noe|vi har ingen|har ingen
    jeg har ikke igjen|har ikke igjen|jeg har sluppet opp for|har sluppet opp for
    ta me|legg me|lagt til|kunne du lagt til|skrevet opp|satt opp|tatt med|lagt i|lagt inn|kjøpt
    bestilt|og med|men med|kunne jeg fått|kunne jeg ha fått|legg til|legg te|legg inn|legg i
    legg oppi|legg på|legger til|legge til|la til|ta med|tar med|sett opp|sett på|sett inn
    skriv opp|skriv på|skriv ned|skriv inn|før opp|før på|noter ned|noter|kjøp inn|kjøp|kjøpe
    bestill|bestille|pluss|pluss på|i tillegg til|i tillegg|husk på|husk|få med|hiv med|hiv oppi
    hiv på|sleng med|sleng på|sleng oppi|slenge med|slenge på|putt i|putt oppi|putt på|glem ikke
    ikke glem|ikke glemme|må ikke glemme|ikke gløym|glem nå ikke|glemte|har glemt|hadde glemt|glemt
    har ikke mer|har ikke noe mer|har ikke noe|har ikke|har vi ikke|er tom for|er tomme for|tom for
    tomme for|gått tom for|gått tomme for|er fri for|slutt på|ta også|samt|dessuten|legg også til
    legg også|legg og til|ta og med|ha oppi|ha i|kan du legge til|kan du ta med|spe på med
    fyll på med|ha med
    """,
    Cue.WANT: """
    kan du ikke sende|kan du ikke sende med|kan du ikke bestille|kan du ikke kjøpe
    kan du ikke skrive opp|kan du ikke ta med|kan du ikke legge til|kan du ikke få med
    kan du ikke finne|kan du ikke sette opp|kan ikke du sende|kan ikke du sende med
    kan ikke du bestille|kan ikke du kjøpe|kan ikke du skrive opp|kan ikke du ta med
    kan ikke du legge til|kan ikke du få med|kan ikke du finne|kan ikke du sette opp
    kunne du ikke sende|kunne du ikke sende med|kunne du ikke bestille|kunne du ikke kjøpe
    kunne du ikke skrive opp|kunne du ikke ta med|kunne du ikke legge til|kunne du ikke få med
    kunne du ikke finne|kunne du ikke sette opp|kunne ikke du sende|kunne ikke du sende med
    kunne ikke du bestille|kunne ikke du kjøpe|kunne ikke du skrive opp|kunne ikke du ta med
    kunne ikke du legge til|kunne ikke du få med|kunne ikke du finne|kunne ikke du sette opp
    kan dere ikke sende|kan dere ikke sende med|kan dere ikke bestille|kan dere ikke kjøpe
    kan dere ikke skrive opp|kan dere ikke ta med|kan dere ikke legge til|kan dere ikke få med
    kan dere ikke finne|kan dere ikke sette opp|vil du ikke sende|vil du ikke sende med
    vil du ikke bestille|vil du ikke kjøpe|vil du ikke skrive opp|vil du ikke ta med
    vil du ikke legge til|vil du ikke få med|vil du ikke finne|vil du ikke sette opp
    fikk jeg lyst på|jeg fikk lyst på|fikk lyst på|fått lyst på|så lyst på|fikk jeg så lyst på
    jeg har bruk for|jeg har behov for|vi har bruk for|vi har behov for|vi har lyst på
    jeg har tenkt på|jeg har tenkt å ha|jeg har tenkt å kjøpe
    kunne fått|skulle fått|jeg har lyst på|da tar jeg|så tar jeg|da blir det|så blir det|blir det
    da må det bli|kan ikke jeg få|kan jeg ikke få|kunne jeg ikke få|kan ikke vi få|kan vi ikke få
    kunne ikke jeg få|har ikke du|har du ikke|har dere ikke|kan du ikke gi meg|kan ikke du gi meg
    kan du gi meg|kunne du gitt meg|har du|da vil jeg ha|så vil jeg ha|jeg vil også ha|vil også ha
    skal også ha|skal vi si|hadde vært godt med|jeg vil ha|vil ha|vil jeg ha|vil gjerne ha
    jeg vil gjerne ha|ville ha|vil vi ha|skal ha|jeg skal ha|skal jeg ha|skulle ha|skulle gjerne ha
    skulle gjerne hatt|skulle hatt|skulle vi hatt|jeg trenger|trenger jeg|trenger vi|trenger
    vi trenger|kan jeg få|kunne jeg få|kan vi få|må ha|må jeg ha|må vi ha|må få|om jeg kunne få
    om jeg kan få|kunne få|får jeg|jeg tar|tar jeg|vi tar|ønsker meg|ønsker|ønsker jeg|gi meg
    gi oss|send meg|la meg få|har lyst på|kunne tenke meg|kunne tenkt meg|kunne godt tenke meg
    mangler|behøver|ha meg|jeg mangler|skal bestille|vil bestille|vil kjøpe|skal kjøpe
    vil jeg bestille|få lov å få|kan få|skal vi ha|kan du sende|kan du kjøpe|kan du bestille
    fikk jeg|vil jeg gjerne ha|må vi kjøpe|må kjøpe|må jeg kjøpe|må jeg få|jeg ville hatt
    ville hatt|ville gjerne hatt|har bruk for|har behov for|hadde vært fint med|hadde smakt med
    hadde det vært godt med|hadde det vært fint med|hadde det vært godt|det hadde vært godt med
    hadde det smakt med|det hadde smakt med|det hadde vært fint med|hadde det gjort seg med
    det hadde gjort seg med|hadde det passet med|frister med|blir det godt med
    passer med|jeg prøver|prøver jeg|jeg prøve|vi prøver|jeg prøver meg på|la oss prøve
    så var det|det var|det er|det blir|så er det|det skal være|skal det være
    det skulle være|det skulle vært|skulle det vært|skulle det være|det får bli|får bli|får det bli
    """,
    Cue.REMOVE: """
    ta den ut|ta det ut|ta dem ut|ta de ut|ta den bort|ta det bort|ta dem bort|ta de bort
    ta den vekk|ta det vekk|ta dem vekk|ta de vekk
    vent med|vente med|venter med|vi venter med|la oss vente med|jeg venter med
    ta bort|tar bort|ta vekk|tar vekk|ta ut|ta av|tar ut|tar av|fjern|fjerne|fjerner|fjærn|stryk
    stryke|stryker|stryk ut|slett|slette|sletter|dropp|droppe|dropper|kutt|kutte|kutter|kutt ut
    kutte ut|kutter ut|skip|skippe|skipper|hopp over|hoppe over|hopper over|legg tilbake|sløyf
    sløyfe|sløyfer|legge tilbake|glem|bort med|vekk med|ut med|minus|få vekk|få bort|ha bort
    ha vekk|kast ut|kaste ut|slopp|avbestill|avbestille|avbestiller|kanseller|unntatt|bortsett fra
    utenom|foruten|med unntak av|trekk fra|trekk ifra|la være å ta med|la være å kjøpe|la være å ta
    la være med|strek over|streke over|stryk over|sette tilbake|sett tilbake|kan strykes
    kan strykast|kan fjernes|kan droppes|kan sløyfes|kan slettes|kan utgå|kan gå ut|kan gå vekk
    utgår|skal bort|skal vekk
    skal ut|må bort|må vekk|kan du ta bort|kan du ta vekk|kan du fjerne|kan du stryke|kan du droppe
    kan du slette|kan vi droppe|kan vi stryke|ta ifra|angre på|angrer på|angre|angrer
    ombestemte meg på|plukk ut|plukk bort|plukke ut|rydd bort
    """,
    Cue.NOT: """
    skulle ikke hatt|jeg skulle ikke hatt|skulle jeg ikke hatt|ville ikke hatt|skulle ikke vært
    ikke|ikke noe|ikke noen|ikke mer|ikke noe mer|ikke ha|ikke ta med|ikke ta|vil ikke ha
    vil jeg ikke ha|skal ikke ha|skal jeg ikke ha|trenger ikke|trenger jeg ikke|trenger vi ikke
    ikke lenger|ikke ha noe|ikke kjøp|ikke kjøpe|ikke bestill|ikke bestille|ikke legg til|ingen
    uten|utan|utn|ikke ha mer|ikke trenger|har ikke lyst på|har ikke bruk for|har ikke behov for
    ønsker ikke|behøver ikke|behøver jeg ikke|vil ikke ha noe|trenger ikke noe|trenger vi ikke noe
    trenger jeg ikke noe|skal ikke ha noe|nei til|slipper|ikke med|ville ikke ha|skulle ikke ha
    skal vi ikke ha|vil vi ikke ha|har jeg ikke bruk for|har vi ikke bruk for|tar jeg ikke
    tar vi ikke|kan vi ikke ha|ikke noe av|jeg tar ikke|tar ikke|må ikke ha|ville jeg ikke ha
    trenger ikke mer|trenger ikke å ha|skulle jeg ikke ha|har nok|har nok av|har vi nok av
    jeg har nok|jeg har nok av|vi har nok|vi har nok av|jeg har allerede|vi har allerede
    jeg har masse|vi har masse|jeg har fortsatt|vi har fortsatt|jeg har mer enn nok
    har jeg nok av|har allerede|har jeg allerede|har vi allerede
    trenger jeg ikke mer|trenger vi ikke mer|trenger jeg ikke lenger|trenger jeg ikke nå
    vil jeg ikke ha mer|vil jeg ikke ha lenger|kan dere spare meg for|kan du spare meg for
    må dere la ligge|må du la ligge|kan dere la ligge|kan du la ligge|kan dere la være
    kan du la være|får dere la være|får du la være
    """,
    Cue.AWAY: """
    bort|vekk|bort igjen|vekk igjen|tilbake|bort fra lista|vekk fra lista|av lista|ut av kurven
    ut av lista|ut av listen|ut av korga|ut av handlekurven
    """,
    Cue.CHANGE: """
    er nok|er nok nå|er nok til meg|kutt ned på|skjær ned på|kutt ned|trenger ikke mer enn
    ikke mer enn|ikke flere enn
    jeg trenger ikke mer enn|trenger ikke flere enn|skal ikke ha mer enn|vil ikke ha mer enn
    sett ned|sett opp antall|skru opp|endre|endra|endrer|endre til|endra til|endre antall
    endre antallet|endre mengden|endre antall på|endre antallet på|endre mengden av|endre antall av
    forandre|forandre til|juster|justere|juster til|gjør det til|gjør det om til|gjør om til
    gjør den til|gjør dem til|gjør de til|gjør til|gjør om det til|sett det til|sett den til
    sett antall til|sett antallet til|sett ned til|sett opp til|øk til|øk|øke|øk antall|reduser
    redusere|reduser til|senk til|minsk|minsk til|skru ned til|ned til|opp til|bare|kun|kun ha
    nøye meg med|nøyer meg med|holder med|det holder med|klarer meg med|greier meg med|rett til
    rett det til|rett opp til|korriger|korriger til|oppdater|oppdater til|det skal bare være
    det skulle bare være|skal bare ha|vil bare ha|trenger bare|skulle bare ha|skal bare være
    skulle bare være|doble|dobling av|halver|halvere
    """,
    Cue.REPLACE: """
    bytt|kan du bytte|bytte|bytt ut|bytte ut|bytt om|bytter ut|erstatt|erstatte|erstatter|skift
    skift ut|skifte|skifte ut|gjør om|gjør|gjøre om|gjort om|byttet|byttet ut|bytta|bytta ut
    veksle|veksl
    """,
    Cue.INSTEAD: """
    i stedet for|istedenfor|istedet for|isteden for|i steden for|istedetfor|i plassen for
    i stedet for å ha|i stedet for å ta|istadenfor|isteden|heller enn|framfor|fremfor|i stedet av
    som erstatning for|isteafor|i bytte mot|istan for|i stan for
    """,
    Cue.IN_STEAD: "i stedet|istedet|isteden|i stan|istaden|i plassen|i stedet da|i stede",
    Cue.RATHER: """
    heller|heller ha|vil heller ha|vil jeg heller ha|ta heller|tar heller|jeg tar heller|så heller
    skal heller ha|ville heller ha|kan jeg heller få|kan jeg få heller|hellere
    """,
    Cue.THAN: "enn",
    Cue.CORRECTION: """
    jeg bestilte|jeg ba om|ba jeg om|hva er det jeg sier|nei hva er det jeg sier
    nei hva sier jeg|hva sier jeg|hva er det jeg sitter og sier|nei det var ikke det
    jeg sa|nei jeg sa|jeg sa jo|nei|nei nei|nei vent|nei jeg mente|jeg mente|mente jeg
    nei jeg mener|jeg mener|mener jeg|jeg mente å si|mente å si|unnskyld|nei unnskyld
    unnskyld jeg mente|unnskyld jeg mener|nei det var|nei det skulle være|nei det skal være
    eller nei|eller nei forresten|nei forresten|eller rettere sagt|rettere sagt|eller forresten
    eller vent|vent|vent litt|nei vent litt|feil|det var feil|det ble feil|det er feil|det var galt
    jeg sa feil|jeg tok feil|sa feil|tok feil|nei feil|beklager|nei beklager|ombestemte meg
    jeg ombestemte meg|jeg ombestemmer meg|ombestemmer meg|eller nei vent|oi nei|å nei
    nei jeg sa feil|nei men|eller jeg mener|eller jeg mente|korreksjon|retter|jeg retter|nei altså
    nei jeg mente å si|nei da jeg mente|nei det jeg mente var|det jeg mente var|ikke det jeg mente
    det skulle vært|det jeg mener er|det jeg mente er|nei det blir|nei vi sier|vi sier
    nei la oss si|la oss si|nei si|eller skal vi si|skal vi si|nei skal vi si|for å si det sånn
    stopp|stopp litt|orsak|sorry|nei sorry|nei jeg tuller|jeg tuller|nei jeg angrer
    jeg har ombestemt meg|har ombestemt meg|mente|mener|nei er mente|er mente|er mener|mener er
    """,
    Cue.BUT: "men|men heller|derimot",
    Cue.OR: "eller|ellers så",
    Cue.OF_THEM: """
    av dem|av de|av den|av det|av disse|av denne|av dette|av sånn|av sånne|av slike|av sånt|av slik
    av samme slag|av samme sort|av samme type|av det samme|av det samme slaget|av den samme
    av samme slaget|av samme merke|av den samme sorten|av akkurat samme
    av den typen|av den sorten|av det slaget|tå dem|tå den|tå de|tå det
    """,
    Cue.OF_EACH: "av hver|av hvert|av kvar|av kvart|av kver|av kvær|av begge|av alle|tå kvar",
    Cue.LESS: "mindre|færre|minder|for mye|for mange|for meget",
    Cue.MORE: """
    for lite|for få|mer|flere|fler|ekstra av|til av|til av den|til av det|til av dem|til av de
    mer av
    """,
    Cue.QUESTION: """
    hva koster|hva kostet|hvor mye koster|hvor mye er|hva er prisen på|hva blir prisen på|prisen på
    pris på|hva er|hva slags|hva for|hvilke|hvilken|hvilket|finnes det|fins det|er det noe
    er det noen|hvor mye|hvor mange|har dere|fører dere|selger dere|hvor stor|hva har
    hva inneholder|hvorfor|hvordan|når kommer|når får|hva med prisen|hvor dyr|hvor dyrt
    er det dyrt med|har jeg allerede bestilt|har jeg bestilt|hva ligger|hvor|hvem|hva heter
    """,
    Cue.CHAT: """
    har en i|har noen i|har ett i|har et i|har litt i|har flere i|har mer i|har igjen i
    skal ha dugnad|skal ha møte|skal ha bursdag|skal ha konfirmasjon|skal ha begravelse
    skal ha minnestund|skal ha dåp|skal ha bryllup|skal ha fest|skal ha besøk|skal ha julebord
    skal ha strikkekveld|skal ha kaffeselskap|skal ha loppemarked|skal ha basar
    jeg fikk ikke|vi fikk ikke|jeg fikk ikke med|jeg fikk ikke med meg|vi fikk ikke med oss
    ikke tåler|ikke liker|ikke spiser|ikke drikker|ikke tåle
    husker ikke om|jeg husker ikke om|vet ikke om jeg|jeg vet ikke om jeg|usikker på om jeg
    har ikke så mye|jeg har ikke så mye|vi har ikke så mye|har ikke så mange|har så lite
    det står så mye|står så mye|det er så mye rart|er tom for alt unntatt|er tomt for alt unntatt
    tomt for alt unntatt|tomt for alt bortsett fra|tom for alt bortsett fra
    sa jeg måtte|sa jeg burde|sa jeg skulle|sa at jeg måtte|sa at jeg burde|sa at jeg skulle
    sier jeg må|sier jeg bør|sier jeg skal|sier at jeg må|sier at jeg bør|sier at jeg skal
    mener jeg må|mener jeg bør|mener jeg skal|mener at jeg|fikk beskjed|fått beskjed
    egentlig skulle jeg hatt|egentlig skulle jeg ha|egentlig ville jeg ha|egentlig ville jeg hatt
    jeg skulle egentlig ha|jeg skulle egentlig hatt|jeg ville egentlig ha
    brukte alltid|hadde alltid|kjøpte alltid|lagde alltid|bakte alltid|kokte alltid|spiste alltid
    drakk alltid
    i skapet har jeg|i kjøleskapet har jeg|i fryseren har jeg|hjemme har jeg|i skapet har vi
    i kjøleskapet har vi|i fryseren har vi|i skapet er det|i kjøleskapet er det
    ikke si|ikke si det|ikke si noe|ikke fortell
    sist fikk jeg|sist gang fikk jeg|forrige gang fikk jeg|i går fikk jeg|før i tida|før i tiden
    i gamle dager|på radioen|på tv|i avisa|i avisen|på fjernsynet|har aldri bestilt|har aldri handla
    har aldri handlet|er så gode|var så gode|er veldig god|er veldig gode|er veldig godt|var god
    var gode|er like gode|fikk feil|fikk jeg feil|har fått feil|da jeg bodde|da jeg jobbet
    da jeg jobba|den gangen|en gang i tida|hver morgen|hver kveld|hver dag|som barn|i barndommen
    alt unntatt|alt bortsett fra|alt utenom|alt annet enn|alle unntatt|alle bortsett fra|dette er
    takk for|du snakker med|her er det|skal bake|skal lage|skal steke|skal koke|skal servere
    skal spise|skal feire|skal på|skal til|skal reise|skal besøke|får besøk|kommer på besøk
    får gjester|har bursdag|fyller år|har gjester|har selskap|skal ha besøk|skal ha gjester
    skal ha selskap|jeg bor|jeg heter|navnet mitt er|jeg er syk|jeg er glad i|liker|er så glad i
    er glad i|glad i|er allergisk mot|tåler ikke|har det så|i går var|i fjor|da jeg var|den gang
    mannen min|kona mi|datteren min|dattera mi|sønnen min|barnebarna|barnebarnet mitt|naboen
    nabokona|det regner|det snør|været er|legen sa|legen sier|sa legen|kjeder meg|sist jeg var
    vi pleide|jeg pleide|pleide å|kommer innom|skal vi kose oss|skal kose meg|tenkte å lage
    tenkte å bake|tenker å lage|tenker å bake|tenkte jeg skulle bake|tenkte jeg skulle lage
    har vondt i|er så sliten|er så trøtt|skal vi ha fest|blir det middag|har tenkt å lage
    har tenkt å bake|for jeg skal|fordi jeg|fordi vi|for vi skal|siden jeg|siden vi skal
    barnebarnet|barnebarna|barnebarn|oldebarnet|oldebarna|dattera|datteren|dattra|dotra|sønnen
    sønnene|guten min|gutten min|jenta mi|kona|mannen|kjerringa|søstera|søsteren|søstra|broren
    bror min|søster mi|naboen|nabokona|venninna|venninnen|vennen min|svigerdattera|svigerdatteren
    svigersønnen|niesa|niesen|nevøen|presten|legen|doktoren|fysioterapeuten|gjestene|slekta
    familien|ungene|ungan|ongan|bestefar|bestemor|mor mi|far min|mamma|pappa|hunden min|katten min
    jeg har|vi har|det er så dyrt|alt er så dyrt|ble så glad
    var så god|smakte så godt|er så godt|er så god
    smaker godt|smaker så godt|var så godt
    """,
    Cue.FILLER: """
    takk for sist|tusen takk for sist|takk for sist gang|takk for forrige gang|takk for i går
    for mye bry|til bry|for mye bryderi
    ikke din feil|ikke deres feil|ikke din skyld|det var jo ikke din feil|det er ikke din feil
    litt mye|vel mye|ble litt mye|ble vel mye|det ble litt mye|det ble vel mye
    for sikkerhets skyld|for sikkerhetsskyld|spiller ingen rolle|det spiller ingen rolle
    har ingenting å si|det har ingenting å si|ikke så nøye|det er ikke så nøye|ikke så farlig
    det er ikke så farlig
    litt av hvert|litt av hvart|jeg fikk sist|jeg fikk forrige gang|jeg hadde sist|vi fikk sist
    jeg kjøpte sist|vi hadde sist|fra sist gang|jeg pleier å få|vi pleier å få|finne lappen
    se på lappen|hente lappen|finne brillene|hente brillene|lete etter lappen|ta på meg brillene
    på lappen står det|på lista står det|her står det|det står|på lappen har jeg|på lista har jeg
    får holde|får greie seg|får duge|holder lenge|da er vi i mål|da er jeg i mål|i mål
    ha en fin dag|ha en god dag|ha en fin kveld|ha en god kveld|god helg|ha en god helg
    på tilbud|på tilbud hvis du har|på tilbud om du har|på salg
    en annen ting|en ting til|en ting|med en gang|en stund|et øyeblikk|en tur|et sekund|på en gang
    på denne måten|på den måten|er du grei|er du grei og|ver grei og|vær grei og|det som er billigst
    den som er billigst|det som er best|den som er best|for all del
    den ene dagen|hver gang|en god stund|like greit|like godt|på alvor|i stedet det|om du vil
    hvis du vil|om dere vil|en tur til|hva var det nå|hva skal jeg si nå|la meg nå se|nå da
    så mye som|så lenge|så langt|til oppå|på toppen|på si|ved siden av|en liten stund|det må du
    det må dere|si meg|hør nå|hør her nå|bare så du vet det|bare så du vet
    samme som sist|det samme som sist|samme som vanlig|akkurat som sist|det samme som vanlig
    akkurat det samme som sist|samme som før|det samme som forrige gang|samme som forrige gang
    hva med|te jeg|te meg|te oss|te mor|til jeg|hva sier du til|hadde du hatt|er det sånn at
    det hadde vært godt|hvis du skjønner|skal vi se nå|skal vi se da|nå skal vi se|nå skal du høre
    hør her|du hør her|du vet hva|husker du|husker du det|det er det samme|så er det det
    jeg må jo ha|det må jeg ha|ja det var det|og hva mer|hva mer|hva var det mer|hva mer var det
    hva var det jeg skulle ha|hva var det jeg skulle si|la meg tenke|få tenke|må tenke
    må tenke litt|skal jeg si|kan du skjønne|vet jeg|det vet jeg|vær så snill|ver så snill
    vær så god|kan du|kan dere|kunne du|kunne dere|vil du|er du snill|hvis du kan|om du kan
    hvis det går|om det går an|hvis det går an|hvis dere har|hvis du har|om dere har
    hvis dere har det|om dere har det|hvis det finnes|god dag|god morgen|god kveld|ha det
    ha det bra|hei på deg|takk skal du ha|tusen takk|mange takk|takk for det|på forhånd takk|i dag
    i kveld|i morgen|i morra|i helga|i helgen|til helga|til helgen|til uka|til i morgen|til i dag
    denne uka|denne uken|neste uke|i butikken|på butikken|fra butikken|i kurven|på lista|på listen
    til lista|til listen|på handlelista|på handlelisten|til handlelista|i handlekurven|opp i kurven
    oppi kurven|fra lista|fra listen|fra kurven|for en gangs skyld|i så fall|nå til dags|
    i bestillingen
    i bestillinga|til bestillingen|av bestillingen|fra bestillingen|hjem til meg|hjem til oss
    så var det|jeg lurte på om|lurte på om|jeg lurer på om|lurer på om|jeg tenkte på|jeg tenkte at
    jeg tenkte jeg skulle|jeg tror at|jeg tror jeg|la meg se|la oss se|hva skal jeg si|skal vi se
    få se|vet du hva|skjønner du|du skjønner|du vet|ikke sant|ikke minst|det hadde vært fint
    det hadde vært greit|det var det|og så|og så videre|så får du|så får vi|for min del
    for å være ærlig|med det samme|mens jeg husker det|til slutt|det er greit|det er fint
    er det greit|er du der|kan du høre meg|ja takk|ja da|jo da|jo takk|nei takk|vil ha det
    har du det|ikke noe spesielt|samme det|det samme|ikke så mye|noe mer|og sånn
    og sånt|og slikt|eller noe|eller noe sånt|eller noe slikt|eller så|eller noe lignende|eller hva
    for eksempel|på en måte|til meg|til oss|for meg|til mor|til far|om gangen|i tillegg vil jeg ha
    det er alt|det var alt|som vanlig|som sist|som jeg pleier|som jeg bruker|som vi pleier
    det vanlige|fra sist|jeg pleier å ha|jeg bruker å ha|jeg pleier å kjøpe|jeg pleier å ta
    den jeg pleier|hvis jeg kan få|hvis jeg får|om jeg får|går det an å få|er det mulig å få
    er det mulig|går det an|denne gangen|denne gang|den her gangen|i hvert fall
    i alle fall|hva heter det|hva het det igjen|hva heter det igjen|hva var det igjen
    hva var det|hva er det det heter|hva er det det heter igjen|kan ikke huske|husker ikke
    jeg husker ikke|det er det jeg vil|det er det jeg skal ha|tror jeg|tenker jeg|synes jeg|sa jeg
    helst ikke for dyr|ikke så dyr|den var dyr|det var dyrt|de var dyre|den var så dyr|for dyr
    det var så dyrt|så dyrt|for dyrt|den er dyr|den er for dyr|det var for dyrt|det er for dyrt
    den var for dyr|så dyr|det var mye penger|det var mye|den var billig|det var billig
    ei sånn|en sånn|et sånt|et slikt|en slik|ei slik|sånn en|sånn ei
    """,
}

#: Auxiliaries before "ikke" are part of it, so that "vil ikke ha" is one cue.
Phrase = tuple[tuple[str, ...], Cue]


def _compile() -> dict[str, list[Phrase]]:
    first: dict[str, dict[tuple[str, ...], Cue]] = {}
    for cue, rows in _TABLE.items():
        for phrase in rows.replace("\n", "|").split("|"):
            words = tuple(plain(word) for word in phrase.split())
            if words:
                first.setdefault(words[0], {}).setdefault(words, cue)
    return {
        word: sorted(phrases.items(), key=lambda entry: -len(entry[0]))
        for word, phrases in first.items()
    }


_BY_FIRST = _compile()


def cue_words() -> frozenset[str]:
    """All words that stand in the table."""
    return frozenset(
        word for phrases in _BY_FIRST.values() for words, _ in phrases for word in words
    )


# These may stand between the words of a cue: "kan du være så snill å ta bort", "legg også til".
_THROUGH = frozenset(
    {"også", "jo", "da", "så", "nå", "vel", "bare", "gjerne", "eh", "øh", "altså", "liksom", "å",
     "egentlig", "godt", "faktisk", "kanskje", "likevel", "lenger", "allikevel", "visst", "nesten"}
)  # fmt: skip


def read_cue(tokens: Sequence[Token], start: int) -> tuple[Cue, int] | None:
    """The longest cue phrase that begins at token `start`: (cue, index after it), or None."""
    phrases = _BY_FIRST.get(tokens[start].plain)
    if phrases is None:
        return None
    for words, cue in phrases:
        end = _match(tokens, start, words)
        if end is not None:
            return cue, end
    return None


def _match(tokens: Sequence[Token], start: int, words: tuple[str, ...]) -> int | None:
    at = start
    limit = len(tokens)
    for number, word in enumerate(words):
        skipped = 0
        while (
            number
            and at < limit
            and skipped < 2
            and tokens[at].plain != word
            and tokens[at].plain in _THROUGH
        ):
            at += 1
            skipped += 1
        if at >= limit or tokens[at].plain != word:
            return None
        at += 1
    return at
