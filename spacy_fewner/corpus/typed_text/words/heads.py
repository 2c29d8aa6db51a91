"""Heads of type phrases: nouns that are no types, people, works, and what stands before a name."""

from . import word_set

# Roles, relations, judgements and parts: true of a name, but no type of it.
NO_TYPE = word_set("""
    abbreviation acre acronym adaptation addition advantage advocate aim alias ally alternative
    alumna alumnus amateur amount analogue ancestor angle another answer appearance approach
    area aspect attempt attitude attraction aunt background balance base basis beginner
    beginning birthplace bit black blend blue body boy boyfriend brand bronze brother candidate
    case cause champion chance child choice citizen claim class classmate collaboration
    colleague collection combination comeback commercial commitment companion complement
    component composite concern conclusion condition confidant consequence consolidation
    contemporary contender content contestant continuation contraction contrast contribution
    copy core cornerstone counterpart couple cousin cover critical crossover danger daughter day
    deal debut decision departure derivative descendant description designation desire
    difference direction disadvantage disappointment discussion distance dozen dystopian effect
    effort element employee end entity essence evidence exact example exception existence
    expansion experience expert explanation expression extension face fact factor failure fan
    fashion father favorite favourite feature few fiance figure finalist first-timer flown focus
    follow follower foot football forever form former foundation freshman friend front function
    future gateway girl girlfriend goal gold graduate granddaughter grandson green guide guy
    half heart high highlight hit homeland hometown hour husband hybrid icon idea image impact
    independent indication individual influence inspiration instance interest introduction issue
    item junior key kid kilometer kilometre kin kind lack late latecomer lead leader legend life
    lifetime line link list location look loss lot love lover mainstay majority make man
    management mark matter meaning means measure medium member mention meter metre mile
    milestone minority minute mix mixture moment mood mother mystery name namesake native
    native-born nature need neighbor neighbour nephew newcomer nexus niche nickname niece
    nominee non-profit not-for-profit note noteworthy notion number object occasion occurrence
    one online opponent opportunity option origin other outcome paid pair parent parody part
    participant partner people percent period person perspective phase phenomenon pick piece
    pile pioneer place placement point portion position possibility potential practice precursor
    predecessor prequel presence priority private problem process professional progress
    prominent promise proof proponent protege pseudonym quality question rate re-creation
    reaction reality reason recipient recreation red reference reflection regular relation
    relationship relative release remainder remake remnant removal replacement report
    representation resident response rest result return revelation reversal right risk rival
    role rookie roommate root runner-up running sample scene schoolmate seat second section
    segment seller senior sense sequel sequence shame share shift side sign signatory silver
    sister situation size slogan something son son-in-law sort source spelling spot spouse stage
    standard standout staple star start statement status step stop strength stretch style
    subject subset substitute success successor sum summary supporter surname surprise survivor
    symbol synonym target task tendency term testament theme thing threat three tie time title
    topic torchbearer total touch trace tract transition translation treatment trend tribute
    trick triumph twin two type uncle unit use user value variant variation variety version
    veteran victim victory view virtue voice warning wave way weakness white whole wife winner
    woman word world written year yellow zone
""")
# Types only with a modifier ("research center").
NO_TYPE_ALONE = word_set("""
    act activity authority board body center centre chemical class classic collection complex
    concept device entity epic establishment event expert facility field figure force general
    head home host individual institution land leader level light line machine material method
    model move official original peak point position principal process product project property
    public range record region run service set shot site space structure substance system title
    top track unit work worker
""")
# "a species of fern" is a fern.
TRANSPARENT = word_set("brand cultivar form kind sort species strain style subspecies type variety")
# "a genus of ferns" is a fern genus.
GROUPS_OF = word_set("breed family genre genus order subfamily subgenus tribe")
TAXA = word_set("family genus order species subgenus subspecies tribe")
PEOPLE = word_set("""
    academic accountant activist actor actress administrator admiral ambassador anchor animator
    anthropologist archaeologist archbishop archer architect arranger artist astrologer
    astronaut astronomer athlete attorney auditor author aviator ballerina bandleader banker
    baritone barrister baseman bass bassist biathlete biochemist biographer biologist bishop
    blogger bluesman bobsledder bodybuilder botanist boxer broadcaster broker bureaucrat
    businessman businesswoman calligrapher captain cardinal cardiologist cartographer cartoonist
    catcher cellist center centre chairman chairwoman chancellor chef chemist chess-player
    choreographer churchman cinematographer civil-servant clarinetist classicist clergyman
    climber co-founder co-owner coach colonel columnist comedian comedienne commander
    commentator composer computer-scientist conductor congressman consultant cook cornerback
    cosmonaut costume-designer courtesan courtier cricketer critic curler cyclist dancer dean
    defender democrat dentist designer diplomat director disc-jockey dj doctor documentarian
    dramatist driver drummer duke ecologist economist editor educator egyptologist emperor
    engineer engraver entomologist entrepreneur essayist evangelist executive explorer farmer
    feminist fencer filmmaker financier flautist folklorist footballer forward founder frontman
    fullback gangster general geneticist geographer geologist goalkeeper goldsmith golfer
    governor grandmaster guard guitarist gymnast halfback harpist headmaster heiress historian
    host humorist hurdler illustrator imam impresario industrialist infielder instructor
    inventor investor jockey journalist judge judoka jumper jurist karateka keyboardist
    kickboxer king knight lawyer lecturer librarian linebacker linguist lithographer luger
    luthier lyricist magician manager mathematician mayor memoirist merchant meteorologist
    mezzo-soprano midfielder minister missionary mobster model monk mountaineer murderer
    musician musicologist naturalist neurologist neuroscientist newsreader nobleman noblewoman
    novelist nun nurse officer organist orientalist ornithologist outfielder outlaw owner
    painter palaeontologist paleontologist pamphleteer pastor pathologist percussionist
    pharmacist philanthropist philologist philosopher photographer physician physicist pianist
    pilot pirate pitcher planter player playwright poet politician pope potter preacher
    presenter president priest prince princess principal printmaker producer professor
    programmer promoter psychiatrist psychologist publisher puppeteer quarterback queen rabbi
    racer rancher rapper referee republican researcher restaurateur revolutionary rider rower
    runner safety sailor saint samurai satirist saxophonist scholar schoolmaster schoolteacher
    scientist screenwriter sculptor senator settler shipbuilder shipowner shooter shortstop
    showman silversmith singer singer-songwriter sinologist skateboarder skater skier slave
    slaver snowboarder socialite sociologist soldier solicitor songstress songwriter soprano
    sportscaster sportswriter sprinter spy statesman stockbroker strategist striker stuntman
    stuntwoman superintendent surfer surgeon surveyor swimmer tackle teacher tenor theologian
    theorist trade-unionist trader trainer translator triathlete trombone-player trombonist
    trumpet-player trumpeter umpire unionist videographer violinist violist vocalist voice-actor
    warlord weaver weightlifter winger wrestler writer zoologist
""")
# May follow "by" without an article ("by rock band Foo").
PERFORMERS = PEOPLE | word_set("""
    band choir company duo ensemble group label orchestra quartet quintet supergroup trio
""")
# What has a title: "The" belongs to it, and so do prepositions.
WORKS = word_set("""
    EP LP album anime anthology autobiography ballad ballet band biography book broadsheet
    cantata cartoon comedy comic compilation dictionary documentary drama duo encyclopedia ep
    epic episode essay fable fairytale farce film franchise game group hymn journal lp magazine
    manga melodrama memoir miniseries mixtape movie musical newsletter newspaper novel novella
    opera operetta oratorio overture painting parable periodical picture play podcast poem
    quartet quintet sculpture sequel series short show single sitcom soap-opera sonata song
    soundtrack story supergroup symphony tabloid telenovela textbook thriller track tragedy
    treatise trilogy trio tune videogame webcomic western
""")
# Works whose year or count tells that a title stands before.
DATED = word_set("""
    EP album ballet book comedy compilation documentary drama ep episode film manga memoir movie
    musical novel novella opera play poem series single song telenovela
""")
# "The" belongs to the names of these.
INTO_NAMES = WORKS | PEOPLE | word_set("antagonist character protagonist superhero villain")
NOT_REPEATED = WORKS | TAXA  # title tracks, bands and their albums; genera and their species
# "and" does not join these to a noun further on, as it does in "film and television actor".
BEFORE_AND = PEOPLE | word_set("""
    EP abbey album bay beetle butterfly cape castle cathedral church city college commune
    company corporation district ep fern firm fort fortress glacier hamlet herb island lake
    locality monastery mosque moth mountain municipality neighborhood neighbourhood novel
    organisation organization parish peak peninsula province region river settlement shrub
    suburb temple town township university village vine volcano
""")
# May stand right before a name ("the novel Dune"); of people, those that are not part of it.
BEFORE_NAMES = word_set("""
    EP LP academic accountant activist actor actress administrator admiral agency airline album
    ambassador anchor animator anime antagonist anthropologist archaeologist archbishop archer
    architect arranger article artist asteroid astrologer astronaut astronomer athlete attorney
    auditor author automaker aviator ballad ballerina ballet band bandleader bank banker
    baritone barrister baseman bass bassist battleship biathlete biochemist biographer biologist
    bishop blog blogger bluesman bobsledder bodybuilder book botanist boxer brand broadcaster
    broker bureaucrat businessman businesswoman calligrapher capital captain cardinal
    cardiologist cartographer cartoonist catcher cellist center centre chairman chairwoman
    chancellor channel character chef chemist chess-player choir choreographer churchman
    cinematographer civil-servant clade clan clarinetist classicist clergyman climber club
    co-founder co-owner coach collective colonel columnist comedian comedienne comet comic
    commander commentator company composer computer-scientist conductor congressman
    constellation consultant cook cornerback cosmonaut costume-designer courtesan courtier
    crater cricketer critic cruiser cult cultivar curler cyclist dancer dean defender deity
    democrat dentist designer destroyer detective developer dinosaur diplomat director
    disc-jockey distributor dj doctor documentarian documentary dramatist driver drummer duke
    duo dynasty ecologist economist editor educator egyptologist emperor engineer engraver
    ensemble entomologist entrepreneur ep episode essay essayist evangelist executive explorer
    farmer feminist fencer film filmmaker financier firm flautist folklorist footballer forward
    founder franchise frigate frontman fullback game gangster general geneticist genus
    geographer geologist goalkeeper god goddess goldsmith golfer governor grandmaster group
    guard guitarist gymnast halfback harpist headmaster heiress hero heroine historian horse
    host humorist hurdler hymn illustrator imam impresario industrialist infielder infraorder
    institute instructor inventor investor jockey journal journalist judge judoka jumper jurist
    karateka keyboardist kickboxer king knight label lake lawyer lecturer librarian linebacker
    linguist lithographer locomotive luger luthier lyricist magazine magician manager manga
    manufacturer mathematician mayor memoirist merchant meteorologist mezzo-soprano midfielder
    miniseries minister mission missionary mixtape mobster model monk mountaineer movie murderer
    musical musician musicologist naturalist network neurologist neuroscientist newspaper
    newsreader nobleman noblewoman novel novelist novella nun nurse officer opera operetta
    orchestra order organisation organist organization orientalist ornithologist outfielder
    outlaw owner painter painting palaeontologist paleontologist pamphleteer pastor pathologist
    percussionist pharmacist philanthropist philologist philosopher photographer phylum
    physician physicist pianist pilot pirate pitcher planter player playwright podcast poem poet
    politician pope potter preacher presenter president priest prince princess principal
    printmaker producer professor program programme programmer promoter protagonist psychiatrist
    psychologist publisher puppeteer quarterback quartet queen rabbi racehorse racer rancher
    rapper referee republican researcher restaurateur retailer revolutionary rider river rower
    runner safety sailor saint samurai satellite satirist saxophonist scholar schoolmaster
    schoolteacher schooner scientist screenwriter sculptor sculpture senator series settler ship
    shipbuilder shipowner shooter shortstop showman silversmith singer singer-songwriter single
    sinologist sitcom skateboarder skater skier slave slaver snowboarder soap-opera socialite
    sociologist soldier solicitor song songstress songwriter soprano soundtrack soundtrack-album
    spacecraft sportscaster sportswriter sprinter spy startup statesman station steamer
    steamship stockbroker story strategist striker strip studio studio-album studios stuntman
    stuntwoman subfamily subgenus submarine suborder superfamily supergroup superhero
    superintendent supermodel supervillain surfer surgeon surveyor swimmer symphony tackle
    teacher team telenovela tenor theologian theorist track trade-unionist trader trainer
    translator triathlete tribe trio trombone-player trombonist trumpet-player trumpeter umpire
    unionist university videogame videographer villain violinist violist vocalist voice-actor
    volcano warlord weaver webcomic weightlifter winger wrestler writer yacht zoologist
""")
# May stand before "of" and a name.
PLACES = word_set("""
    atoll barangay borough canton city commune comune county department district gmina
    governorate hamlet island municipality neighborhood neighbourhood oblast parish prefecture
    province region state suburb town township village
""")
ORGANISMS = word_set("""
    alga annual ant bacterium bat bee beetle bird bug butterfly cactus catfish cichlid conifer
    crab dinosaur eel fern fish fly frog fungus gastropod gecko grass herb lichen lizard mammal
    moss moth mushroom orchid perennial plant rodent shark shrub skink slug snail snake spider
    subshrub succulent toad tree turtle vine virus wasp weed wildflower
""")
# With ORGANISMS: their names may have words in lower case.
SUBSTANCES = word_set("""
    acid alkaloid antibiotic compound disease disorder drug dye enzyme herbicide hormone
    infection medication medicine mineral pesticide protein salt syndrome
""")
