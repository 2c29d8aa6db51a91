"""Closed-class words, and the few open-class ones that the rules must know."""

# fmt: off
def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


COPULAS = _set("is was are were")
ARTICLES = _set("a an the")
PREPOSITIONS = _set("""
    about above across after against along alongside amid among amongst around as at before behind
    below beneath beside besides between beyond by despite down during except following for from in
    inside into like minus near of off on onto opposite out outside over past per plus pro since
    than through throughout to toward towards under underneath unlike until up upon versus via vs
    with within without
""")
CONJUNCTIONS = _set("and or but nor yet & because if although though while whereas whilst so")
RELATIVES = _set("who whom whose which that where when why how what")
PRONOUNS = _set("""
    i you he she it we they me him her us them his hers its our ours their theirs my mine your yours
    this that these those there here one ones someone something somebody anyone anything everyone
    everything nobody nothing none himself herself itself themselves another other others each every
    either neither both all any some many much few several most more such same
""")
AUXILIARIES = COPULAS | _set("""
    be been being am has have had having do does did can could will would shall should may might
    must cannot not
""")
ADVERBS = _set("""
    also now then today currently formerly still always often sometimes usually generally later
    earlier soon again already ever never only just even very quite rather too well best better
    perhaps maybe however therefore thus hence moreover furthermore meanwhile instead afterwards
    together once twice originally initially historically recently previously officially
    finally eventually additionally typically traditionally nowadays sometimes elsewhere abroad
    nearby due ago apart away back north south east west northwest northeast southwest southeast
    halfway approximately roughly primarily mainly mostly partly particularly especially notably
    namely largely likely possibly probably
""")
# Adjectives that stand behind their noun with what belongs to them.
BEHIND = _set("""
    native endemic available similar famous common responsible capable adjacent close popular
    active notable unique dedicated devoted suitable able eligible worth next prior subject related
    affiliated known alive dead present full contiguous parallel identical equivalent indigenous
    extinct sympatric visible accessible
""")
CLOSED = PREPOSITIONS | CONJUNCTIONS | RELATIVES | PRONOUNS | AUXILIARIES | ADVERBS | ARTICLES
PARTICIPLES = _set("""
    born built set written known held made sung drawn won shown led run seen found given taken
    spoken chosen sold begun grown worn thrown hit cut put sent spread lost kept meant taught
    bought brought caught fought sought thought understood bred fed built rebuilt shot hung laid
    driven ridden forbidden hidden broken stolen woven frozen eaten fallen beaten overseen co-written
""")
VERBS_IN_ING = _set("starring featuring containing consisting serving belonging using covering including "
    "providing offering producing operating working specializing specialising comprising lying flowing "
    "having being originating competing playing living dealing focusing focussing representing describing")
NOUNS_IN_ING = _set("""
    building painting recording crossing meeting listing wing ring king spring string wedding
    drawing landing clothing pudding housing opening ceiling festival sibling offspring
    boxing wrestling racing fencing rowing sailing skiing cycling swimming bowling dressing
    covering hearing gathering dwelling outbuilding viking earring
""")
DIRECTIONS = _set('north south east west')
OFTEN = _set('weekly monthly quarterly annually daily yearly biannually bimonthly')
NOT_ADVERBS_IN_LY = _set("""
    weekly monthly daily yearly early quarterly biweekly bimonthly fortnightly friendly family
    assembly butterfly monopoly ally anomaly fly belly jelly rally lily bully gully folly holly
    elderly costly lovely lonely scholarly orderly
""")
# What can stand between "is" and the article.
BETWEEN = _set("also currently now still originally formerly today actually basically essentially")

