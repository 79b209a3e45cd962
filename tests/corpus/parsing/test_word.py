"""Word files to lines."""

from __future__ import annotations

import io
import quopri
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import UnreadableFile
from corpus.model import BlockKind
from corpus.parsing.lines import Line
from corpus.parsing.word import parse_docx
from tests.corpus.samples import docx, word_block, word_paragraph, word_run, word_table


def test_word_headings_paragraphs_and_tables() -> None:
    data = docx(
        word_paragraph("会员日手册", "Title"),
        word_paragraph("一、准备", "H1"),
        word_paragraph("先定日子。"),
        word_paragraph("物料", "H2"),
        word_table(["物料", "数量"], ["立牌", "3"]),
    )
    assert parse_docx(data).lines == (
        Line("会员日手册", level=1),
        Line("一、准备", level=1),
        Line("先定日子。"),
        Line("物料", level=2),
        Line("物料：立牌；数量：3", BlockKind.TABLE_ROW),
    )


def archive(**files: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "不是有效的 Word 文件"),
        (b"\xd0\xcf\x11\xe0 old", "旧版 .doc"),
        (docx(word_paragraph("x"))[:200], "不是有效的 Word 文件"),
        (archive(readme="x"), "只是后缀名"),
        (docx("<w:p>"), "已损坏"),
    ],
)
def test_word_files_that_cannot_be_read(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        parse_docx(data)


def texts(data: bytes) -> list[str]:
    return [line.text for line in parse_docx(data).lines]


HIDING = (
    '<w:style w:type="paragraph" w:styleId="Inner"><w:name w:val="内部"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Note"><w:name w:val="内部批注"/><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Sub"><w:name w:val="更里面"/><w:basedOn w:val="Note"/></w:style>'
)


@pytest.mark.parametrize(
    "properties", ["<w:vanish/>", '<w:vanish w:val="true"/>', '<w:rStyle w:val="Note"/>', '<w:rStyle w:val="Sub"/>']
)
def test_hidden_text_is_not_read(properties: str) -> None:
    body = word_block(word_run("返点三个点"), word_run("，最低可以到五个点", properties), word_run("。"))
    assert texts(docx(body, styles=HIDING)) == ["返点三个点。"]


def test_text_that_is_shown_after_all_is_read() -> None:
    shown = word_block(word_run("返点三个点。", '<w:vanish w:val="0"/>'), properties='<w:pStyle w:val="Inner"/>')
    hidden = word_block(word_run("最低五个点。"), properties='<w:pStyle w:val="Inner"/>')
    assert texts(docx(shown, hidden, styles=HIDING)) == ["返点三个点。"]


def test_hidden_rows_of_a_table_are_not_read() -> None:
    table = word_table(["档位", "价"], ["散客", "三折"], ["内部", "两折"])
    rows = table.split("<w:tr>")
    table = "<w:tr>".join([*rows[:-1], f"<w:trPr><w:hidden/></w:trPr>{rows[-1]}"])
    assert texts(docx(table)) == ["档位：散客；价：三折"]


def test_tracked_changes_are_read_as_accepted() -> None:
    changed = word_block(
        word_run("返点"),
        '<w:del w:id="1"><w:r><w:delText>三</w:delText></w:r></w:del>',
        f'<w:ins w:id="2">{word_run("五")}</w:ins>',
        word_run("个点"),
        f'<w:moveFrom w:id="3">{word_run("，年底结")}</w:moveFrom>',
        f'<w:moveTo w:id="4">{word_run("，月底结")}</w:moveTo>',
        word_run("。"),
    )
    gone = word_table(["档位", "价"], ["旧档", "一折"]).replace("<w:tr>", '<w:tr><w:trPr><w:del w:id="5"/></w:trPr>')
    assert texts(docx(changed, gone)) == ["返点五个点，月底结。"]


def field(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def test_a_table_of_contents_is_no_text() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="11"><w:name w:val="toc 1"/></w:style>'
    styled = word_paragraph("一、准备\t3", "11")
    boxed = (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent>{word_paragraph('目录')}{word_paragraph('一、准备 3')}</w:sdtContent></w:sdt>"
    )
    code = '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-3" \\h </w:instrText></w:r>'
    made = (
        word_block(field("begin"), code, field("separate"), word_run("一、准备"))
        + word_paragraph("二、当天")
        + word_block(field("end"))
    )
    data = docx(styled, boxed, made, word_paragraph("一、准备", "H1"), word_paragraph("先定日子。"), styles=styles)
    assert texts(data) == ["一、准备", "先定日子。"]


def test_a_field_that_is_never_closed_costs_no_text() -> None:
    code = "<w:r><w:instrText>TOC</w:instrText></w:r>"
    assert texts(docx(word_block(field("begin"), code, field("separate")), word_paragraph("先定日子。"))) == [
        "先定日子。"
    ]


def test_what_other_fields_show_is_read() -> None:
    simple = f'<w:fldSimple w:instr="DOCPROPERTY Price">{word_run("99")}</w:fldSimple>'
    code = "<w:r><w:instrText> REF price </w:instrText></w:r>"
    made = field("begin") + code + field("separate") + word_run("199") + field("end")
    assert texts(docx(word_block(word_run("日常 "), made, word_run(" 元，活动 "), simple, word_run(" 元")))) == [
        "日常 199 元，活动 99 元"
    ]


def test_a_placeholder_that_nobody_filled_in_is_no_text() -> None:
    shown = word_run("单击此处输入文字")
    form = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{shown}</w:sdtContent></w:sdt>"
    assert texts(docx(word_block(word_run("店长："), form))) == ["店长："]


def test_characters_below_pronunciations_are_read() -> None:
    ruby = f"<w:r><w:ruby><w:rt>{word_run('yǔn')}</w:rt><w:rubyBase>{word_run('允')}</w:rubyBase></w:ruby></w:r>"
    assert texts(docx(word_block(word_run("不"), ruby, word_run("许")))) == ["不允许"]


def notes(text: str) -> dict[str, str]:
    return {"footnotes": f'<w:footnote w:id="2">{word_block(word_run(text))}</w:footnote>'}


MARK = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>'


def test_a_short_note_stands_where_it_is_referred_to() -> None:
    body = word_block(word_run("上限是 50"), MARK, word_run(" 人。"))
    assert texts(docx(body, parts=notes("新账号减半"))) == ["上限是 50（注：新账号减半） 人。"]


def test_a_long_note_follows_the_paragraph() -> None:
    long = "注册不满三十天的账号按一半计算，" * 5
    body = word_block(word_run("上限是 50"), MARK, word_run(" 人。"))
    assert texts(docx(body, word_paragraph("每天清零。"), parts=notes(long))) == [
        "上限是 50[1] 人。",
        f"[1] {long}",
        "每天清零。",
    ]


@pytest.mark.parametrize(("length", "lines"), [(60, 1), (61, 2)])
def test_a_note_of_a_line_is_short(length: int, lines: int) -> None:
    body = word_block(word_run("上限是 50"), MARK, word_run(" 人。"))
    assert len(texts(docx(body, parts=notes("半" * length)))) == lines


def test_long_notes_of_one_paragraph_follow_it_in_their_order() -> None:
    long = {number: f"第{number}个说明，" * 12 for number in (2, 3, 4)}
    parts = {
        "footnotes": "".join(
            f'<w:footnote w:id="{number}">{word_block(word_run(text))}</w:footnote>' for number, text in long.items()
        )
    }
    first, second, third = (f'<w:r><w:footnoteReference w:id="{number}"/></w:r>' for number in long)
    body = (word_block(word_run("甲"), first, word_run("乙"), second), word_block(word_run("丙"), third))
    assert texts(docx(*body, parts=parts)) == [
        "甲[1]乙[2]",
        f"[1] {long[2]}",
        f"[2] {long[3]}",
        "丙[3]",
        f"[3] {long[4]}",
    ]


def test_hidden_text_of_a_note_is_not_read() -> None:
    hidden = word_block(word_run("新账号减半"), word_run("内部口径", "<w:vanish/>"))
    body = word_block(word_run("上限是 50"), MARK)
    assert texts(docx(body, parts={"footnotes": f'<w:footnote w:id="2">{hidden}</w:footnote>'})) == [
        "上限是 50（注：新账号减半）"
    ]


def test_a_note_without_a_text_leaves_nothing() -> None:
    body = word_block(word_run("上限是 50"), MARK, word_run(" 人。"))
    assert texts(docx(body, parts={"footnotes": ""})) == ["上限是 50 人。"]


def box(*inside: str) -> str:
    return f"<w:txbxContent>{''.join(inside)}</w:txbxContent>"


def drawn(content: str) -> str:
    return (
        '<w:drawing><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData><wps:wsp>'
        f"<wps:txbx>{content}</wps:txbx></wps:wsp></a:graphicData></a:graphic></w:drawing>"
    )


def test_text_boxes_are_read_once_whatever_form_they_have() -> None:
    said = box(word_paragraph("离店时邀请加企业微信。"))
    pict = f"<w:pict><v:shape><v:textbox>{said}</v:textbox></v:shape></w:pict>"
    choice = f'<mc:Choice Requires="wps">{drawn(said)}</mc:Choice>'
    both = f"<mc:AlternateContent>{choice}<mc:Fallback>{pict}</mc:Fallback></mc:AlternateContent>"
    new = f"<mc:AlternateContent>{choice}</mc:AlternateContent>"
    for form in (both, new, pict, drawn(said)):
        data = docx(word_block(word_run("看方框"), f"<w:r>{form}</w:r>", word_run("。")), word_paragraph("完"))
        assert texts(data) == ["看方框。", "离店时邀请加企业微信。", "完"]


def math(*inside: str) -> str:
    return f"<m:oMath>{''.join(inside)}</m:oMath>"


def letters(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("inside", "shown"),
    [
        (letters("实付=原价×0.9−20"), "实付=原价×0.9−20"),
        (f"<m:f><m:num>{letters('成交')}</m:num><m:den>{letters('进店')}</m:den></m:f>", "成交/进店"),
        (f"<m:f><m:num>{letters('a+b')}</m:num><m:den>{letters('2')}</m:den></m:f>", "(a+b)/2"),
        (f"<m:sSup><m:e>{letters('10')}</m:e><m:sup>{letters('6')}</m:sup></m:sSup>", "10^6"),
        (f"<m:sSub><m:e>{letters('x')}</m:e><m:sub>{letters('i')}</m:sub></m:sSub>", "x_i"),
        (f"<m:rad><m:deg/><m:e>{letters('a+b')}</m:e></m:rad>", "√(a+b)"),
        (f"<m:d><m:e>{letters('a−b')}</m:e></m:d>", "(a−b)"),
        (
            f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{letters("i=1")}</m:sub>'
            f"<m:sup>{letters('n')}</m:sup><m:e>{letters('x')}</m:e></m:nary>",
            "∑_(i=1)^nx",
        ),
    ],
)
def test_equations_are_read_as_text(inside: str, shown: str) -> None:
    body = word_block(word_run("公式："), math(inside), word_run("，最低 99 元。"))
    assert texts(docx(body, f"<m:oMathPara>{math(inside)}</m:oMathPara>")) == [f"公式：{shown}，最低 99 元。", shown]


def test_a_choice_of_forms_without_any_costs_nothing() -> None:
    run = "<w:r><mc:AlternateContent/></w:r>"
    assert texts(docx(word_block(word_run("甲"), run, word_run("乙")))) == ["甲乙"]


def test_an_equation_that_is_a_picture_is_named() -> None:
    piece = '<w:r><w:object><o:OLEObject ProgID="Equation.3"/></w:object></w:r>'
    assert texts(docx(word_block(word_run("实付="), piece, word_run("。")))) == ["实付=〔公式〕。"]


PAGE = "<html><body><h1>储值规则</h1><p>储值 1000 元送 120 元，不可提现。</p></body></html>"


def mail_archive(charset: str) -> bytes:
    head = (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\n'
        f'Content-Type: text/html; charset="{charset}"\nContent-Transfer-Encoding: quoted-printable\n\n'
    )
    return head.encode() + quopri.encodestring(PAGE.encode(charset)) + b"\n--b--\n"


CHUNK = '<w:altChunk r:id="c1"/>'


@pytest.mark.parametrize(
    "chunk",
    [
        PAGE.encode(),
        b"\xef\xbb\xbf" + PAGE.encode(),
        mail_archive("utf-8"),
        mail_archive("gb18030"),
        docx(word_paragraph("储值规则", "Title"), word_paragraph("储值 1000 元送 120 元，不可提现。")),
    ],
)
def test_files_embedded_in_a_word_file_are_read_in_their_place(chunk: bytes) -> None:
    page = parse_docx(docx(word_paragraph("前面。"), CHUNK, word_paragraph("后面。"), chunks={"c1": chunk}))
    assert [line.text for line in page.lines] == ["前面。", "储值规则", "储值 1000 元送 120 元，不可提现。", "后面。"]
    assert page.lines[1].level == 1
    assert page.warnings == ()


@pytest.mark.parametrize(
    ("chunk", "lines"),
    [
        ("储值 1000 元送 120 元。".encode(), ["储值 1000 元送 120 元。"]),
        ("储值 1000 元送 120 元。".encode("gb18030"), ["储值 1000 元送 120 元。"]),
        (b'MIME-Version: 1.0\nContent-Type: text/plain; charset="x-none"\n\n' + "不可提现。".encode(), ["不可提现。"]),
        (b"MIME-Version: 1.0\nContent-Type: image/png\n\nx", []),
        (b" " * 2048 + b"MIME-Version: 1.0\n\n" + "不可提现。".encode(), ["MIME-Version: 1.0", "不可提现。"]),
    ],
)
def test_embedded_texts_and_mails(chunk: bytes, lines: list[str]) -> None:
    page = parse_docx(docx(word_paragraph("前面。"), CHUNK, chunks={"c1": chunk}))
    assert [line.text for line in page.lines] == ["前面。", *lines]


def test_a_file_embedded_in_a_cell_follows_its_row() -> None:
    cell = f"<w:tc>{CHUNK}<w:p/></w:tc>"
    rows = "".join(f"<w:tr><w:tc>{word_paragraph(text)}</w:tc>{cell}</w:tr>" for text in ("规则见右", ""))
    lines = texts(docx(f"<w:tbl>{rows}</w:tbl>", chunks={"c1": "不可提现。".encode()}))
    assert [line.rstrip("；") for line in lines] == ["规则见右", "不可提现。", "不可提现。"]


def test_an_embedded_file_that_cannot_be_read_is_told() -> None:
    page = parse_docx(docx(word_paragraph("前面。"), CHUNK, chunks={"c1": b"{\\rtf1 text}"}))
    assert [line.text for line in page.lines] == ["前面。"]
    assert "嵌入" in page.warnings[0]
    with pytest.raises(UnreadableFile, match="嵌入"):
        parse_docx(docx(CHUNK, chunks={"c1": b"{\\rtf1 text}"}))
    with pytest.raises(UnreadableFile, match="嵌入"):
        parse_docx(docx(CHUNK))
    broken = parse_docx(docx(word_paragraph("前面。"), CHUNK, chunks={"c1": b"PK\x03\x04 broken"}))
    assert "嵌入" in broken.warnings[0]


def test_word_files_inside_word_files_come_to_an_end() -> None:
    data = docx(word_paragraph("最里面。"))
    for depth in range(6):
        data = docx(word_paragraph(f"第{depth}层。"), CHUNK, chunks={"c1": data})
    page = parse_docx(data)
    assert [line.text for line in page.lines] == ["第5层。", "第4层。", "第3层。"]
    assert "嵌入" in page.warnings[0]


def test_a_file_that_is_embedded_many_times_is_read_once_each_level() -> None:
    """Else three levels of fifty would be a hundred thousand files."""
    data = docx(word_paragraph("最里面。"))
    for _ in range(2):
        data = docx(*[CHUNK] * 50, chunks={"c1": data})
    assert texts(data) == ["最里面。"] * 2500


VISIBLE = st.text(st.sampled_from("会员储值送一百元，不可提现。0123 %"), min_size=1, max_size=12)
RUNS = st.lists(st.tuples(VISIBLE, st.sampled_from(("", "<w:b/>", "<w:vanish/>", "<w:i/>", "<w:u/>"))), max_size=6)


@settings(deadline=None, max_examples=100)
@given(st.lists(RUNS, max_size=8))
def test_all_that_is_shown_is_read_and_nothing_else(blocks: list[list[tuple[str, str]]]) -> None:
    data = docx(*(word_block(*(word_run(text, properties) for text, properties in runs)) for runs in blocks))
    shown = "".join(text for runs in blocks for text, properties in runs if "vanish" not in properties)
    assert "".join("".join(texts(data)).split()) == "".join(shown.split())


def test_a_table_of_names_and_values_has_no_names_of_columns() -> None:
    rows = [("店名", "青禾"), ("面积", "30"), ("人数", "5")]
    cells = ["".join(f"<w:tc>{word_paragraph(cell)}</w:tc>" for cell in row) for row in rows]
    table = f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"
    assert texts(docx(table)) == ["店名：青禾；面积：30；人数：5"]
