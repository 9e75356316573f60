"""Words of talk that name nothing a grocer has: what people do, how they feel, whom they speak of.

Old people tell a story on the way to an order. These words let the reader tell the story from the
order without a list of sentences. They are everyday words of bokmål; dialect comes to them through
`bot.ordering.dialect`. A word that the shop does sell is read as a ware where it stands as one.
"""

from __future__ import annotations

from bot.ordering.lemmas import word_set
from bot.ordering.wares import WARES

_WEAK_VERBS = word_set(
    """
    ane anbefale ankomme arbeide arve bade bake banke be bekymre belage besvime bestemme betale
    blunke bråke brenne bruke bygge bære danse dekke dele drive drømme due dusje dytte dørge ende
    engste erte fange fare feie feile feire fike fiske fjase flire flytte fortelle fortsette
    forklare forlange forlate forsvinne forsøke forstyrre fryse fungere fylle følge føle føre
    gifte glede gledes glise gnage grue gruble gråte grave gynge hale halte handle haste hate
    hende henge hilse hjelpe hoppe hoste huske hvile høre håpe invitere irritere jage jobbe kave
    kikke kime kjeve kjede kjefte kjenne kjøre klage klare kle klemme klippe klore kludre klø
    knirke koble kose krangle kreve krype kvikne kvitte laste lede leie leke lengte lese lete leve
    likne lukke lure lytte løfte love lyve låne mase merke minne miste mislike myse måke nappe
    nekte nikke nyse nå ordne orke overraske parkere passe pelle peke planlegge plage pleie prate
    prøve gidde pugge pusse puste raute reise rekke rense rette ringe rope rulle ruske rusle rydde
    rynke røre savne sende senke seile sjekke sitte skade skje skjelve skjenne skjønne skli skru
    skryte skynde skylde skrike slappe slite slutte slumre slå smake smile snakke snike snuble snø
    sove spandere spasere spille spise spøke spørre springe sprette stelle stole stoppe streve
    stresse strikke stå stemme sukke sutre svare sveive svette svime svinge sy synge synes syte
    takke tape tegne telle tenke tenne titte tjene tore trille trives tro tulle tvile tørre unne
    unnskylde utsette vaske velge vekke vente verke vise vite vokse våge våkne våke være ønske øve
    åpne regne blåse lyne tordne tine lufte hekle male snekre skravle skvaldre sladre sulle rote
    surre glemme gløyme tukle fikle stampe vandre trø trå ferdes flykte traske tusle sprute sive
    svinne hovne svulme blø brekke vri forstue operere undersøke behandle medisinere pensjonere bo
    tygge svelge bøye strekke knekke bite feire pynte dekke ligge gruer skjelve hoste snufse
    bebo innby innbe komme dra gå løpe ta gi få la lage trykke taste skrive kopiere lokke narre
    bedra forstå begripe fatte oppfatte høres kjennes føles finnes lykkes mislykkes trenges
    behøves undres minnes
    """
)

#: Verb forms that no rule gives.
_STRONG_VERBS = word_set(
    """
    ba bedt bad bar båret ble blitt blei blødde blør brant brent brakk brukket dro dratt falt
    falle faller drog drept drev drevet døde død dør er var vært fant funnet fikk fått for fór
    fart fløy forlot forlatt forstod forsto forstått fortalte fortalt frøs frosset fulgte fulgt
    gav gitt gikk gått gjorde gjort gjør gråt grått greip grep grepet hadde hatt hang hengt het
    hett hjalp hjulpet holdt holder kom kommet kommer kunne kunnet kjørt la lå ligget lagt lo ledd
    leid lot latt låg løp løpt lyttet løy måtte mått nøs nyst rakk rukket red ridd rakte satt
    sittet sett sette sa sagt sang sunget så skar skåret skalv skjelvet skjedd skjedde skreik
    skrek skreket skrøt skrev skrevet slapp sluppet slo slått slet slitt smatt sov sovet sovnet
    sovna spurte spurt sprang sprunget stod sto stått stjal stjålet skulle skullet solgt solgte
    svor syntes synts tok tatt tenkt tenkte tror trodde trodd tar valgte valgt ville villet visste
    visst vet vred vridd vant vunnet venta ventet gledet spist spiste drukket drakk drikker drikk
    drikke åt et ete stekt stekte bakt bakte bake baker kokt koker koke lagde laga laget spurde
    gjekk fekk feikk fækk kjem kjæm kjøm vøre vore vorti vørti vart vorte heiter hete sei seie
    seier sjå ser sjer vente gjere gjer ligg sitt sit stend står søv syng eit vøri vørri fortelje
    fortel vere sku ska tør tørr turte tort tørde
    """
)


