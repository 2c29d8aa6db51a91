"""What form a word has, told by its ending: noun or adjective, singular or plural."""

from .words import forms, heads, modifiers
from .words.closed import BEHIND, CLOSED

_NO_NOUNS = CLOSED | BEHIND | modifiers.STRIPPED
_NOUNS = forms.NOUNS_WITH_ADJECTIVE_ENDING | heads.PEOPLE


def is_noun(low: str) -> bool:
    """Whether a word in lower case can be the head of a type phrase."""
    if low in modifiers.KEPT_CAPITALS:
        return True
    if len(low) < 3 or low in _NO_NOUNS:
        return False
    if low in _NOUNS or low.rsplit("-", 1)[-1] in forms.NOUNS_WITH_ADJECTIVE_ENDING:
        return True
    if low.endswith("ed") and not low.endswith(forms.NOUNS_IN_ED):
        return False
    return not is_adverb(low) and not low.endswith(forms.ADJECTIVE_ENDINGS + forms.MEASURE_ENDINGS)


def is_adverb(low: str) -> bool:
    return low.endswith("ly") and not low.endswith("fly") and low not in forms.NOT_ADVERBS_IN_LY


def is_superlative(low: str) -> bool:
    return low.endswith("est") and not is_noun(low)


def is_plural(low: str) -> bool:
    if low in forms.SINGULAR_IN_S or low.rsplit("-", 1)[-1] in forms.SINGULAR_IN_S:
        return False
    if low in forms.SINGULARS or (low.endswith("men") and low not in forms.SINGULAR_IN_MEN):
        return True
    return low.endswith("s") and not low.endswith(("ss", "us", "is", "'s"))


def singular(low: str) -> str:
    """Of a plural; "" if there is none that is a type."""
    if low in forms.SINGULAR_IN_S:
        return low
    if low in forms.SINGULARS:
        return forms.SINGULARS[low]
    if low.endswith("men"):
        return low[:-2] + "an"
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if low.endswith(("sses", "xes", "ches", "shes", "oes", "uses", "zzes")):
        return low[:-2]
    return low[:-1]
