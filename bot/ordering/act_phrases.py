"""Whole utterances whose act is certain, in bokmål and with what is left of dialect.

Each row is phrases between bars. The first act that lists a phrase has it.
"""

from __future__ import annotations

#: Act -> phrases.
ACT_PHRASES: dict[str, str] = {
    "greet": """
    hei|hei hei|hei på deg|hallo|hallo der|halla|god dag|goddag|god morgen|god kveld|god aften
    heisann|heisan|morn|morna|mårn|hei du|hei der|hei igjen|hallais|god morra|god ettermiddag
    hei kurv|heia|god formiddag|hei er du der|hallo er du der|er du der|er det noen der|er dere der
    kan du høre meg|hører du meg|hører dere meg|god mårån|mårra|morn du|hællæ|hei sann|tjena
    heisann sveisann
    """,
    "basket": """
    glemte jeg noe|har jeg glemt noe|mangler det noe|mangler jeg noe|er det noe jeg har glemt
    har jeg glemt noe nå|fikk jeg med alt|fikk du med alt|har du fått med alt|er alt med
    lese det opp|lese det opp for meg|les det opp for meg|lese opp det jeg har
    hva har jeg|hva har jeg bestilt|hva er i kurven|hva er det i kurven|hva ligger i kurven
    hva ligger det i kurven|hva er i handlekurven|hva er det i handlekurven|hva har jeg i kurven
    hva har jeg i handlekurven|hva har jeg på lista|hva har jeg på listen|hva står på lista
    hva står på listen|hva står det på lista|hva er på lista|hva er på listen|les opp lista
    les lista|les listen|les opp listen|les opp kurven|les opp bestillingen|les opp bestillinga
    les opp handlelista|les opp handlelisten|vis kurven|vis meg kurven|vis handlekurven|vis lista
    hva har jeg så langt|hva har vi så langt|hva har jeg bestilt så langt|hva har jeg til nå
    hva har jeg fått med|hva fikk du med|hva har du skrevet|hva har du skrevet opp|les opp
    hva har du notert|hva har jeg lagt i kurven|hva har jeg lagt til|hva har vi|hva har vi nå
    hva ble det|hva ble bestilt|hva er bestilt|oppsummer|oppsummering|ta en oppsummering
    kan du lese opp lista|kan du lese opp|les det opp|les opp alt|les opp alt sammen|kurven
    hva ligger i handlekurven|hva inneholder kurven|hvor mye har jeg i kurven|handlekurven
    hva er det jeg har bestilt|hva er det jeg har|hva har jeg alt|hva har jeg allerede
    si hva jeg har bestilt|fortell hva jeg har bestilt|hva har jeg sagt|hva har jeg fått
    vis hva jeg har|vis meg lista|vis meg handlekurven|se kurven|la meg se kurven|hva er status
    hvor var vi|hvor var jeg|hvor er vi|hvordan ser kurven ut|hvordan ser kurven min ut
    hvordan ser korga mi ut|hvordan ser korga ut|hvordan ser lista ut|hvordan ser bestillingen ut
    hva ligger der|hva ligger der nå|hva ligger i korga|hva er i korga|hva har jeg i korga
    """,
    "price": """
    hva koster det|hva koster alt|hva koster alt sammen|hva koster det til sammen|hva blir summen
    hva er summen|hva blir det|hva blir prisen|hva er prisen|hvor mye koster det|hvor mye blir det
    hvor mye blir det til sammen|hva blir det til sammen|hvor mye er det til sammen|hva er totalen
    hva koster kurven|hva koster handlekurven|hvor mye koster alt|hva blir totalen
    hva kommer det på|hvor mye har jeg handlet for|hva har jeg handlet for|hva koster bestillingen
    prisen|summen|hva koster det hele|hvor mye koster det hele|hva kommer det hele på
    hvor mye kommer det på|hvor mye koster det til sammen|hva må jeg betale|hvor mye må jeg betale
    hva skal jeg betale|hvor mye skal jeg betale|hva blir det i alt|hvor mye er det i alt
    hvor mye blir det i alt|hva er det på til sammen|hva ligger summen på|hva blir regningen
    hvor mye penger blir det|hva koster dette|hvor dyrt blir det|er det dyrt|hva blir det for alt
    totalt|totalsummen|sum|hvor mye blir det sammen|hva koster det sammen|hva koster det te sammen
    hvor mye blir det te sammen|hva blir det te sammen|hva kommer det seg på|hva blir det på
    """,
    "usual": """
    det hun pleier|det han pleier|det hun pleier å ha|det han pleier å ha|det jeg plar
    det eg plar|som jeg plar|legg til det hun pleier|legg til det han pleier
    som vanlig|det vanlige|det samme som sist|samme som sist|det samme som vanlig|samme som vanlig
    den vanlige bestillingen|vanlig bestilling|det jeg pleier|det jeg pleier å ha|som sist
    det jeg bruker å ha|den faste lista|den faste listen|fast handleliste|faste varer|det faste
    den faste handlelista|den faste handlelisten|de vanlige varene|de faste varene|akkurat som sist
    jeg vil ha det vanlige|jeg ta det vanlige|jeg tar det vanlige|det vanlige takk|ta det vanlige
    bestill det vanlige|bestill det samme som sist|jeg vil ha det samme som sist|samma som sist
    same som sist|det same som sist|same som vanleg|som vanleg|det vanlege|samme som forrige gang
    som jeg pleier|det samme som forrige gang|som forrige gang|det samme som forrige uke
    samme som forrige uke|den vanlige lista|den vanlige listen|vanlig liste|min vanlige liste
    min faste liste|lista mi|det vi pleier|det jeg alltid har|det jeg alltid tar
    det jeg alltid kjøper|samme bestilling|samme bestilling som sist|sist gang
    den samme bestillingen|det samme en gang til|samma som vanlig|det sama som sist
    akkurat det samme som sist|som før|det samme som før|samme som før|legg inn det vanlige
    legg til det vanlige|gi meg det vanlige|kan jeg få det vanlige|skal ha det vanlige
    jeg skal ha det vanlige|jeg skal ha det samme som sist|ha det vanlige|jeg trenger det vanlige
    send det vanlige|bare send det vanlige|bare det vanlige|bare ta det vanlige|send meg det vanlige
    kan du sende det vanlige|kan du bare sende det vanlige|ta det samme som sist
    som vi pleier|som vi pleier å gjøre|det vante|som vant
    """,
    "undo": """
    angre|angre det|angre siste|angre det siste|angre sist|jeg angrer|jeg angrer meg|gå tilbake
    ett steg tilbake|et steg tilbake|et skritt tilbake|tilbake|gjør om|gjør det om|ta det tilbake
    det var feil|det ble feil|det ble galt|det var galt|ta bort det siste|fjern det siste
    stryk det siste|slett det siste|ta vekk det siste|ta bort den siste|fjern den siste|omgjør
    ikke det siste|glem det siste|ta tilbake|ta tilbake det siste|nei angre|reverser|angre meg
    nei det var feil|nei det ble feil|ikke det|ikke den|ikke den likevel|nei ikke det|nei ikke den
    jeg har ombestemt meg|jeg ombestemte meg|det mente jeg ikke|det var ikke det jeg mente|angra
    det var ikke det jeg sa|det sa jeg ikke|nei det sa jeg ikke|nei det mente jeg ikke
    gjør det ugjort|kan du angre|kan du angre det|kan du gå tilbake|kan du ta det tilbake
    sett tilbake|angr
    """,
    "repeat": """
    hva sa du|hva sa du nå|hva|hæ|ka|hva da|si det igjen|si det en gang til|en gang til|gjenta
    gjenta det|kan du gjenta|kan du gjenta det|kan du si det igjen|kan du si det en gang til
    om igjen|hva var det du sa|hva var det|jeg hørte ikke|hørte ikke|hørte ikke hva du sa
    unnskyld hva sa du|jeg hørte ikke hva du sa|hva behager|hva for noe|hva sier du|si igjen
    ta det igjen|ett gang til|ta det en gang til|fikk ikke med meg det|jeg fikk ikke med meg det
    det hørte jeg ikke|repeter|jeg fikk det ikke med meg|forsto ikke|jeg forsto ikke
    jeg forstod ikke|forstod ikke|skjønte ikke|jeg skjønte ikke|jeg skjønner ikke|skjønner ikke
    hva mener du|kan du repetere|repeter det|omatt|om att|en gang te|hva sa han|hva sa hun
    hva spurte du om|hva var spørsmålet|unnskyld hva|på nytt|hva sa di|e gong til|en gong til
    ein gong te|kva seie du|si det om igjen|si det på nytt|hva seie du|hva seier du|hva si du
    hva sei du|hva sier du nå|hva var det igjen|hva sa du igjen|hva var det du sa igjen|høyrde ikke
    jeg høyrde ikke|jeg hørt ikke|jeg hørte deg ikke|hørte deg ikke|jeg hørte det ikke
    hørte det ikke|kan du ta det igjen|kan du ta det en gang til|kom igjen|jeg forstår ikke
    forstår ikke|jeg oppfatta ikke|jeg oppfattet ikke|oppfattet ikke|fikk ikke med det
    """,
    "slower": """
    snakk litt roligere|snakk litt langsommere|snakk litt tydeligere|litt tydeligere
    snakk tydelig|kan du snakke tydeligere|snakk litt sakte|ro deg ned|ta det med ro|ikke mas
    saktere|saktare|seinere|langsommere|snakk saktere|snakk langsommere|kan du snakke saktere
    kan du snakke langsommere|litt saktere|ikke så fort|ikke så raskt|du snakker for fort|for fort
    du snakker så fort|snakk litt saktere|det går for fort|det gikk for fort|roligere|litt roligere
    snakk roligere|kan du snakke litt saktere|saktere takk|ta det saktere|ta det rolig|senere|sakte
    snakk sakte|snakk sakta|litt langsommere|sakkare|saktar|seinare|litt seinere|snakk tydeligere
    tydeligere|du prater for fort|du prater så fort|prat saktere|prat litt saktere|ikke fort
    kan du prate saktere|kan du ta det saktere|ta det litt saktere|det går så fort
    det går litt fort|det går litt for fort|det gikk litt fort|det gikk litt for fort|for raskt
    ro ned|saktere da
    """,
    "help": """
    hvordan gjør jeg det her|hvordan gjær jeg det her|hvordan gjær jeg det|hvordan gjær jeg
    hvordan gjør jeg dette|hvordan gjør vi det her|hvordan er det jeg gjør
    hjelp|hjelp meg|hva kan jeg si|hva kan du|hva kan du gjøre|hva kan du hjelpe med|hva gjør jeg
    hva kan du hjelpe meg med|hvordan gjør jeg|hvordan gjør jeg det|hvordan virker det
    hvordan virker dette|hvordan fungerer det|hvordan fungerer dette|hva skal jeg gjøre
    bruksanvisning|hva skal jeg si|hva gjør jeg nå|jeg trenger hjelp|kan du hjelpe meg
    kan du hjelpe|jelp|hjælp|hva kan jeg gjøre|hvordan bestiller jeg|hvordan handler jeg
    hvordan bruker jeg dette|hjelpe meg|jeg vet ikke hva jeg skal si
    jeg vet ikke hva jeg skal gjøre|hva er dette|hva går dette ut på|hvordan gjør man dette
    hvordan gjør man det|hva kan man si|jeg får det ikke til|instruksjoner
    """,
    "person": """
    menneske|et menneske|en person|et ekte menneske|hjemmehjelpen|hjemmehjelp|hjemmehjelpa
    heimehjelpa|heimehjelpen|hjemmesykepleien|betjening|kundeservice|kundebehandler|en å snakke med
    operatør|noen å snakke med|snakke med noen|snakke med en|snakke med et menneske
    snakke med en person|jeg vil snakke med noen|jeg vil snakke med et menneske
    jeg vil snakke med en person|0|null|kan jeg få snakke med noen|kan jeg snakke med noen
    kan jeg snakke med et menneske|ekte person|kan jeg få snakke med et menneske|sett meg over
    jeg vil snakke med hjemmehjelpen|en ansatt|kan jeg få snakke med en person
    jeg vil snakke med hjemmehjelpa|få snakke med noen|personalet|kan jeg snakke med en person
    kan jeg få snakke med hjemmehjelpen|ring hjemmehjelpen|levende menneske
    kan jeg snakke med hjemmehjelpen|jeg vil snakke med en ekte person|ring meg|sentralbord|folk
    jeg vil ikke snakke med en maskin|jeg vil ikke snakke med en robot|få meg et menneske|ekte folk
    kan noen ringe meg|be noen ringe meg|noen andre å snakke med|jeg vil snakke med folk|hjelperen
    snakke med hjemmehjelpen|snakke med hjemmehjelpa|snakke med hjemmetjenesten|hjemmetjenesten
    vil snakke med et menneske|vil snakke med noen|vil snakke med en person|sett over|personale
    jeg vil prate med noen|jeg vil prate med et menneske|prate med noen|prate med et menneske
    kan jeg få prate med noen|kan jeg prate med noen|kan jeg få prate med et menneske
    ein å snakke med|en jeg kan snakke med|noen jeg kan snakke med|er det noen jeg kan snakke med
    en ordentlig person|et ordentlig menneske|jeg vil ha et menneske|jeg vil ha hjemmehjelpen
    jeg vil snakke med betjeningen
    """,
    "cancel": """
    ta bort alt og start forfra|ta bort alt og begynn forfra|ta bort alt og begynn på nytt
    ta bort alt og start på nytt|slett alt og begynn på nytt|slett alt og start på nytt
    slett alt og begynn forfra|glem alt og begynn på nytt|glem alt og begynn forfra
    glem alt sammen og begynn på nytt|stryk alt og begynn på nytt|fjern alt og begynn på nytt
    tøm kurven og begynn på nytt|tøm lista og begynn på nytt|vi begynner forfra|vi starter forfra
    drit i alt|drit i hele bestillingen|drit i bestillingen|drit i hele greia|drit i alt sammen
    blås i alt|blås i hele bestillingen|blås i hele greia|gi blaffen i alt|dropp det hele
    glem det hele|stryk det hele|avlys alt|avlys det hele|jeg vil ikke bestille likevel
    kan du avbestille|jeg angrer kan du avbestille|kan du stoppe bestillingen|avbestill bestillingen
    kan du avbestille bestillingen|kan du avbryte bestillingen|jeg vil avbestille bestillingen
    kan jeg avbestille|kan jeg avbestille bestillingen|stopp nå|
    stopp|avbryt|avbryt alt|avbryt bestillingen|avbestill|avbestill alt|kanseller
    kanseller alt|glem det|stryk alt|slett alt|fjern alt|ta bort alt|ta vekk alt|tøm kurven
    tøm handlekurven|tøm alt|kanseller bestillingen|avlys|avlys bestillingen|stryk alt sammen
    slett alt sammen|stopp alt|ta bort alt sammen|ta vekk alt sammen|fjern alt sammen|glem alt
    glem alt sammen|tøm lista|glem hele bestillingen|stryk hele bestillingen
    avbryt hele bestillingen|drit i det|kutt ut alt|slett bestillingen|slett hele bestillingen
    slett hele kurven|jeg vil avbryte|jeg vil ikke bestille|jeg vil ikke bestille noe
    jeg vil ikke ha noe|jeg vil ikke handle|jeg skal ikke ha noe|glem heile|jeg trenger ikke noe
    jeg vil avbestille|begynn på nytt|start på nytt|begynne på nytt|blås i det|start på nytt igjen
    begynn forfra|start forfra|jeg vil begynne på nytt|jeg vil starte på nytt|vi begynner på nytt
    vi starter på nytt|tøm hele kurven|tøm korga|tøm vogna|dropp alt|dropp det|dropp alt sammen
    dropp hele greia|dropp hele bestillingen|gløm det|jeg avbryter|avbryte|avbestille
    jeg ombestemte meg jeg vil ikke ha noe|stans|stans bestillingen|stopp bestillingen|annuller
    annuller bestillingen|annuller alt|ta bort hele bestillingen|ta vekk hele bestillingen
    """,
    "delivery": """
    når kommer det|når kommer varene|når kommer maten|når blir det levert|når leveres det
    når kjem det|når får jeg varene|når får jeg maten|når får jeg det|når kommer dere
    når leverer dere|levering|når kommer bestillingen|hvilken dag kommer det
    hvilken dag kommer varene|når er levering|når blir varene levert|hva dag kommer det
    når kan dere levere|når kan det leveres|når kjem varene|når kan jeg få det
    når kan jeg få varene|når kommer handlingen|når kommer du|når kommer den
    hvilken dag blir det levert|når er leveringen|leveringstid|leveringstidspunkt|når kommer de
    når kommer bilen|når kommer budet|hvilken tid kommer det|hva tid kommer det
    hvilken tid kommer dere|når blir det|hvor lang tid tar det|når kan dere komme
    når kommer leveringen|når har jeg det|hva tid kommer varene|koss tid kommer det
    katti kommer det|kæmme det i dag|kommer det i dag|kommer det i morgen|kommer varene i dag
    kommer varene i morgen|blir det levert i dag
    """,
    "done": """
    send det avgarde|send det avgårde|send det av gårde|send i vei|ja send det avgarde
    ja send det avgårde|få det avgårde|jau send det avgarde|send avgårde|bare send det avgårde
    bare det|bare det takk|det var bare det|bare det nå|bare det i dag|det er bare det
    det var alt|det er alt|det var det|det er nok|det var alt for i dag|det er alt for i dag|ferdig
    jeg er ferdig|bra nå|det er bra|det er bra nå|det holder|det var alt takk|det var det hele
    ikke noe mer|ikke mer|ikke mer nå|ingenting mer|ingen ting mer|ingenting annet|ikke noe annet
    da er jeg ferdig|da er vi ferdige|da er vi ferdig|vi er ferdige|da var det alt|det holder nå
    det er alt jeg trenger|det var alt jeg trengte|det var alt jeg skulle ha|det er alt jeg skal ha
    nei det var alt|nei det er alt|nei ikke noe mer|nei ikke mer|nei det er bra|nei det er nok
    slutt|nei det holder|ikke noe mer nå|itj mer|det er fint sånn|det er bra sånn|det er greit sånn
    ok send|okei send|ok da sender vi|ja da sender vi det|send|send nå|bare send|da sender vi det
    da sender vi|send det da|klar|jeg er klar|klar nå
    da er vi i mål|da er jeg i mål|vi er i mål|i mål
    avslutt|send bestillingen|send bestillinga|bestill nå|bestill det|send inn|send den|send det
    til kassa|til kassen|jeg vil betale|gå til kassen|gå til kassa|fullfør|fullfør bestillingen
    jeg vil bestille nå|da bestiller jeg|da kan du bestille|da kan du sende
    da kan du sende bestillingen|fullføre|det var alt jeg ville ha|det var alt jeg hadde
    det var alt vi trengte|det er alt vi trenger|nei takk det var alt|nei takk ikke noe mer
    nei takk det er bra|nei takk ikke mer|nei takk det er nok|jeg trenger ikke mer|trenger ikke mer
    jeg trenger ikke noe mer|skal ikke ha mer|jeg skal ikke ha mer|jeg skal ikke ha noe mer
    skal ikke ha noe mer|vil ikke ha mer|jeg vil ikke ha mer|ferdig nå|jeg vil ikke ha noe mer
    vil ikke ha noe mer|alt i orden nå|nå er det nok|nå er det bra|nok nå|nå er jeg ferdig
    jeg er ferdig nå|vi er ferdig|vi er ferdige nå|det var vel alt|det er vel alt|var alt
    alt for i dag|da var vi ferdige|da er det bra|da er det nok|da er det alt|ikke meir
    det var alt nå|det var alt for denne gang|alt for denne gangen|det var alt denne gangen
    nei det var det|nei det var vel alt|nei jeg er ferdig|nei nå er det nok|nei da var det alt
    ikke noe mer i dag|ikke mer i dag|det blir alt|det ble alt|det blir nok|det blir bra
    ikke mer takk|tror det var alt|jeg tror det var alt|jeg tror det er alt|tror det er alt
    jeg tror det var det|jeg tror det holder|jeg tror det er nok|var det|da var det det
    da er det det|det er det hele|det får holde|det får være nok|det får være alt|det får greie seg
    det klarer seg|det greier seg|jeg har alt|nå har jeg alt|da har jeg alt
    de er bra|det skulle være alt|det må være alt|nå har jeg det jeg trenger
    da har jeg det jeg trenger|jeg har det jeg trenger|det va alt|det va det|de va alt|de va det
    d va alt|itj noe mer|ikke nåkka mer|æ e ferdig|ferdi|jeg e ferdig|e ferdig|det e nok|det e bra
    det e alt|bra no|nå e det nok|nå e det bra|da e jeg ferdig
    """,
    "affirm": """
    det kan du godt gjøre|det kan du gjøre|det kan du godt|ja det kan du gjøre|gjør gjerne det
    ja gjør gjerne det|det kan vi godt|det kan vi gjøre|det hadde vært fint
    ja|ja ja|jo|jau|jada|joda|jepp|japp|yes|ja takk|ja gjerne|gjerne|javisst|ja visst|selvfølgelig
    jess|selvsagt|riktig|det er riktig|ja det er riktig|stemmer|det stemmer|ja det stemmer
    ja stemmer|greit|det er greit|ja det er greit|fint|det er fint|ja det er fint|ok|okei|okay
    ja ok|ja okei|supert|mm|mhm|aha|ja det vil jeg|det vil jeg|ja det gjør jeg|gjør det|ja gjør det
    absolutt|ja absolutt|topp|perfekt|ja perfekt|flott|ja flott|ja fint|helt riktig
    det er helt riktig|det er korrekt|korrekt|det høres bra ut|høres bra ut|det høres fint ut
    høres fint ut|ja da|jo da|jo takk|ja vær så snill|ja det er det|det er det|jo det er det
    ja bekreft|bekreft|bekrefter|jeg bekrefter|ja jeg bekrefter|ja send|ja send den|ja send det
    ja send bestillingen|ja bestill|ja bestill det|det kan du|ja det kan du|ja det kan vi
    ja det passer|det passer|det passer bra|det passer fint|passer fint|i orden|alt i orden
    det er i orden|ja det er i orden|kjør på|ja kjør på|sett i gang|den er grei|den er god|enig
    sant|det er sant|jammen|ja men det er greit|jovisst|jo visst|nettopp|akkurat|ja akkurat
    ja nettopp|ja riktig|ja for all del|for all del|ja tusen takk|ja mange takk|det gjør du
    ja det gjør du|sikker|ja sikker|helt sikker|jeg er sikker|ja jeg er sikker
    ja det er jeg sikker på|jeg er enig|det er bra det|jadda|ja det er bra|ja bra|bra
    ja det var bra|ja den er god|ja den er grei|det er ok|det er okei|ja det er ok
    ja det var riktig|det var riktig|ja det ble riktig|ja det skal jeg|ja det har jeg|ja jeg vil
    jeg vil det|ja jeg vil det|ja jeg vil gjerne det|ja det vil jeg gjerne|ja det kan jeg
    ja det må du|ja så klart|så klart|klart det|ja klart|ja klart det|ja vel|javel|jaha
    ja ikke sant|det e greit|ja e det greit|det e fint|det e riktig|ja det e riktig
    jepp det stemmer|jepp det er riktig|jo det stemmer|jo riktig|jatakk|jatak|greit det|ja greit
    ja greit det|det går bra|ja det går bra|det går fint|ja det går fint|det blir bra
    ja det blir bra|det blir fint|ja det blir fint|ja den|ja den ja|ja nemlig|nemlig
    ja det høres bra ut|ja det høres fint ut|ja det holder|ja sånn|sånn ja|sånn er det
    ja sånn er det
    """,
    "deny": """
    vent med å sende|vent med å bestille|ikke send den ennå|ikke send det ennå|vent med det
    nei da det er greit|nei det er greit|nei det går bra|nei da det går bra|nei det går fint
    nei da det går fint|nei da det er fint|nei det er fint|nei da det er bra
    nei|nei nei|nei takk|niks|nope|næ|ikke nå|nei ikke nå|nei det vil jeg ikke|det vil jeg ikke
    nehei|nei det stemmer ikke|det stemmer ikke|stemmer ikke|nei det er ikke riktig
    det er ikke riktig|aldri|ikke riktig|det er feil|nei det er feil|feil|nei feil|galt|det er galt
    nei det er galt|nei da|neida|nei det er det ikke|det er det ikke|ikke i det hele tatt
    overhodet ikke|absolutt ikke|nei absolutt ikke|nei ikke gjør det|ikke gjør det|ikke send
    ikke send den|ikke send det|nei ikke send|ikke bestill|ikke bestill ennå|nei vent|nei ikke ennå
    ikke ennå|vent|vent litt|nei vent litt|nei det gjør jeg ikke|det gjør jeg ikke|ingen av dem
    ingen av delene|ingen|nei ingen av dem|ikke noen av dem|nei ingen|jeg vil ikke|nei jeg vil ikke
    jeg vil ikke det|nei jeg vil ikke det|ikke takk|nei ellers takk|ellers takk|nei tusen takk
    nei mange takk|nei det trengs ikke|det trengs ikke|trengs ikke|det trenger jeg ikke
    nei det trenger jeg ikke|ikke nødvendig|det er ikke nødvendig|slett ikke
    nei det er ikke nødvendig|nei det er ikke det|nei det skal jeg ikke|nei det har jeg ikke
    neitakk|nei det ble feil|nei det er ikke greit|ikke greit|nei det passer ikke|det passer ikke
    passer ikke|nei helst ikke|helst ikke|det behøves ikke|nei det behøves ikke|nei ikke det
    nei det var ikke det|nei stopp|ikke helt|nei ikke helt|nei det er ikke helt riktig
    ikke helt riktig|ikke så bra|jeg vil endre noe|endre noe|jeg vil forandre noe|vil endre noe
    jeg vil endre|jeg må endre noe|jeg skulle endret noe|nei jeg vil endre noe
    jeg vil endre på noe|kan jeg endre noe|jeg vil bytte noe|vil forandre på noe
    """,
    "thanks": """
    takk|tusen takk|mange takk|takk skal du ha|takk for hjelpen|takk for det|tusen takk for hjelpen
    ha det|takk for nå|takk takk|hjertelig takk|tusen hjertelig takk|takk så mye
    tusen takk skal du ha|adjø|mange takk for hjelpen|takk for hjelpa|takk skal dere ha
    takk for praten|takk og ha det|snakkes|ha det bra|ha det godt|ha en fin dag|takk det var snilt
    det var snilt av deg|så snill du er|du er snill|takk ha det|takk ha det bra|takk for i dag
    takk i like måte|takk likeså|takk det samme|farvel|morna da
    """,
}
