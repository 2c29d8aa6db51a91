"""Hypothesis strategies for texts that are hard to ground in."""

from hypothesis import strategies as st

PIECES = [
    *("Ann", "ann", "ANN", "Ann Lee", "Lee", "New York", "New York Times", "the Matrix", "Matrix"),
    *("İzmir", "IZMIR", "ızmir", "I\u0307zmir", "café", "cafe\u0301", "CAFÉ", "straße", "STRASSE"),
    *("北京", "北京大学", "大学", "東京", "서울", "서울에서", "ไทย", "\u200f", "\u00ad"),
    *("\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627"),  # Hebrew, Arabic
    *("👩", "👩\u200d👩\u200d👧", "❤\ufe0f", "❤", "🇨🇭", "🇨🇭🇩🇪", "ﬁne", "C++", "C", "x"),
    *("“", "’s", "-", "–", ",", ".", "(", ")", "é\u0323", "\ud800"),
    *(" ", "  ", "\n", "\u3000", "\u00a0"),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | st.text(max_size=30)
SURFACES = st.sampled_from(PIECES) | TEXTS
