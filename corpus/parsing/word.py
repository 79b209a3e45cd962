"""Word files to lines."""

from __future__ import annotations

import io

from corpus.errors import UnreadableFile
from corpus.parsing.html import read_html
from corpus.parsing.lines import ParsedPage
from corpus.parsing.word_archive import check_word_archive

_OLD_WORD = b"\xd0\xcf\x11\xe0"

_WORD_STYLES = "\n".join(
    [
        "p[style-name='Title'] => h1:fresh",
        "p[style-name='标题'] => h1:fresh",
        *(f"p[style-name='标题 {level}'] => h{level}:fresh" for level in range(1, 7)),
        "u => ",
    ]
)


def read_docx(data: bytes) -> ParsedPage:
    """The lines of a Word document; raises `UnreadableFile` when it is none."""
    if data.startswith(_OLD_WORD):
        raise UnreadableFile("这是旧版 .doc 或加了密码的 Word 文件，请另存为不带密码的 .docx")
    check_word_archive(data)

    import mammoth  # noqa: PLC0415  heavy, and few corpora need it

    try:
        result = mammoth.convert_to_html(
            io.BytesIO(data), style_map=_WORD_STYLES, convert_image=mammoth.images.img_element(lambda image: {})
        )
    except Exception as error:
        raise UnreadableFile("Word 文件内容已损坏，请用 Word 打开后另存一份") from error
    return read_html(str(result.value))
