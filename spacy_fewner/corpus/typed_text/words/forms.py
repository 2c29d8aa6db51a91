"""Endings that tell nouns from adjectives, adverbs and verbs, and where they are wrong."""

from . import word_set

ADJECTIVE_ENDINGS = (
    *("ous", "ful", "ive", "able", "ible", "less", "ish", "ic", "al", "ary", "ular", "esque"),
    *("ern", "like", "most", "wide", "est"),
)
# Last parts of measures, which are adjectives ("a six-day newspaper").
MEASURE_ENDINGS = ("-day", "-year", "-seat", "-service", "-group", "-story", "-lane")
NOUNS_IN_ED = ("bed", "seed", "reed", "weed", "breed", "shed")
NOUNS_WITH_ADJECTIVE_ENDING = word_set("""
    academic actuary adhesive adjective admiral adversary aerial alcoholic anesthetic animal
    anniversary antibiotic apothecary archive arithmetic arrest arsenal attic basic beneficiary
    bestiary bible breakfast burial cable canal canary capital cardinal carnival catfish
    cathedral cavern ceramic cereal chemical chest cistern classic cleric clinic co-operative
    coast collective comic commentary conquest constable constabulary consul contest cooperative
    coral crayfish crest criminal critic crucible crystal detective diary dictionary directive
    dish diuretic dive documentary drive editorial epic estuary executive explosive fable fabric
    fanatic february fern festival fish forest functionary funeral garlic general ghost glossary
    govern granary graphic guest harvest heretic hive hospital host individual infirmary
    initiative intellectual intern jackal january jellyfish journal judiciary lantern laxative
    library locomotive logic luminary lyric magic mammal manual marshal material meal mechanic
    medal medic memorial mercenary metal military mimic mineral missionary mortuary mosaic
    motive music musical mystic narrative native nepal nest notary obituary official olive
    operative ossuary outpost parable parish pattern pedal peptic periodical pharmaceutical
    picnic plastic polish portal post preventive priest principal professional proposal protest
    public quest radish relic representative republic request revolutionary ritual rival salary
    sanctuary secretary seminary serial shellfish signal signpost singular skeptic stable
    starfish subsidiary swordfish syllable synthetic table tavern terminal tern test tonic topic
    trading-post trial tribunal tributary tutorial vassal vegetable visionary vocal west western
""")
NOUNS_IN_ING = word_set("""
    bowling boxing building ceiling clothing covering crossing cycling drawing dressing dwelling
    earring fencing gathering hearing housing king landing listing meeting offspring opening
    outbuilding painting pudding racing recording ring rowing sailing sibling skiing spring
    string swimming viking wedding wing wrestling
""")
# Those that follow a noun even without an object.
VERBS_IN_ING = word_set("""
    being belonging competing comprising consisting containing covering dealing describing
    featuring flowing focusing focussing having including living lying offering operating
    originating playing producing providing representing serving specialising specializing
    starring using working
""")
NOT_ADVERBS_IN_LY = word_set("""
    ally anomaly assembly belly bimonthly biweekly bully butterfly costly daily dolly duopoly
    early elderly family fly folly fortnightly friendly gully holly homily italy jelly july lily
    lonely lovely monopoly monthly orderly panoply quarterly rally reply scholarly supply tally
    weekly yearly
""")
SINGULAR_IN_S = word_set("""
    abacus acropolis aerobics albatross alumnus analysis apparatus athletics atlas axis barracks
    basis bonus bus cactus campus canvas census chaos chassis chorus circus citrus comics corpus
    cosmos crossroads dermatitis diagnosis economics electronics ethos focus fungus gas genetics
    genus gymnastics headquarters hippopotamus hospice iris kudos lens linguistics locus logos
    lotus mathematics metropolis mollus necropolis news nucleus oasis octopus pancreas papyrus
    physics politics radius rhinoceros series sinus species status stylus surplus synthesis
    tennis thesis tuberculosis virus walrus works
""")
SINGULAR_IN_MEN = word_set("abdomen omen regimen specimen")
# Plurals that end otherwise than in -s or by no rule; "" where the singular is no type.
SINGULARS = {
    **{"women": "woman", "men": "man", "mice": "mouse", "geese": "goose", "leaves": "leaf"},
    **{"wolves": "wolf", "knives": "knife", "calves": "calf", "shelves": "shelf"},
    **{"shoes": "shoe", "canoes": "canoe", "movies": "movie", "cookies": "cookie"},
    **{"calories": "calorie", "zombies": "zombie", "caches": "cache", "psyches": "psyche"},
    **{"children": "", "people": "", "feet": "", "teeth": ""},
}