def _forms(infinitive: str) -> set[str]:
    """What a weak verb may look like; the bare stem is left out, because it is often a noun."""
    if not infinitive.endswith("e") or infinitive.endswith(("es",)) or len(infinitive) < 4:
        return {infinitive, infinitive + "r", infinitive + "dde", infinitive + "dd"}
    stem = infinitive[:-1]
    single = stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] else stem
    return {
        infinitive, infinitive + "r", stem + "et", stem + "a", stem + "ede", stem + "te",
        stem + "t", single + "te", single + "t", single + "de", single + "d", stem + "ende",
        stem + "es",
    }  # fmt: skip


VERBS = (
    frozenset(_STRONG_VERBS).union(*(_forms(verb) for verb in _WEAK_VERBS))
    - word_set(
        """
    leter mel melt male malt mase mast tine tint skru skrud bade badet stelt salt
    kose sukket sukkt tenne tent bar rett rette ris drikke et kokt stekt bakt lå fisk pellet
    mint kle smak plage grave gravet grava gravd like
    """
    )
    - WARES
)

#: How something or somebody is, and other small words; no ware is called so.
COMMENTS = word_set(
    """
    vennlig vennlige venlig hyggelig hyggelige koselig koselige trivelig trivelige artig artige gøy
    moro morsomt morsom rar rart rare dum dumt dumme ille verre verst vond vondt vonde syk syke
    sjuk sjukt frisk friskt kald kalde varmt ivrig rask raskt sein seint sen sent tidlig tidleg
    glatt glatte bratt fæl fælt stygg stygt pen pent pene skjønn skjønt nydelig nydelige deilig
    deilige herlig herlige fantastisk fantastiske utrolig utroleg forferdelig forferdeleg fryktelig
    fryktelege grusomt grusom dårlig dårlege dårleg dårlige sliten slitne trøtt trøtte trett gammel
    gammelt eldre ung unge yngre sulten sultne tørst mett mette svimmel svimmelt svak svakt svake
    blind døv tunghørt forkjøla forkjølet pigg pigge opplagt ensom ensomt opptatt ledig alene
    åleine aleine sammen vanskelig vanskeleg vanskelige lettvint enkelt enkle mulig umulig viktig
    viktige nødvendig nødvendige klar klart ferdig straks snart heldig uheldig takknemlig stolt
    redd sint sinna fornøyd misfornøyd lykkelig ulykkelig nervøs rolig roleg stille bråkete tom
    tomme tomt nær nært fjern fjernt borte bortpå neste igjen åtte ofte sjeldent stadig stadigvekk
    sannsynligvis antagelig antakelig formodentlig tydeligvis visstnok muligens muligvis dessuten
    allerede fremdeles fortsatt enda hittil forresten likegodt nettopp akkurat iallfall ihvertfall
    allikevel likevel læll lell lel lekevæl lekeval fordømt fordømte søren søt pokker dæven jøje
    jøye huff uffda uffamei æsj æsj fysj fyttikatta herregud gud gudskelov kjære kjæreste vettu
    veit vøtt veitu sjø sjøl selv sjølv sjølve au åssen hvorfor derfor dermed hvorvidt hvorledes
    imellom innimellom ellers vise versa åt attåt atpåtil attpåtil åffer skikkelig skikkeleg
    ordentlig ordentleg ordentle orntli orntlig kjempe voldsomt enormt temmelig bitte littegrann hu
    ho hun hans hennes deires deira begge selve trolig egentlig herremin atte oppi utpå borti
    bortom innom oppom nedom oppe nede inne ute utenfor innenfor bak foran over under gjennom mot
    siden etterpå etter før førr uten innen langs rundt cirka kring omkring mest minst særlig
    spesielt spesiell spesielle aller allerbest stusslig trasig flau flaut ferdige grei greie bla
    blabla snakk prat fortell syng hør høyr les spør svar roligere rolegare saktere fortere høyere
    helvete helvetes faen fanden satan jævla jævlig jævlige forbanna forbannet dritt drit fordømte
    idiot tulling dust åhå jaså jaja tihi haha hihi hehe ha-ha neida joda utover fy flate gangs kos
    lenger lengre lengst omsider ennå bortover nedover oppover hjemover hvermansen svarte svarten
    kaldt iskaldt vått viktigste nødvendigste
    filler fillern hutte hutter brr atsjo nysj forkjølt småsyk kvikk inn ut ved ifra imot ennå
    altså dog jaggu sannelig sanneleg saktens gjerna gjedna jærne so dam dæm døm dei dom hallo
    sagde mer meir minder innafor eneste einaste verken hverken enten
    """
)

