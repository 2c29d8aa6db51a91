"""What names are made of."""

from . import word_set
from .closed import CLOSED, KNOWN, MADE, NAMED

# No names alone, even with a capital ("The Church is a …").
NOT_NAMES = word_set("""
    abbey act aim aircraft airport album all animal another anything april area army art
    association august autumn award band battle bay bill bird bishop board boat book both brand
    bridge brother building campaign captain castle cathedral cd center centre championship
    chapter character children church city club college committee community company constitution
    corporation council county court critics cup current death december department district
    doctor dr duke dvd each education emperor english ep episode every everything facility fans
    father february festival few film firm first fish flower food force former fort foundation
    french friday game genus german goal government greek group highway history hospital hotel
    house institute island january journal july june king lake last latin law league library
    life line list lists love lp magazine main major mall many march may members men miss model
    monday most mother mountain movie mr mrs ms museum music name navy new newspaper next no
    nothing novel november october old only operation organisation organization original other
    others parish park part party people plan plant plot pope president prime prince prize
    product professor program programme project property purpose queen railway reason region
    result river road route same saturday school season second section september series service
    several ship show shrub sister site society some someone song spanish species spring st
    stadium state station story street structure students such summer sunday system team temple
    term theater theatre third thursday time title today tomorrow tournament town treaty tree
    tuesday university valley village volume war water wednesday winter women word work yes
    yesterday
""")
# Closed-class words with which a title may start.
MAY_START = word_set("""
    a about above after all an because before between he how i if inside into it like me my near
    one over she that the these they this those under we what when where who why you
""")
STARTS_NO_NAME = CLOSED - MAY_START
NO_EPITHETS = CLOSED | KNOWN | NAMED | MADE  # second words of scientific names
# In lower case within names.
JOINERS = word_set("""
    & af al and av bin da das de del della den der des di do dos du e el et i ibn la le les of
    oglu op oğlu san ten ter the ul und van von y zu
""")
# In lower case within titles only.
TITLE_JOINERS = word_set("a an as at by for from in no on to with")
# Nations, languages and beliefs; others are known by NATION_ENDINGS.
NATIONS = word_set("""
    Afghan American Arab Argentine Australian Azerbaijani Bangladeshi Basque Bengali Bollywood
    British Buddhist Canadian Catalan Catholic Celtic Cherokee Chinese Christian Creole Croat
    Czech Dutch Emirati Filipina Filipino French Gothic Grammy Grammy-winning Greek Hebrew Hindi
    Hindu Hollywood Hong-Kong Icelandic Indian Inuit Iraqi Irish Israeli Japanese Jewish Kannada
    Kazakh Korean Kurdish Kuwaiti Lao Latin Malay Malayalam Manx Maori Marathi Muslim Navajo
    Nepali New-Zealand Nordic Omani Pakistani Philippine Polish Punjabi Quebec Quebecois Saudi
    Scottish Serb Slovak Slovene Somali Soviet Swiss Taiwanese Tamil Telugu Thai Turk U.K. U.S.
    UK US USA Uzbek Viking Welsh Yemeni
""")
NATION_ENDINGS = ("ian", "ean", "can", "ish", "ese", "man", "lan")
PLACE_PREFIXES = word_set("""
    east el fort grand great la lake las le little los lower mount new north port saint san
    santa south st st. upper west
""")
TAXON_ENDINGS = ("idae", "aceae", "inae", "oidea", "ales", "ineae", "oideae")
# They tell that a sentence is about organisms.
TAXON_WORDS = word_set("cultivar family genus species subspecies")
# Modifiers that common names of organisms begin with.
OF_COMMON_NAMES = word_set("common great large little lost north small south")
ORDINALS = word_set("""
    debut eighth eleventh fifteenth fifth first fourteenth fourth ninth second seventh sixth
    tenth third thirteenth twelfth
""")
