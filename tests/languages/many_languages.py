"""Twenty sentences in each of eight languages, made by rule from frames and fillers of our own.

A frame has PERSON, PLACE and DATE in braces; "{DATE}" is plain text. Frames put names where
annotation breaks most easily: before particles and endings, in brackets, without spaces, beside
digits, with combining marks, from right to left.
"""

import re

from spacy_fewner.types import CharSpan, Sample

LABELS = ("PERSON", "PLACE")
FRAMES = {
    "zh": [
        "{PERSON}{DATE}从{PLACE}坐火车回家。",
        "听说{PERSON}（五十岁）在{PLACE}开了一家书店",
        "{PLACE}的冬天很冷，{PERSON}不喜欢。",
        "“{PERSON}，你去过{PLACE}吗？”",
        "从{PLACE}到{PLACE}要３小时😀",
    ],
    "ja": [
        "{PERSON}さんは{DATE}に{PLACE}へ引っ越しました。",
        "{PLACE}駅で{PERSON}を見かけた（ﾎﾝﾄ？）",
        "「{PERSON}と申します」と{PLACE}の人が言った。",
        "{PLACE}より{PLACE}のほうが静かだ",
        "{PERSON}・{PERSON}両氏が出席した。",
    ],
    "ko": [
        "{PERSON}은 {DATE}에 {PLACE}에서 왔다.",
        "{PLACE}까지는 {PERSON}이랑 같이 갔어요ㅋㅋ",
        "“{PERSON}!” {PLACE}의 시장에서 누가 불렀다.",
        "{PERSON}의 집은 {PLACE}에 있다.",
        "{PLACE}와 {PLACE}는 가깝다.",
    ],
    "th": [
        "{PERSON}ย้ายไปอยู่{PLACE}เมื่อ{DATE}",
        "ที่{PLACE}มีร้านของ{PERSON}อยู่ ๒ ร้าน",
        "{PERSON}กับ{PERSON}ไปเที่ยว{PLACE}",
        "จาก{PLACE}ถึง{PLACE}ใช้เวลานาน",
        "“{PERSON}อยู่ไหม” เขาถาม",
    ],
    "ar": [
        "سافر {PERSON} إلى {PLACE} في {DATE}.",
        "قال {PERSON}: «أحبّ {PLACE} كثيرًا»",
        "هل زرتَ {PLACE} يا {PERSON}؟",
        "من {PLACE} إلى {PLACE} ثلاث ساعات",
        "{PERSON} (طبيب) يسكن قرب {PLACE}.",
    ],
    "hi": [
        "{PERSON} {DATE} को {PLACE} से आया।",
        "{PLACE} में {PERSON} की दुकान है।",
        "“{PERSON}, क्या तुम {PLACE} गए थे?”",
        "{PLACE} और {PLACE} के बीच नदी है।",
        "{PERSON} तथा {PERSON} मित्र हैं।",
    ],
    "ru": [
        "{PERSON} приехал из города {PLACE} {DATE}.",
        "«{PERSON}, — спросили в городе {PLACE}, — где вы?»",
        "Город {PLACE} больше, чем {PLACE}.",
        "В городе {PLACE} живёт {PERSON}!",
        "{PERSON} и {PERSON} дружат.",
    ],
    "de": [
        "{PERSON} zog am {DATE} nach {PLACE}.",
        "In {PLACE} („am Fluss“) wohnt {PERSON}…",
        "{PERSON} & {PERSON} fahren nach {PLACE}",
        "Zwischen {PLACE} und {PLACE} fährt kein Zug.",
        "Grüße aus {PLACE}, {PERSON}",
    ],
}
PEOPLE = {
    "zh": "王小兰 李四 欧阳𠮷 阿依古丽·买买提",
    "ja": "山田花子 𠮷野さくら ｱﾘｽ ジョン・スミス",
    "ko": "김민수 이서연 박지훈 최🌟",
    "th": "สมชาย น้ำฝน กิตติ ปู",
    "ar": "مُحَمَّد_عليّ ليلى سامي_حدّاد نُور",
    "hi": "मीरा अर्जुन_सिंह कृष्णा फ़रहान",
    "ru": "Анна_Петрова Иван Семён_Ёжиков О\u0301льга",
    "de": "Jörg_Müller Zoe\u0308 Frau_Weiß Ayşe",
}
PLACES = {
    "zh": "成都 青海湖 上海 西藏",
    "ja": "京都 東京タワー 北海道 ﾅｺﾞﾔ",
    "ko": "서울 부산 제주도 경주",
    "th": "เชียงใหม่ กรุงเทพฯ ภูเก็ต น่าน",
    "ar": "القاهرة بَغداد فاس دمشق",
    "hi": "दिल्ली क़ाज़ीपुर पुणे वाराणसी",
    "ru": "Тверь Казань Псков Пермь",
    "de": "Köln Bad_Füssing Ulm Gruß-Elbe",
}
DATES = {
    "zh": "去年三月",
    "ja": "２０１９年５月",
    "ko": "2019년 5월",
    "th": "ปี ๒๕๖๒",
    "ar": "٣ مايو",
    "hi": "५ मई",
    "ru": "3 мая",
    "de": "3. Mai",
}
# A suffix sticks to the name, or the name lies in a compound: only characters can tell them apart.
INSIDE_WORDS = {
    "de": ("Merkels/Scholz' Rede in Ulmer Mundart", [("Merkel", "PERSON"), ("Ulm", "PLACE")]),
    "ru": ("В Тверь-2 видели Ивана", [("Тверь", "PLACE"), ("Иван", "PERSON")]),
    "tr": ("Ayşe’nin Ankara'da evi var", [("Ayşe", "PERSON"), ("Ankara", "PLACE")]),
    "ar": ("ذهب بالقاهرة لنور", [("القاهرة", "PLACE"), ("نور", "PERSON")]),
}
_SLOT = re.compile(r"\{(\w+)\}")


def sentences(lang: str) -> list[Sample]:
    """Twenty, all different: each frame with four choices of fillers."""
    fillers = {
        "PERSON": _names(PEOPLE[lang]),
        "PLACE": _names(PLACES[lang]),
        "DATE": [DATES[lang]],
    }
    return [_filled(frame, fillers, turn) for turn in range(4) for frame in FRAMES[lang]]


def _names(given: str) -> list[str]:
    return [name.replace("_", " ") for name in given.split()]


def _filled(frame: str, fillers: dict[str, list[str]], turn: int) -> Sample:
    text, spans, position = "", [], 0
    for number, slot in enumerate(_SLOT.finditer(frame)):
        text += frame[position : slot.start()]
        choices = fillers[slot[1]]
        name = choices[(turn + number) % len(choices)]
        if slot[1] in LABELS:
            spans.append(CharSpan(len(text), len(text) + len(name), slot[1]))
        text, position = text + name, slot.end()
    return Sample(text + frame[position:], tuple(spans))


def inside_words(lang: str) -> Sample:
    text, names = INSIDE_WORDS[lang]
    places = [(text.index(name), name, label) for name, label in names]
    return Sample(text, tuple(CharSpan(at, at + len(n), label) for at, n, label in places))