#: Whom, where and when a story is about. Wished for by name they are wares like any other.
STORY_NOUNS = word_set(
    """
    bruker brukeren brukere pasient pasienten beboer beboeren vedkommende
    minstemann minstejenta eldstemann eldstejenta minsten eldsten brødrene brødre søstrene søstre
    søsknene foreldrene foreldre svigermor svigerfar svigersønn svigersønnen svigerdatter
    svigerdattera kusina fetteren soverommet gangen balkongen verandaen gulvet taket veggen
    kjøkkenbenken benken blokka blokken bakken fjorden fjellet skogen sjøen sykehuset sjukehuset
    sykehjemmet legekontoret apoteket posten skolen barnehagen borettslaget dugnaden nakken
    brystet lungene nesa nesen munnen håret gebisset krykkene nøklene veska vesken morran
    nyttårsaften julaften bords fjor dagsrevyen kommunen
    mor far mora faren moren mamma pappa bestemor bestefar mormor morfar farmor farfar besta tante
    onkel søster søstera søstra søsteren syster systera bror broren broder sønn sønnen son datter
    dattera datteren dotter dottera barn barna barnet barnebarn barnebarna barnebarnet oldebarn
    oldebarna unge ungen unger ungene ungan gutt gutten guten guttene jente jenta jentene mann
    mannen mennene kone kona kjerring kjerringa karen gubben nevø nevøen niese niesa fetter kusine
    nabo naboen naboer naboene nabokona nabokjerringa venn vennen venner vennene venninne venninna
    venninnen venninnene folk folka menneske mennesker dame dama damen damene fruen frue frøken fru
    herr herre doktor doktoren lege legen legene prest presten søster sykepleier sykepleieren
    pleier pleieren hjelper hjelperen hjelpepleier hjemmehjelp hjemmehjelpa hjemmehjelpen
    hjemmesykepleien hjemmesykepleier tannlege tannlegen frisør frisøren sjåfør sjåføren postmann
    postmannen elektriker rørlegger vaktmester vaktmesteren gjest gjester gjestene besøk besøket
    besøkende selskap selskapet fest festen bryllup begravelse begravelsen dåp dåpen konfirmasjon
    konfirmasjonen bursdag bursdagen jubileum dugnad møte møtet laget kor koret kirke kirka kirken
    trimmen bingo bingoen tv tven fjernsyn fjernsynet radio radioen telefon telefonen mobil mobilen
    nettbrett nettbrettet data dataen avis avisen apparat apparatet høreapparat høreapparatet
    briller brillene brilla hørsel hørselen syn synet stokk stokken rullator rullatoren rullestol
    rullestolen seng senga sengen sofa sofaen stol stolen bord bordet bad badet kjøkken kjøkkenet
    kjøkenet stua stuen kjeller kjelleren loft loftet boden gang trapp trappa trappen dør døra
    døren vindu vinduet vinduene hus huset leilighet leiligheten leilegheit hage hagen garasje
    garasjen bil bilen buss bussen tog toget båt båten ferje ferja ferga trikk trikken drosje
    drosja taxi taxien vei veien veg vegen gate gata gaten by byen bygd bygda bygden tettsted
    butikk butikken butikker kjøleskap kjøleskapet kjøleskåp kjøleskåpet fryser fryseren frysar
    skap skapet skuff skuffen skuffa komfyr komfyren ovn ovnen vær været ver veret regn regnet snø
    snøen vind vinden storm stormen sol sola solen kulde kulda varme varmen sommer sommeren vinter
    vinteren høst høsten haust hausten vår våren jul jula julen påske påska påsken pinse pinsa
    ferie ferien helg helga helgen dag dagen dager dagene natt natta natten morgen morgenen
    formiddag formiddagen ettermiddag ettermiddagen kveld kvelden time timen timer minutt minutter
    uke uka uker måned måneden år året åra tid tida tiden gang gangen ganger gong stund stunda
    stunden øyeblikk øyeblikket slutten begynnelsen mandag tirsdag onsdag torsdag fredag lørdag
    søndag mandagen tirsdagen onsdagen torsdagen fredagen lørdagen søndagen måndag måndagen tysdag
    laurdag sundag januar februar mars april mai juni juli august september oktober november
    desember bein beinet beina ben benet arm armen hand handa hånd hånda hånden hender hendene
    fingre fingrene fot foten føtter føttene rygg ryggen hofte hofta hoften kne kneet knær knærne
    skulder skuldra hode hodet hovud hovudet mage magen hjerte hjertet hals halsen tann tennene
    tenner øre øret ører ørene øye øyet øyne øynene hud huden blod blodet blodtrykk blodtrykket
    kropp kroppen sykdom sykdommen sjukdom forkjølelse influensa feber febern hoste hosten gikt
    gikta gikten sukkersyke medisin medisinen medisiner pille piller pillene pensjon pensjonen
    penger pengene penga krone regning regningen regninga bank banken kort kortet lommebok
    lommeboka liv livet død døden helse helsa glede hjelp hjelpa hjelpen arbeid arbeidet jobb
    jobben grunn grunnen måte måten sak saken spørsmål spørsmålet svar svaret ord ordet navn navnet
    sted stedet plass plassen ting tingen tingene greie greia greier greiene skiten dritten driten
    styr styret mas maset bråk bråket rot rotet tull tullet vrøvl tøv prat praten skravl krig
    krigen minne minner minnet historie historien humør humøret form formen slag slaget vane vanen
    problem problemet feil feilen knapp knappen maskin maskina maskinen robot roboten dings dingsen
    stemme stemmen lyd lyden tale talen beskjed beskjeden lapp lappen liste lista listen katt
    katten katta hund hunden bikkja fugl fuglen fuglene ku kua hest hesten sau sauen golv golvet
    gulv gulvet fjord fjorden fjell fjellet sjø sjøen hav havet skog skogen tur turen ferie hytte
    hytta hytten gård gården gard garden fabrikk fabrikken skole skolen blomst verden verda verden
    landet norge noreg oslo bergen trondheim stavanger kristiansand tromsø sykehus sykehuset
    sykehjem sykehjemmet sjukehus sjukehuset aldershjem gamlehjem gamlehjemmet dagsenter
    dagsenteret kommune kommunen stemning hverdag kvardag maten mat matlyst matlysten
    """
)

#: Whom somebody speaks of; a number before them orders nothing.
PEOPLE = word_set(
    """
    barnebarn barnebarna barnebarnet oldebarn oldebarna barn barna unger ungene ungan søsken
    søsknene søstre søstrene brødre brødrene bror søster sønn sønner sønnene sønnen datter døtre
    døtrene dattera datteren venn venner vennene venninner venninnene venninne nabo naboer naboene
    gjester gjestene gjest folk mennesker personer damer damene menn mennene karer karene
    slektninger kusiner fettere tanter onkler nevø niese pensjonister beboere brukere kollegaer
    jenter jentene gutter guttene mann kone dame
    """
)

#: Where things lie at home: "i skapet" says nothing of which ware it is.
AT_HOME = word_set(
    """
    skapet skapa skap kjøleskapet kjøleskap fryseren frysaren boden kjelleren hylla skuffen skuffa
    benken kjøkkenbenken bordet stua kjøkkenet matboden
    """
)
