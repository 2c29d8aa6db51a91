"""Scripts whose words are not parted by spaces, and what makes one character of several signs.

For a regular expression's brackets.
"""

# Han, kana, Thai to Tibetan, Burmese, Khmer.
UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff"
    "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
# Korean has spaces, but particles stick to the words before them.
HANGUL = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff\uffa0-\uffdc"
# Ideographic and full-width punctuation: a token of its own wherever it stands.
PUNCTUATION = "\u3001-\u3004\u3008-\u3020\u3030\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65"