# Suffixes of adjectives, and the nouns that have them.
ADJECTIVE_ENDINGS = (
    "ous", "ful", "ive", "able", "ible", "less", "ish", "ic", "al", "ary", "ular", "esque", "ern",
    "ical", "like", "most", "wide", "est",
)
NOUNS_WITH_ADJECTIVE_ENDING = _set("""
    archive detective executive representative locomotive initiative narrative cooperative
    co-operative collective drive dive hive native adjective operative preventive motive
    adhesive directive explosive laxative olive
    festival canal journal hospital musical animal capital terminal cathedral criminal general
    admiral cardinal principal mineral metal meal professional individual material official
    proposal carnival portal signal manual ritual tribunal memorial pedal medal rival crystal
    cereal arsenal mammal funeral periodical chemical pharmaceutical coral jackal
    aerial editorial tutorial serial trial burial nepal vocal vassal marshal intellectual
    music comic mechanic clinic critic cleric academic relic fabric topic mosaic picnic
    graphic logic public republic attic heretic mystic alcoholic magic ceramic epic classic
    antibiotic arithmetic fanatic mimic basic lyric plastic peptic medic tonic garlic diuretic
    anesthetic synthetic classic skeptic
    library dictionary secretary tributary documentary sanctuary missionary estuary seminary
    glossary notary ossuary military commentary actuary luminary apothecary canary diary
    salary granary infirmary adversary anniversary bestiary mortuary obituary january february
    revolutionary mercenary beneficiary functionary subsidiary judiciary visionary constabulary
    table vegetable constable cable fable parable stable syllable bible crucible
    dish fish radish parish polish catfish jellyfish shellfish crayfish starfish swordfish
    tern lantern cavern tavern cistern govern intern pattern western fern
    forest priest test contest guest nest west quest harvest conquest request chest crest protest
    arrest post host ghost coast outpost breakfast signpost trading-post
    consul singular
""")

STRIPPED = _set("""
    former retired late current small large big major new old young famous popular well-known
    notable prominent important renowned leading acclaimed award-winning best-selling bestselling
    successful last next final only main primary principal sole largest smallest unique rare common
    typical local regional beautiful great good noted celebrated distinguished influential
    well known fellow then own very so-called critically commercially multiple several few
    debut follow-up sophomore first second third fourth fifth sixth seventh eighth ninth tenth
    eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth
    twentieth twenty-first one two three four five six seven eight nine ten
    active prolific powerful significant key top high-profile respected controversial infamous
    legendary veteran emerging upcoming present-day present previous original recent
    long-running short-lived now-defunct defunct ex long-time longtime modern-day tiny huge
    medium-sized mid-sized medium-size small-sized middle-sized large-sized fast-growing
    historic hit full full-length length tall short-term sizable sizeable vast award multi-award-winning
    little highly widely fairly relatively extremely officially internationally most more less
    then-new newly recently formerly another other
    eminent quaint pretty beloved favorite favourite true real so-called
    same different certain particular specific possible potential would-be aspiring
    south north smaller larger older younger licensed lost proposed planned abandoned disused now ancestral
""")
KEPT_CAPITALS = _set("TV FM AM DVD CD PC EP LP DJ R&B UHF VHF NGO MMA 3D 2D AM/FM FM/AM GPS LGBT")
FOOTBALL_CODES = _set("American Canadian Gaelic Australian")

