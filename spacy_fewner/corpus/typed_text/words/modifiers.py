"""Modifiers: those that say nothing of the type, and those that do against the rule."""

from . import word_set

# Judgements, times, sizes, places and counts.
STRIPPED = word_set("""
    abandoned acclaimed active ancestral another aspiring award award-winning beautiful beloved
    best-selling bestselling big celebrated certain commercially common controversial critically
    current debut defunct different distinguished disused eight eighteenth eighth eleventh
    emerging eminent ex extinct extremely fairly famous fast-growing favorite favourite fellow
    few fifteenth fifth final first five follow-up former formerly four fourteenth fourth full
    full-length good great high-profile highly historic hit huge important infamous influential
    internationally key known large large-sized larger largest last late leading legendary
    length less licensed little local long-running long-time longtime lost main major
    medium-size medium-sized mid-sized middle-sized modern-day more most multi-award-winning
    multiple new newly next nine nineteenth ninth north notable noted now now-defunct officially
    old older one only original other overall own particular planned popular possible potential
    powerful present present-day pretty previous primary principal prolific prominent proposed
    quaint rare real recent recently regional relatively renowned respected retired same second
    seven seventeenth seventh several short-lived short-term significant six sixteenth sixth
    sizable sizeable small small-sized smaller smallest so-called sole sophomore south specific
    successful tall ten tenth then then-new third thirteenth three tiny top true twelfth
    twentieth twenty-first two typical unique upcoming upper vast very veteran well well-known
    widely would-be young younger
""")
STRIPPED_ENDINGS = (
    *("-based", "-born", "-acre", "-year-old", "-time", "-storey", "-story", "-turned"),
)
# Stripped behind a number or a name ("an Ohio class submarine", "a 900 ton ship").
AFTER_MEASURE = word_set("""
    acre based born built century class cylinder feet foot ft hour inch kilometre km language
    led meter meters metre metres mile minute old owned ranked run seat seater storey story ton
    tonne tons type year years
""")
NUMBERS = word_set("eight five four nine one seven six ten three twelve twenty two")
# Types of two words of which the first would be stripped alone.
KEPT_PAIRS = frozenset(
    {
        ("big", "band"),
        ("common", "law"),
        ("first", "lady"),
        ("first", "lieutenant"),
        ("first", "minister"),
        ("great", "ape"),
        ("key", "grip"),
        ("little", "league"),
        ("local", "government"),
        ("local", "history"),
        ("main", "battle"),
        ("major", "league"),
        ("minor", "league"),
        ("minor", "planet"),
        ("new", "age"),
        ("new", "wave"),
        ("old", "time"),
        ("power", "forward"),
        ("prime", "minister"),
        ("real", "estate"),
        ("second", "lieutenant"),
        ("small", "forward"),
        ("small", "press"),
        ("true", "bug"),
        ("young", "adult"),
    }
)
# "historic" belongs to these.
HISTORIC = word_set("district home house site")
# Abbreviations that are no names.
KEPT_CAPITALS = word_set("""
    2D 3D AM AM/FM CD DJ DVD EP FM FM/AM GPS LGBT LP MMA NGO PC R&B TV UHF VHF
""")
# Before "football" and "rules" they name the game, not the nation.
FOOTBALL_CODES = word_set("American Australian Canadian Gaelic")
STRIPPED_PAIRS = frozenset({("present", "day"), ("modern", "day"), ("well", "known")})
