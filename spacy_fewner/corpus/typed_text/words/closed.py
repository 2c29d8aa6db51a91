"""Closed classes: what ends a noun phrase, or cannot be in a name."""

from . import word_set

COPULAS = word_set("are is was were")
# What can stand between "is" and the article.
BETWEEN = word_set("""
    actually also basically currently essentially formerly now originally still today
""")
ARTICLES = word_set("a an the")
PREPOSITIONS = word_set("""
    aboard about above across after against along alongside amid among amongst around as at atop
    before behind below beneath beside besides between beyond by despite down during except
    following for from in inside into like minus near of off on onto opposite out outside over
    past per plus pro since than through throughout to toward towards under underneath unlike
    until up upon versus via vs with within without
""")
CONJUNCTIONS = word_set("& although and because but if nor or so though whereas while whilst yet")
RELATIVES = word_set("how that what when where which who whom whose why")
PRONOUNS = word_set("""
    all another any anyone anything both each either every everyone everything few he her here
    hers herself him himself his i it its itself many me mine more most much my neither nobody
    none nothing one ones other others our ours same several she some somebody someone something
    such that their theirs them themselves there these they this those us we you your yours
""")
AUXILIARIES = COPULAS | word_set("""
    am be been being can cannot could did do does had has have having may might must not shall
    should will would
""")
ADVERBS = word_set("""
    abroad additionally afterwards again ago already also always apart approximately away back
    best better currently due earlier east elsewhere especially even eventually ever finally
    formerly furthermore generally halfway hence historically however initially instead just
    largely later likely mainly maybe meanwhile moreover mostly namely nearby never north
    northeast northwest notably now nowadays officially often once only originally particularly
    partly perhaps possibly previously primarily probably quite rather recently roughly
    sometimes soon south southeast southwest still then therefore thus today together too
    traditionally twice typically usually very well west
""")
DIRECTIONS = word_set("east north south west")
# Adjectives that stand behind their noun, with what belongs to them ("native to Chile").
BEHIND = word_set("""
    able accessible active adjacent affiliated alive available capable close common contiguous
    dead dedicated devoted eligible endemic equivalent extinct famous full identical indigenous
    known native next notable parallel popular present prior related responsible similar subject
    suitable sympatric unique visible worth
""")
CLOSED = PREPOSITIONS | CONJUNCTIONS | RELATIVES | PRONOUNS | AUXILIARIES | ADVERBS | ARTICLES
# Those that do not end in -ed.
PARTICIPLES = word_set("""
    beaten begun born bought bred broken brought built caught chosen co-written cut drawn driven
    eaten fallen fed forbidden fought found frozen given grown held hidden hit hung kept known
    laid led lost made meant overseen put rebuilt ridden run seen sent set shot shown sold
    sought spoken spread stolen sung taken taught thought thrown understood won worn woven
    written
""")
# Participles that follow a name without a comma ("Acme founded in 1900 is a firm").
MADE = word_set("""
    based built composed created developed directed established foaled formed founded
    headquartered incorporated launched located opened organized performed produced published
    recorded released situated sung written
""")
# Behind a participle ("published weekly").
OFTEN = word_set("annually biannually bimonthly daily monthly quarterly weekly yearly")
# Before a participle that brings another name ("commonly known as").
KNOWN = word_set("""
    also best better commonly formerly locally officially often originally popularly previously
    sometimes usually
""")
NAMED = word_set("abbreviated called known named nicknamed referred romanized spelled spelt titled")
