"""Scripts whose words are not parted by spaces, for a regular expression's brackets."""

# Han with its radicals, strokes and Bopomofo, kana, Yi; Thai to Tibetan, Burmese, Khmer, the other
# scripts of South East Asia without spaces; Tangut, Khitan, Nushu; cuneiform and hieroglyphs.
UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u1b00-\u1bbf"
    "\u2e80-\u2fdf\u3040-\u312f\u31a0-\u31bf\u31c0-\u31ff\u3400-\u9fff\ua000-\ua4cf"
    "\ua980-\ua9ff\uaa60-\uaadf\uf900-\ufaff\uff66-\uff9f\U00012000-\U0001345f"
    "\U00017000-\U00018dff\U0001aff0-\U0001b2ff\U00020000-\U0003ffff"
)
# Korean has spaces, but particles stick to the words before them.
HANGUL = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff\uffa0-\uffdc"
# Ideographic and full-width punctuation: a token of its own wherever it stands.
PUNCTUATION = "\u3001-\u3004\u3008-\u3020\u3030\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
# Letters of spaced scripts in the form that texts without spaces have them in.
FULL_WIDTH = "\uff21-\uff3a\uff41-\uff5a"
