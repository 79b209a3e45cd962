"""Small articles in the layouts that real ones come in, in words of our own, and minimal files of other formats."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook

from corpus.model import Article, Block, BlockKind, Section
from corpus.parsing.articles import parse_article
from corpus.parsing.files import FoundFile
from corpus.parsing.lines import Line

BODY = [
    Line(f"第{n}件事是把欢迎语写短，新成员一眼能看完，看完知道这个群每周几发什么、找谁问、怎么退。") for n in range(30)
]

HEXO = """
---
title: '门店怎样用_会员日_带动回头客'
categories:
 - 运营
 - 某某社区
headimg: 'https://img.example.com/a.jpg'
author: 某某社区
comments: false
date: Thu, 17 Jun 2021 00:00:00 GMT
---

<div>
<blockquote><p>编辑导语：会员日不是打折日。本文说明小店怎样安排一次会员日。</p></blockquote>
<p><img data-action="zoom" src="https://img.example.com/b.png" alt width="900"></p>
<p>我们在三家门店试了两个月，回头客占比从<b>31.5</b>%升到<strong>47.2%</strong>，客单价没有下降。</p>
<h2 id="toc-1">一、<span style="font-weight: inherit">先定日子</span></h2>
<p>每月固定一天，写在收银台的立牌上。</p>
<h3><strong>1. 提前三天提醒<br></strong></h3>
<p>提醒只发一次，写清楚时间、地点和能得到什么。</p>
<ul>
<li>老客：发专属券</li>
<li>新客：
<ol><li>先加企业微信</li><li>再进会员群</li></ol>
</li>
</ul>
<p><a href="https://example.com/empty"></a></p>
<h3>#专栏作家#</h3>
<p>老陈，微信公众号：老陈开店，某某社区专栏作家。开店十年。</p>
<p>本文由@老陈 原创发布于某某社区，未经许可，禁止转载。</p>
<p>题图来自 Unsplash，基于 CC0 协议。</p>
<div class="support-author">
<div class="support-title">给作者打赏，鼓励TA抓紧创作！</div><button><svg><path d="M9.113,4.571"/></svg>
赞赏</button></div>
</div>
            """

GITBOOK = """# 社群欢迎语怎么写
{% hint style="info" %}
**Category:** Operate
**Author:** [小满](https://www.example.com/u/42)
**Published:** 2024-05-30
**Stats:** 👁️ 8132 views | 💬 1 comments | ⭐ 85 collects
**Tags:** `社群` `欢迎语`
**Original:** [View on example.com](https://www.example.com/operate/42.html)
{% endhint %}
> 欢迎语是新成员看到的第一段话，写得好，当天就有人开口。本文给出三个写法。

---

## 社群欢迎语怎么写

[![](https://img.example.com/face.jpg)](https://www.example.com/u/42)

[小满](https://www.example.com/u/42) ![](https://img.example.com/tag.png) 关注

2024-05-30

1 评论 8132 浏览 85 收藏 17 分钟

[🔗 想系统学习运营，来看这门课](https://ke.qidianla.com/courses/x)

> 欢迎语是新成员看到的第一段话，写得好，当天就有人开口。本文给出三个写法。

![](https://img.example.com/head.jpg)

很多群主把欢迎语写成公告，**结果没有人读。**短一点，问一个好回答的问题。

[![](https://img.example.com/course.png)

一门课的名字

这门课讲什么，这里是一段广告文字 ...

查看详情 >

](https://ke.qidianla.com/courses/x)

## 一、三个写法

**第一步：报身份**

先说这个群是谁建的、每周几发什么。

**第二步：问问题**

问题要一句话能答完，例如“你家店在哪个城市？”

| 写法 | 回复率 |
| --- | --- |
| 公告式 | 3% |
| 提问式 | 21% |

作者：小满，公众号：小满的店

本文由 @小满 原创发布于示例社区，未经许可，禁止转载。

题图来自 Unsplash，基于 CC0 协议。

该文观点仅代表作者本人，示例社区平台仅提供信息存储空间服务。

赞赏 收藏已收藏85 点赞已赞11

更多精彩内容，请关注示例社区微信公众号或下载App

[社群](https://www.example.com/tag/a)[欢迎语](https://www.example.com/tag/b)

[分享到微博](https://service.weibo.com/share/share.php?title=社群 欢迎语)

微信扫一扫

![二维码](https://img.example.com/qr.png)

分享
"""


def read(folder: Path, name: str, content: str | bytes) -> Article:
    """Writes a file and reads it as an article."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return parse_article(FoundFile(name, file))


def texts(article: Article) -> list[str]:
    """The texts of all blocks in order."""
    return [block.text for section in article.sections for block in section.blocks]


def paths(article: Article) -> list[tuple[str, ...]]:
    """The heading paths of all sections in order."""
    return [section.headings for section in article.sections]


def article_of(*sections: tuple[tuple[str, ...], Sequence[str | Block]], path: str = "a.md") -> Article:
    """An article out of heading paths with their paragraphs or blocks."""
    made = tuple(
        Section(
            headings,
            tuple(block if isinstance(block, Block) else Block(BlockKind.PARAGRAPH, block) for block in blocks),
        )
        for headings, blocks in sections
    )
    return Article(path=path, title="题", sections=made, file_digest="f", text_digest="t")


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD_NAMES = (
    f'xmlns:w="{WORD}" xmlns:r="{_OFFICE}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def docx(
    *body: str, styles: str = "", parts: Mapping[str, str] | None = None, chunks: Mapping[str, bytes] | None = None
) -> bytes:
    """A Word file whose body is the given XML.

    `styles` are further styles, `parts` the insides of others by their kinds (`numbering`, `footnotes`), `chunks` files
    that the body embeds by the ids of their relationships.
    """
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    parts, chunks = parts or {}, chunks or {}
    named = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{label}"/></w:style>'
        for name, label in (("Title", "Title"), ("H1", "heading 1"), ("H2", "heading 2"))
    )
    insides = {"styles": named + styles, **parts}
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": (
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}.document.main+xml"/>'
            + "".join(f'<Override PartName="/word/{name}.xml" ContentType="{kind}.{name}+xml"/>' for name in insides)
            + "</Types>"
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
        ),
        "word/_rels/document.xml.rels": (
            f'<Relationships xmlns="{package}/relationships">'
            + "".join(f'<Relationship Id="{n}" Type="{_OFFICE}/{n}" Target="{n}.xml"/>' for n in insides)
            + "".join(f'<Relationship Id="{n}" Type="{_OFFICE}/aFChunk" Target="/word/{n}.bin"/>' for n in chunks)
            + "</Relationships>"
        ),
        **{f"word/{name}.xml": f"<w:{name} {_WORD_NAMES}>{inside}</w:{name}>" for name, inside in insides.items()},
        **{f"word/{name}.bin": data for name, data in chunks.items()},
        "word/document.xml": f"<w:document {_WORD_NAMES}><w:body>{''.join(body)}</w:body></w:document>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def word_run(text: str, properties: str = "") -> str:
    """One piece of text with run properties such as `<w:vanish/>`."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def word_block(*inside: str, properties: str = "") -> str:
    """One Word paragraph of runs, with paragraph properties such as `<w:numPr>…`."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(inside)}</w:p>"


def word_paragraph(text: str, style: str = "", *, bold: bool = False) -> str:
    """One Word paragraph."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    run = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f"<w:p>{properties}<w:r>{run}<w:t>{text}</w:t></w:r></w:p>"


def word_table(*rows: Sequence[str]) -> str:
    """A Word table whose first row is bold."""
    made = "".join(
        "<w:tr>" + "".join(f"<w:tc>{word_paragraph(cell, bold=at == 0)}</w:tc>" for cell in row) + "</w:tr>"
        for at, row in enumerate(rows)
    )
    return f"<w:tbl>{made}</w:tbl>"


def pdf(*pages: Sequence[str], encrypted: bool = False) -> bytes:
    """A PDF of ASCII lines, one page for each list of lines."""
    shown = (f"BT /F1 11 Tf 40 780 Td {''.join(f'({line}) Tj 0 -14 Td ' for line in lines)}ET" for lines in pages)
    return _pdf("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>", shown, encrypted=encrypted)


def chinese_pdf(
    *pages: Sequence[tuple[float, float, str] | tuple[float, float, str, int]], font: str = "STSong-Light"
) -> bytes:
    """A PDF in a Chinese font that it does not carry; each text object stands at its place, in points, in its size.

    A page of none is blank; an empty text draws a filled rectangle there, as a scan would be.
    """
    shown = (" ".join(_shown(*piece) for piece in page) for page in pages)
    return _pdf(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{font} /Encoding /UniGB-UCS2-H /DescendantFonts [<< /Type /Font "
        f"/Subtype /CIDFontType0 /BaseFont /{font} /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) "
        f"/Supplement 0 >> /DW 1000 /FontDescriptor << /Type /FontDescriptor /FontName /{font} /Flags 6 /FontBBox "
        "[-25 -254 1000 880] /ItalicAngle 0 /Ascent 752 /Descent -271 /CapHeight 737 /StemV 58 >> >>] >>",
        shown,
    )


def _shown(x: float, y: float, text: str, size: int = 11) -> str:
    if not text:
        return f"{x} {y} 200 200 re f"
    return f"BT /F1 {size} Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET"


def _pdf(font: str, pages: Iterable[str], *, encrypted: bool = False) -> bytes:
    """A PDF of one font, a page for each content stream."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", font]
    kids = []
    for stream in pages:
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {len(objects)} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    trailer = ""
    if encrypted:
        secret = "00" * 32
        objects.append(f"<< /Filter /Standard /V 1 /R 2 /O <{secret}> /U <{secret}> /P -4 >>")
        trailer = f"/Encrypt {len(objects)} 0 R /ID [<{secret}> <{secret}>] "
    out = "%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n" + "".join(f"{at:010d} 00000 n \n" for at in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer}>>\nstartxref\n{start}\n%%EOF\n"
    return out.encode("ascii")


def workbook(*sheets: tuple[str, Sequence[Sequence[object]]], title: str | None = None) -> Workbook:
    """A workbook of named sheets and the values of their rows, to be changed further and given to `saved`."""
    made = Workbook()
    made.remove(made.worksheets[0])
    made.properties.title = title
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return made


def saved(made: Workbook, parts: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a workbook, with `parts` of the archive in the places of its own."""
    stream = io.BytesIO()
    made.save(stream)
    if not parts:
        return stream.getvalue()
    with zipfile.ZipFile(stream) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    strings = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    types = members["[Content_Types].xml"].decode()
    if "xl/sharedStrings.xml" in parts:
        types = types.replace("</Types>", strings)
    return zipped({**members, "[Content_Types].xml": types, **parts})


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def epub(
    *chapters: str,
    metadata: str = "<dc:title>开店手册</dc:title>",
    contents: Sequence[str] = (),
    members: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """An electronic book whose chapters have the given bodies; `contents` names them in its navigation page."""
    page = (
        '<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head>{}</html>'
    )
    links = "".join(f'<li><a href="text/{at}.xhtml#top">{name}</a></li>' for at, name in enumerate(contents))
    kind = 'media-type="application/xhtml+xml"'
    items = "".join(f'<item id="c{at}" href="text/{at}.xhtml" {kind}/>' for at in range(len(chapters)))
    spine = "".join(f'<itemref idref="c{at}"/>' for at in range(len(chapters)))
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": (
                '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
                '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
            ),
            "OEBPS/book.opf": (
                '<package xmlns="http://www.idpf.org/2007/opf" xmlns:opf="http://www.idpf.org/2007/opf">'
                f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>'
                f'<manifest><item id="nav" href="nav.xhtml" properties="nav" {kind}/>{items}</manifest>'
                f'<spine><itemref idref="nav"/>{spine}</spine></package>'
            ),
            "OEBPS/nav.xhtml": page.format(f"<body><nav><ol>{links}</ol></nav></body>"),
            **{f"OEBPS/text/{at}.xhtml": page.format(f"<body>{body}</body>") for at, body in enumerate(chapters)},
            **(members or {}),
        }
    )
