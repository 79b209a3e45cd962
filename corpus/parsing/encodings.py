"""Bytes of unknown encoding to text."""

from __future__ import annotations

import codecs

from corpus.errors import UnreadableFile

# UTF-32 is looked for first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes) -> str:
    """Text of unknown encoding: byte order marks first, then UTF-8, then GB18030.

    UTF-8 with a few damaged bytes is still read as UTF-8, because GB18030 would turn all of it into nonsense.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _without_binary(_strictly(data, encoding))
    try:
        return _without_binary(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    patched = data.decode("utf-8", "replace")
    damaged = patched.count("\ufffd")
    sound = sum(character > "\x7f" for character in patched) - damaged
    if damaged * 20 < sound:
        return _without_binary(patched.replace("\ufffd", ""))
    return _without_binary(_strictly(data, "gb18030"))


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile("文字编码认不出来，请另存为 UTF-8 编码") from error


def _without_binary(text: str) -> str:
    controls = sum(character < " " and character not in "\t\n\r\f\v" for character in text)
    if controls * 20 > len(text):
        raise UnreadableFile("内容不是文字（可能是图片或其他格式改了后缀名）")
    return text