TRANSPARENT = _set("species subspecies variety type kind form sort brand cultivar style strain")
GROUPS_OF = _set("genus breed genre family tribe order subgenus subfamily")
NO_TYPE = _set("""
    member part name title term word number way thing something person man woman people boy girl son
    daughter brother sister wife husband father mother parent child cousin nephew niece uncle aunt
    descendant ancestor friend native resident graduate fan alumnus alumna supporter lover follower
    example result success failure hit favorite favourite symbol sign subject reference version
    variant remake sequel prequel adaptation combination mixture mix case place location
    point fact idea effort attempt time day year period lot bit attraction feature aspect source
    basis reason cause effect problem issue matter question answer need majority minority half
    distance contraction pile signatory total list body entity object item component piece nickname pseudonym alias abbreviation
    acronym synonym spelling surname candidate nominee winner runner-up finalist participant
    contestant recipient contender inspiration influence predecessor successor replacement opponent
    rival partner ally focus star lead cover heart gateway beginning end seat base birthplace
    kind type form sort set series-long group-of variety class style brand mark make
    one two three other another rest remainder few pair couple dozen
    addition advantage alternative analogue amount angle appearance approach area aim attempt
    attitude background balance blend bridge-of chance choice claim collaboration collection
    comeback commitment concern condition conclusion consequence continuation contrast contribution
    copy core counterpart crossover danger deal decision departure derivative description desire
    difference direction disadvantage discussion disappointment effect element essence evidence
    exception existence expansion experience expert explanation expression extension face factor
    fashion figure foundation front function future goal guide guy hybrid icon image impact
    indication instance instrument-of interest introduction key kid kin lack legend life line
    link look loss love meaning means measure medium mention method-of moment mood mystery namesake
    nature niche note notion occasion occurrence opportunity option origin outcome parody
    perspective phase phenomenon pioneer portion position possibility potential practice
    presence priority process progress prominent promise proof proponent quality reaction reality
    reason recreation reflection regular relation relationship relative remnant removal report
    representation response return revelation reversal risk role root sample scene section
    segment sense sequence shame share shift side situation size slogan sort spot stage
    standard standout start state-of statement status step stop story-of stretch strength subset
    substitute sum summary surprise survivor target task tendency testament theme theory-of threat
    tie tool-of topic touch trace transition translation treatment trend tribute trick triumph
    twin unit use user value variation vehicle-of victim victory view virtue voice warning wave
    weakness whole work-of worker-of world zone
    leader expert advocate opponent champion pioneer protege boyfriend girlfriend spouse
    fiance lifetime veteran beginner amateur professional individual character-of
    contemporary colleague classmate roommate neighbour neighbor namesake companion confidant
    mainstay staple regular newcomer first-timer debut single-of hometown homeland
    cornerstone milestone landmark-of highlight hub-of nexus
    percent minute hour second mile kilometre kilometer metre meter foot acre
    gold silver bronze black white red blue green yellow
    junior senior freshman native-born late former
    critical commercial written flown high online exact noteworthy follow paid forever dystopian
    private independent content not-for-profit non-profit grandson granddaughter son-in-law
    release re-creation latecomer rookie torchbearer precursor placement rate tract
    complement consolidation pick management designation seller composite schoolmate citizen employee right calculus-of
""")
NO_TYPE_ALONE = _set("""
    group center centre system structure work project product event unit player series
    site space field facility body service material device model concept method process
    authority light force official home peak figure character individual range player institution entity establishment property
    house-name region complex community-of substance chemical head host board
    instrument set class title activity collection complex leader worker expert machine
    building-of land level point top run move act position record track set shot
    sport-of public original original-of classic epic general principal line
""") - _set("player character series group instrument sport building")
SINGULAR_IN_S = _set("""
    series species barracks headquarters works news crossroads gymnastics physics mathematics
    politics economics athletics linguistics genetics electronics bus gas campus virus genus
    chassis basis axis oasis synthesis thesis canvas atlas octopus cactus fungus citrus
    census chorus circus abacus papyrus hippopotamus walrus nucleus alumnus lens iris
    pancreas cosmos kudos chaos rhinoceros ethos logos albatross comics aerobics mollus
    hospice locus corpus apparatus radius sinus stylus surplus bonus focus lotus status tennis
    metropolis necropolis acropolis diagnosis analysis dermatitis tuberculosis
""")
PEOPLE = _set("""
    actor actress singer songwriter singer-songwriter musician composer lyricist guitarist bassist
    drummer pianist violinist cellist vocalist rapper producer director screenwriter writer author
    novelist poet playwright dramatist journalist columnist critic editor publisher essayist
    translator historian philosopher theologian linguist scientist physicist chemist biologist
    botanist zoologist mathematician astronomer geologist economist sociologist psychologist
    anthropologist archaeologist physician surgeon doctor nurse dentist psychiatrist lawyer attorney
    judge jurist barrister solicitor politician diplomat statesman senator congressman ambassador
    governor mayor president minister businessman businesswoman entrepreneur banker merchant
    industrialist philanthropist engineer architect inventor designer painter sculptor artist
    photographer illustrator cartoonist animator filmmaker cinematographer choreographer dancer
    ballerina comedian comedienne model presenter broadcaster anchor newsreader host magician
    footballer cricketer golfer boxer wrestler swimmer cyclist skier skater rower sprinter
    runner jumper hurdler gymnast fencer sailor jockey driver racer goalkeeper midfielder defender
    striker forward winger fullback halfback quarterback linebacker cornerback safety tackle
    guard center centre pitcher catcher outfielder infielder shortstop baseman player coach manager
    referee umpire athlete biathlete triathlete soldier general officer admiral commander colonel
    captain pilot aviator astronaut cosmonaut explorer missionary priest bishop archbishop cardinal
    pope monk nun rabbi imam minister preacher pastor evangelist saint king queen emperor prince
    princess duke nobleman noblewoman knight samurai warlord activist feminist revolutionary
    educator teacher professor academic scholar librarian lecturer researcher theorist
    conductor organist saxophonist trumpeter trombonist percussionist keyboardist violist flautist
    clarinetist harpist soprano tenor baritone mezzo-soprano bass arranger bandleader songstress
    dj disc-jockey chef cook restaurateur farmer naturalist ornithologist entomologist
    paleontologist palaeontologist ecologist geneticist biochemist pharmacist astrologer
    pathologist cardiologist neurologist neuroscientist meteorologist geographer cartographer
    orientalist philologist classicist egyptologist sinologist folklorist musicologist
    printmaker engraver lithographer potter weaver goldsmith silversmith calligrapher
    stuntman stuntwoman voice-actor puppeteer blogger commentator sportscaster sportswriter
    socialite heiress courtier courtesan slave outlaw gangster mobster murderer spy
    surveyor planter settler rancher trader shipbuilder shipowner slaver pirate computer-scientist programmer
    trainer instructor rider mountaineer climber bodybuilder surfer snowboarder skateboarder
    luger bobsledder curler archer shooter weightlifter judoka karateka kickboxer
    luthier clergyman churchman humorist satirist pamphleteer essayist memoirist biographer
    chess-player grandmaster trumpet-player trombone-player bluesman frontman showman
    democrat republican trade-unionist unionist strategist consultant executive administrator
    financier investor broker stockbroker accountant auditor civil-servant bureaucrat
    headmaster schoolmaster schoolteacher superintendent principal dean chancellor
    cinematographer costume-designer videographer documentarian impresario promoter
""")
# Heads of what has a title: "The" belongs to it, and so do prepositions.
WORKS = _set("""
    film movie novel song album single book show opera play poem manga anime game magazine newspaper
    band duo trio quartet quintet ep EP lp LP episode musical documentary story comic sitcom
    soundtrack drama comedy novella memoir autobiography biography anthology sculpture painting
    ballad hymn ballet symphony journal webcomic telenovela soap-opera picture
    melodrama thriller western cartoon short miniseries trilogy videogame podcast tune track
    mixtape compilation play operetta cantata oratorio overture sonata poem epic essay tragedy
    farce parable fable fairytale textbook treatise periodical tabloid broadsheet newsletter
    encyclopedia dictionary series supergroup group sequel franchise
""")
TAXA = _set('genus species subgenus subspecies family tribe order')
INTO_TITLES = WORKS | PEOPLE | _set("character villain superhero antagonist protagonist")
NOT_REPEATED = WORKS | TAXA
# Heads that "and" does not join to a noun further on, as in "film and television actor".
BEFORE_AND = PEOPLE | _set("""
    village town city municipality commune suburb river mountain island album novel organization
    organisation company university college footballer lake hamlet parish township neighborhood
    neighbourhood district province peninsula bay cape glacier peak volcano castle fort fortress
    monastery abbey cathedral church temple mosque locality settlement region
    shrub herb vine moth butterfly beetle fern ep EP corporation firm
""")
# Heads that stand before a name: "the novel Dune".
BEFORE_NAMES = PEOPLE | _set("""
    film movie novel song album single book opera poem manga anime magazine newspaper band duo trio
    quartet episode musical documentary sitcom soundtrack novella sculpture painting ballet symphony
    soap-opera webcomic telenovela miniseries podcast mixtape operetta company label
    group supergroup game novelist collective videogame firm airline manufacturer brand
    supermodel genus subgenus rapper sibling-of ep EP LP studio-album series programme program
    play comic journal show opera ensemble orchestra choir ship frigate battleship steamer yacht
    schooner submarine destroyer cruiser steamship locomotive racehorse horse developer retailer
    university asteroid comet spacecraft satellite tribe philosopher god goddess deity
    capital subfamily superfamily order suborder infraorder phylum clade crater constellation automaker
    blog guitarist lake volcano clan dynasty sculptor
    club studio network channel station agency organization organisation institute bank startup
    team studios racehorse filmmaker
    dinosaur superhero supervillain villain drummer publisher distributor broadcaster
""") - _set("safety tackle guard center centre forward general minister model cardinal saint pope "
            "king queen prince princess bass principal executive host anchor captain show play")
