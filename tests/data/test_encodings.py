"""Files that are not UTF-8: the error names the likely encoding, and nothing is guessed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spacy_fewner.data import read_samples
from spacy_fewner.data.encodings.likely import likely_encodings
from spacy_fewner.data.files import read_text
from spacy_fewner.errors import FewnerError

GB, BIG5 = "GB18030 (or GBK)", "Big5"
SHIFT_JIS, EUC_JP, CP949 = "Shift-JIS", "EUC-JP", "CP949 (or EUC-KR)"
LATIN = "Windows-1252 (or Latin-1)"
TEXTS = {
    ("gb18030", GB): ["王小明在北京大学学习。", "谢谢", "李娜 赢得 了 法国 网球 公开赛"],
    ("gbk", GB): ["他说,“我们明天去上海”"],
    ("gb2312", GB): ["迈向 充满 希望 的 新 世纪"],
    ("big5", BIG5): ["我們在臺灣大學學習中文", "林志玲出席了記者會"],
    ("cp932", SHIFT_JIS): ["東京タワーに行った", "山田太郎はソニーの社長です"],
    ("shift_jis", SHIFT_JIS): ["私は学生です"],
    ("euc_jp", EUC_JP): ["東京タワーに行った", "日本語の文章を読みます"],
    ("euc_kr", CP949): ["삼성전자는 새로운 제품을 발표했다", "안녕하세요"],
    ("cp949", CP949): ["똠방각하를 읽을 수 있습니다"],
    ("utf-16-le", "UTF-16-LE"): ["Ada met Bob", "王小明在北京大学学习", "Привет, АННА", "مرحبا"],
    ("utf-16-be", "UTF-16-BE"): ["Ada met Bob in Rome", "東京タワーに行った", "한국어 텍스트를"],
    ("cp1252", LATIN): ["Voilà l'été à Besançon", "“quoted” — text", "El niño comió piñas"],
    ("latin-1", LATIN): ["Der Bürgermeister von Köln", "garçon"],
}
CASES = [(codec, name, text) for (codec, name), texts in TEXTS.items() for text in texts]


@pytest.mark.parametrize(("codec", "name", "text"), CASES)
@pytest.mark.parametrize("more", ["", "\n", "\nAda\tB-PER\n"])
def test_the_encoding_is_named(codec: str, name: str, text: str, more: str):
    assert likely_encodings((text + more).encode(codec)) == [name]


@pytest.mark.parametrize(("codec", "name", "text"), CASES)
def test_no_file_is_read_in_a_guessed_encoding(tmp_path: Path, codec: str, name: str, text: str):
    path = tmp_path / "s.words"
    text += "你" * (text == "谢谢")  # which are the bytes of "лл" in UTF-8
    path.write_bytes(text.encode(codec))
    with pytest.raises(FewnerError) as caught:
        read_samples(path, joiner="")
    error = caught.value
    assert str(path) in error.argument and error.rule == "must be UTF-8"
    assert error.remedy.startswith(f"It is likely {name}. Convert it: iconv -f ")


@pytest.mark.parametrize("codec", ["gb18030", "big5", "cp932", "cp949", "utf-16-le", "cp1252"])
def test_the_commands_that_are_told_convert(tmp_path: Path, codec: str):
    text = next(texts[0] for (one, _), texts in TEXTS.items() if one == codec)
    (tmp_path / "IN").write_bytes(text.encode(codec))
    with pytest.raises(FewnerError) as caught:
        read_text(tmp_path / "IN")
    iconv, _, python = caught.value.remedy.partition(", or: python -c ")
    program = python.strip('"')
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True)
    assert (tmp_path / "OUT").read_text("utf8") == text
    if shutil.which("iconv") is None:  # as under Windows
        return
    command = iconv.partition("Convert it: ")[2].replace("OUT", "OTHER")
    subprocess.run(command, shell=True, cwd=tmp_path, check=True)
    assert (tmp_path / "OTHER").read_text("utf8") == text


@pytest.mark.parametrize(
    "data",
    [
        "王小明在北京".encode()[:-1] + b"\xff",
        b"abc\xff\xfe",
        bytes(range(256)),
        b"\x81\x00\x01" * 9,
    ],
)
def test_what_fits_none_is_not_named(tmp_path: Path, data: bytes):
    assert likely_encodings(data) == []
    (tmp_path / "s.txt").write_bytes(data)
    with pytest.raises(FewnerError, match=r"s\.txt:\d: must be UTF-8; got byte 0x.*Save the file"):
        read_text(tmp_path / "s.txt")


def test_a_mark_of_utf16_says_how_to_convert(tmp_path: Path):
    (tmp_path / "s.txt").write_text("Ada", "utf-16")
    with pytest.raises(FewnerError, match=r"UTF-16 byte order mark.*iconv -f UTF-16 -t UTF-8"):
        read_text(tmp_path / "s.txt")


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b\x00c",
        "Ada\x00",
        "\x00" * 8,
        "\x08 \x08 \x08 \x06\n",
        "a\nb\nc\nd\ne\n",
        "𠮷野家\x00",
    ],
)
def test_null_characters_are_no_utf16(tmp_path: Path, text: str):
    path = tmp_path / "s.txt"
    path.write_bytes(text.encode())
    assert read_text(path) == text