NOT_NAMES = _set("""
    church school mall college company university house hotel river lake station museum building
    bridge park band group album film song book series game village town city district county
    club team league party government state society association committee council
    department institute center centre foundation airport stadium library hospital army
    navy force service board court act bill law treaty constitution president king queen
    prime bishop pope emperor prince duke father mother sister brother doctor professor captain
    temple castle fort abbey cathedral parish valley mountain island bay road street highway
    railway line route ship boat aircraft festival award prize cup championship tournament
    battle war campaign operation project program programme plan system model
    original first second third last next new old current former both all each every most many
    some several few other another same such only main major mr mrs ms miss dr st
    monday tuesday wednesday thursday friday saturday sunday january february march april may june
    july august september october november december spring summer autumn winter
    list lists chapter episode season volume part section yes no people men women children students
    critics fans members others today tomorrow yesterday someone anything everything nothing
    music art love life death time history education food water work
    english french german spanish latin greek
    movie novel story show character plot name title word term result reason purpose goal aim
    property structure site area region facility community organization organisation
    theatre theater firm corporation brand product magazine newspaper journal
    species genus plant tree shrub flower animal fish bird
    ep lp cd dvd
""")
STARTS_NO_NAME = CLOSED - _set("a an the i my me we you he she they it this these that those what who when where how why all like near above about over under between inside into after before if because one")
JOINERS = _set("of the and & de la le les du da di do von van der den del della dos das des e y el al bin ibn zu ul "
               "y et und ten ter op san af av i oglu oğlu")
TITLE_JOINERS = _set("a an in at on for to with from by no as")
NATIONS = _set("""
    French Dutch Greek Welsh Scottish Czech Thai Swiss Iraqi Pakistani Israeli Bengali Punjabi Nepali
    Kuwaiti Yemeni Omani Saudi Emirati Afghan Hindi Tamil Telugu Malayalam Kannada Marathi Filipino
    Filipina Argentine Icelandic Slovak Slovene Croat Serb Uzbek Kazakh Turk Polish Irish Manx
    UK US U.S. U.K. USA Soviet Lao Basque Catalan Hong-Kong Philippine New-Zealand
    Indian American Australian Canadian British Japanese Chinese Korean Taiwanese Latin Creole
    Quebec Quebecois Bollywood Hollywood Grammy-winning Christian Jewish Muslim Catholic
    Buddhist Hindu Celtic Arab Kurdish Hebrew Gothic Viking Grammy Nordic Azerbaijani Bangladeshi
    Somali Malay Inuit Maori Cherokee Navajo
""")
NUMBERS = _set('one two three four five six seven eight nine ten twelve twenty')
UNITS = _set("based born class type year years old ton tons tonne foot feet ft metre meter metres meters mile kilometre km acre "
             "hour minute inch language cylinder seat seater storey story ranked")
BACKBONE = _set("plant shrub herb tree orchid moth butterfly beetle frog toad snake lizard bird fish snail slug "
                "fern grass mushroom fungus spider ant wasp bee fly bug crab shrub weed vine subshrub "
                "perennial annual mammal bat rodent dinosaur lichen moss alga bacterium virus eel "
                "catfish cichlid skink gecko turtle shark gastropod cactus succulent conifer wildflower")
SUBSTANCES = _set("compound drug medication medicine antibiotic mineral protein enzyme disease disorder "
                  "infection syndrome acid salt alkaloid hormone dye pesticide herbicide")
TAXON_ENDINGS = ("idae", "aceae", "inae", "oidea", "ales", "ineae", "oideae")
TAXON_WORDS = _set("species genus subspecies cultivar family")
COLOURS = _set('red blue green yellow black white little great common lesser southern northern small large long lost south north central')
KNOWN = _set('also commonly formerly previously originally better best popularly sometimes often usually officially locally')
NAMED = _set('known called named titled referred abbreviated spelled spelt romanized nicknamed')
KEPT_PAIRS = frozenset({
    ("new", "wave"), ("new", "age"), ("big", "band"), ("old", "time"), ("young", "adult"),
    ("real", "estate"), ("true", "bug"), ("minor", "planet"), ("minor", "league"),
    ("major", "league"), ("small", "forward"), ("small", "press"), ("main", "battle"),
    ("common", "law"), ("local", "government"), ("local", "history"), ("power", "forward"),
    ("first", "lady"), ("first", "minister"), ("prime", "minister"), ("little", "league"),
    ("great", "ape"), ("key", "grip"), ("second", "lieutenant"), ("first", "lieutenant"),
})
PERFORMERS = PEOPLE | _set('band group duo trio quartet quintet supergroup ensemble orchestra choir company label')
HISTORIC = _set('home house district site')
MADE = _set("founded foaled released located based established opened published formed built created "
            "written directed produced launched incorporated organized developed headquartered situated "
            "sung performed composed recorded")
ORDINALS = _set("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
                "fourteenth fifteenth debut")
DATED = _set("film movie novel song album single book opera play poem manga ep EP episode comedy drama "
             "documentary musical ballet series memoir compilation novella telenovela")
PLACES = _set("city town village island municipality commune hamlet district borough suburb state "
              "province region canton governorate prefecture parish township neighborhood barangay "
              "neighbourhood oblast gmina county department comune atoll")
PLACE_PREFIXES = _set("san santa saint st. st los las el la le port mount fort new north south east "
                      "west upper lower great little lake grand")
# fmt: on
NO_EPITHETS = CLOSED | KNOWN | NAMED | MADE
