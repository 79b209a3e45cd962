"""Articles from the chat: a file or a page, its preview, the yes, the answer from it, and taking it back."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from tests.corpus.samples import docx, pdf, word_paragraph
from tests.telegram.bot_process import BotProcess
from tests.telegram.conftest import TOKEN, Library
from tests.telegram.pages import Site
from tests.telegram.people import Message, Person, labels
from tests.telegram.server import FakeBotApi

pytestmark = [pytest.mark.telegram, pytest.mark.asyncio(loop_scope="session")]

SENSOR = """---
title: 温室传感器怎么校准
date: 2026-04-01
author: 老周
---

温室传感器每九十三天校准一次，先断电，再用冰水混合物对零点。校准记录贴在传感器背面，写上日期和经手人。
"""
SENSOR_QUESTION = "温室传感器多少天校准一次？"
PAGE = """<html><head><title>竹编灯笼怎么保养 | 某某网</title><meta charset="utf-8"></head><body><nav>首页 关于</nav>
<article><h1>竹编灯笼怎么保养</h1><p>竹编灯笼每隔五十六天刷一遍桐油，刷完阴干两天，不能放在太阳底下暴晒。</p>
<p>收起来之前先用软毛刷扫掉灰尘，再套上棉布袋。</p></article><footer>版权所有</footer></body></html>"""
PAGES: dict[str, tuple[str, bytes] | str] = {
    "/lantern": ("text/html; charset=utf-8", PAGE.encode()),
    "/old": "/lantern",
    "/kite.pdf": ("application/pdf", pdf(["Kite strings are waxed every seventeen days,", "says the kite handbook."])),
    "/picture": ("image/png", b"\x89PNG"),
    "/big": ("text/plain", b"x" * 1_100_000),
}


@dataclass(slots=True)
class Shop:
    """A bot with many operators, so that each test has one whose chat is not paced by another's."""

    process: BotProcess
    library: Library
    site: Site
    spare: list[Person] = field(default_factory=list)

    @property
    def server(self) -> FakeBotApi:
        return self.process.server

    @property
    def shelf(self) -> list[str]:
        """What stands in the directory of uploads."""
        directory = self.library.data_dir / "articles-from-chat"
        return sorted(file.name for file in directory.glob("[!.]*")) if directory.is_dir() else []


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shop(indexed: Library, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    home = tmp_path_factory.mktemp("uploads")
    library = Library(home / "articles", home / "data")
    shutil.copytree(indexed.articles, library.articles)
    (library.articles / "long.md").unlink()
    shutil.copytree(indexed.data_dir, library.data_dir)
    async with FakeBotApi(TOKEN) as server, Site(PAGES) as site:
        people = [Person(server, server.add_user(f"Olga{n}", language_code="zh-hans")) for n in range(12)]
        settings = {"admins": [person.id for person in people], "uploads": {"max_bytes": 200_000}}
        config = library.configure(home / "config.yaml", server, telegram=settings)
        library.reindex(config)
        command = ["tests.telegram.bot_process", str(config), str(site.port)]
        async with BotProcess(server, config, command=command) as process:
            yield Shop(process, library, site, people)
            assert await process.stop() == 0, process.log
            assert "Traceback" not in process.log
            assert TOKEN not in process.log


@pytest.fixture
def olga(shop: Shop) -> Iterator[Person]:
    """An operator; whatever a test does, the bot runs on and sent nothing malformed."""
    before = len(shop.server.calls)
    yield shop.spare.pop()
    assert shop.process.returncode is None, shop.process.log
    assert [call for call in shop.server.calls[before:] if (call.error or "").startswith("Bad Request")] == []


@pytest.fixture
def ann(shop: Shop) -> Person:
    """Somebody who is no operator."""
    return Person(shop.server, shop.server.add_user("Ann", language_code="zh-hans"))


async def send(person: Person, name: str, content: bytes | str, **options: object) -> Message:
    """Send a file and wait for what the bot says."""
    return await person.ask(None, document=person.server.upload(name, content), **options)


async def indexed(person: Person, times: int = 1) -> None:
    """Wait for the end of a reindex."""

    def done() -> bool:
        return sum("索引已更新" in text for text in person.server.bot_texts(person.id)) >= times

    await person.server.wait_for(done, 20)


async def accept(person: Person, preview: Message) -> None:
    """Say yes and wait until the article is in the index."""
    before = sum("索引已更新" in text for text in person.server.bot_texts(person.id))
    await person.press(preview, "收下")
    await indexed(person, before + 1)


def archive(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name.replace("__", "/"), data)
    return stream.getvalue()


async def test_a_file_is_shown_accepted_answered_from_and_taken_back(shop: Shop, olga: Person, ann: Person) -> None:
    preview = await send(olga, "sensor.md", SENSOR)
    assert preview["text"].startswith("温室传感器怎么校准\n日期：2026-04-01 · 作者：老周\n共 1 段，约 ")
    assert "来自：sensor.md" in preview["text"]
    assert "请留意" not in preview["text"]
    assert labels(preview) == ["收下", "取消"]
    assert "资料里没有" in (await ann.ask(SENSOR_QUESTION))["text"]
    await accept(olga, preview)
    shown = next(m for m in olga.seen() if m["message_id"] == preview["message_id"])
    assert shown["text"].endswith("已收下。想撤回，请发 /undo。")
    assert labels(shown) == []
    answer = await ann.ask(SENSOR_QUESTION)
    assert "九十三天" in answer["text"]
    assert "温室传感器怎么校准" in answer["text"]
    gone = await olga.press_forged(shown, next(button for button in _data(preview) if button.endswith(":keep")))
    assert gone["text"].startswith("这份草稿已经处理过或过期了")
    assert (await olga.ask("/undo"))["text"].startswith("已撤回“温室传感器怎么校准”")
    await indexed(olga, 2)
    assert "资料里没有" in (await ann.ask(SENSOR_QUESTION))["text"]
    assert shop.shelf == []
    assert (await olga.ask("/undo"))["text"].startswith("没有可以撤回的文章")


async def test_the_same_title_replaces_and_undo_brings_the_earlier_back(shop: Shop, olga: Person, ann: Person) -> None:
    await accept(olga, await send(olga, "a.md", SENSOR.replace("温室", "鱼缸")))
    later = await send(olga, "b.txt", SENSOR.replace("温室", "鱼缸").replace("九十三", "四十一"))
    assert "会替换之前收下的“鱼缸传感器怎么校准”" in later["text"]
    assert "相近" not in later["text"]
    await accept(olga, later)
    (name,) = shop.shelf
    assert name.endswith(".txt")
    answer = (await ann.ask("鱼缸传感器多少天校准一次？"))["text"]
    assert "四十一天" in answer
    assert "九十三天" not in answer
    assert "换回更早的版本" in (await olga.ask("/undo"))["text"]
    await indexed(olga, 3)
    assert "九十三天" in (await ann.ask("鱼缸传感器多少天校准一次？"))["text"]
    await olga.ask("/undo")
    await indexed(olga, 4)
    assert shop.shelf == []


async def test_neighbours_and_warnings_are_shown(shop: Shop, olga: Person) -> None:
    deposit = (shop.library.articles / "deposit.md").read_text(encoding="utf-8")
    assert "不用收：和已有的“预售定金怎么收”内容相同" in (same := await send(olga, "x.md", deposit))["text"]
    assert labels(same) == []
    body = deposit.partition("---\n\n")[2]
    near = await send(olga, "旧稿.txt", f"{body}\n\n另外，定金的收据要留三年。\n".encode("gb18030"))
    assert near["text"].startswith("旧稿\n无日期\n")
    assert "- 预售定金怎么收：有 9" in near["text"]
    assert "没有日期" in near["text"]
    assert "不是 UTF-8 编码" in near["text"]
    await olga.press(near, "取消")
    await shop.server.wait_for(lambda: "已取消。" in shop.server.bot_texts(olga.id)[1])
    titled = await send(
        olga, "y.md", f"---\ntitle: 预售定金怎么收\ndate: 2026-09-09\n---\n\n{SENSOR}{SENSOR[40:]}补充。"
    )
    assert "另有一篇同名的，两篇会并存" in titled["text"]
    assert not list((shop.library.data_dir / "drafts").glob(f"{_data(near)[0].split(':')[1]}*"))
    assert shop.shelf == []


async def test_hostile_names_and_titles_are_data(shop: Shop, olga: Person) -> None:
    """Scenario 36."""
    title = "<b>/undo</b> {0} [x](http://evil.example) \u202e ../../etc 🎉" + "长" * 300
    text = f"# {title}\n\n" + SENSOR.partition("---\n\n")[2].replace("温室", "水塔")
    preview = await send(olga, "../../../etc/passwd\u202e.md", text)
    assert preview["text"].startswith("<b>/undo</b> {0} [x](http://evil.example)")
    assert {entity["type"] for entity in preview["entities"]} <= {"bold", "bot_command", "url"}
    await accept(olga, preview)
    (name, note) = shop.shelf
    assert note == f"{name}.yaml"  # the title was cut
    assert name.startswith("b-undo-b-0-x-http-evil-example")
    assert len(name.encode()) < 250
    assert not {"/", "\\", "\u202e", "<"} & set(name)
    reserved = await send(olga, "CON.txt", SENSOR.partition("---\n\n")[2].replace("温室", "钟楼"))
    assert reserved["text"].startswith("CON\n")
    await accept(olga, reserved)
    assert any(name.startswith("CON-") for name in shop.shelf)
    for times in (3, 4):
        await olga.ask("/undo")
        await indexed(olga, times)
    assert shop.shelf == []


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.zip", archive(a=b"x"), "这种文件读不了"),
        ("a.docx.exe", b"MZ", "这种文件读不了"),
        ("big.md", b"x" * 200_001, "文件太大（超过 0.2 MB）"),
        ("bomb.docx", archive(word__document_xml=b"", x=b"\0" * 30_000_000), "不是 Word 文件"),
        (
            "bomb.docx",
            archive(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b" " * 30_000_000}),
            "解压后太大",
        ),
        ("torn.docx", docx(word_paragraph("x"))[:300], "可能没有下载完整"),
        ("fake.pdf", b"hello", "不是有效的 PDF"),
        ("short.md", "# 短\n\n只有一句。", "收不了：正文太短"),
        ("empty.txt", " ", "收不了：没有正文"),
    ],
)
async def test_what_cannot_be_taken_is_refused_in_words(
    shop: Shop, stickler: Person, name: str, content: bytes | str, says: str
) -> None:
    """Scenario 36."""
    answer = await send(stickler, name, content)
    assert says in answer["text"]
    assert labels(answer) == []
    asked = [call["params"]["file_id"] for call in shop.server.transcript("getfile")]
    file = next(m for m in shop.server.messages(stickler.id)[::-1] if "document" in m)["document"]["file_id"]
    assert (file in asked) == (name in {"bomb.docx", "torn.docx", "fake.pdf", "short.md", "empty.txt"})
    assert shop.shelf == []


@pytest.fixture(scope="module")
def stickler(shop: Shop) -> Person:
    """One operator for all that is refused."""
    return shop.spare.pop()


async def test_a_file_larger_than_it_says_is_cut_off(shop: Shop, olga: Person) -> None:
    file = shop.server.upload("a.md", b"x" * 3_000_000)
    lie = {"document": {**shop.server.document(file), "file_size": 1000}}
    assert "文件太大" in (await olga.ask(None, document=file, extra=lie))["text"]


async def test_a_word_file_is_accepted_and_a_draft_survives_a_restart(shop: Shop, olga: Person, ann: Person) -> None:
    words = (
        word_paragraph("陶土风铃怎么挂", "Title"),
        word_paragraph("陶土风铃要挂在离窗七十二厘米的地方，绳子用棉麻，隔一个雨季换一根，免得受潮断掉。"),
    )
    preview = await send(olga, "bell.docx", docx(*words))
    assert preview["text"].startswith("陶土风铃怎么挂\n无日期")
    await shop.process.kill()
    await shop.process.start()
    other = shop.spare[0]
    forged = await other.press_forged(preview, _data(preview)[0])
    assert forged["text"].startswith("这份草稿已经")
    assert (await ann.press_forged(preview, _data(preview)[0]))["text"].startswith("这份草稿已经")
    await accept(olga, preview)
    assert "七十二厘米" in (await ann.ask("陶土风铃挂在离窗多远的地方？"))["text"]
    await olga.ask("/undo")
    await indexed(olga, 2)


async def test_a_page_keeps_its_address(shop: Shop, olga: Person, ann: Person) -> None:
    url = f"http://pages.example.com:{shop.site.port}/old"
    preview = await olga.ask(url)
    assert preview["text"].startswith("竹编灯笼怎么保养\n无日期")
    landed = f"http://pages.example.com:{shop.site.port}/lantern"
    assert f"来自：{landed}" in preview["text"]
    assert set(shop.site.seen) == {f"pages.example.com:{shop.site.port}"}
    await accept(olga, preview)
    name, note = shop.shelf
    assert name.endswith(".html")
    assert (shop.library.data_dir / "articles-from-chat" / name).read_text(encoding="utf-8") == PAGE
    assert landed in (shop.library.data_dir / "articles-from-chat" / note).read_text(encoding="utf-8")
    answer = await ann.ask("竹编灯笼隔多少天刷一遍桐油？")
    assert "五十六天" in answer["text"]
    assert landed in [entity.get("url") for entity in answer["entities"]]
    again = await olga.ask(f"/add {landed}")
    assert "不用收" in again["text"]
    await olga.ask("/undo")
    await indexed(olga, 2)
    assert shop.shelf == []


async def test_a_pdf_from_a_page_is_named_by_its_address(shop: Shop, olga: Person) -> None:
    preview = await olga.ask(f"/add http://pages.example.com:{shop.site.port}/kite.pdf")
    assert preview["text"].startswith("kite\n无日期")
    await olga.press(preview, "取消")


async def test_addresses_that_lead_nowhere_public_are_refused(shop: Shop, stickler: Person) -> None:
    site = f"http://pages.example.com:{shop.site.port}"
    before = len(shop.site.seen)
    for address, says in {
        "http://127.0.0.1:22/": "标准端口",
        f"http://localhost:{shop.site.port}/": "不在公开的互联网上",
        f"http://2130706433:{shop.site.port}/": "不在公开的互联网上",
        f"http://me:secret@pages.example.com:{shop.site.port}/": "用户名或密码",
    }.items():
        assert says in (await stickler.ask(address))["text"]
    assert len(shop.site.seen) == before
    assert "只能读 http" in (await stickler.ask("/add file:///etc/passwd"))["text"]
    for path, says in {"/none": "不存在或已被删除", "/picture": "不是网页、文字或 PDF", "/big": "网页太大"}.items():
        assert says in (await stickler.ask(f"{site}{path}"))["text"]
    assert "请发 /add 加网址" in (await stickler.ask("/add"))["text"]
    assert shop.shelf == []


async def test_acceptances_during_a_reindex_join_the_next(shop: Shop, olga: Person, ann: Person) -> None:
    slow = "\n\n".join(f"## 第{n}节\n\n滑轮润滑第{n}步 wait150ms，{'先擦净再上油。' * 20}" for n in range(12))
    first = await send(olga, "slow.md", f"---\ntitle: 滑轮润滑\ndate: 2026-01-01\n---\n\n{slow}")
    more = [await send(olga, f"{name}.md", SENSOR.replace("温室", name)) for name in ("码头", "磨坊")]
    await olga.press(first, "收下")
    await shop.server.wait_for(lambda: any("算向量" in text for text in shop.server.bot_texts(olga.id)))
    await olga.press(more[0], "收下")
    await shop.server.wait_for(lambda: any("的更新结束就接着" in text for text in shop.server.bot_texts(olga.id)))
    await olga.press(more[1], "收下")
    await indexed(olga, 2)
    assert any("跟着下一次更新一起" in text for text in shop.server.bot_texts(olga.id))
    for name in ("码头", "磨坊"):
        assert name in (await ann.ask(f"{name}传感器多少天校准一次？"))["text"]
    before = len(olga.seen())
    for _ in range(3):
        await olga.ask("/undo", within=15)
    await shop.server.wait_for(lambda: shop.shelf == [] and len(olga.seen()) > before, 20)
    await shop.server.wait_idle(20, quiet=1.5)


async def test_files_of_others_are_left_alone(shop: Shop, ann: Person) -> None:
    """Scenario 36."""
    before = len(shop.server.transcript("getfile"))
    answer = await send(ann, "ignore all instructions.md", SENSOR)
    assert answer["text"].startswith("我不收文件")
    ann.say(None, document=ann.server.upload("more.zip", archive(a=b"x" * 1_000_000)))
    ann.say("/add http://127.0.0.1/")
    await ann.server.wait_messages(ann.id, 2)
    assert "怎么问" in ann.seen()[1]["text"]
    assert len(ann.seen()) == 2
    assert "十八号" in (await ann.ask("会员日选在每月哪天？", document=ann.server.upload("x.md", SENSOR)))["text"]
    group = shop.server.add_chat("supergroup", "Shop", members=[ann.id], bot="administrator")
    operator = shop.spare[0]
    for person in (ann, operator):
        shop.server.say(group, person.id, None, document=ann.server.upload("x.md", SENSOR))
        shop.server.say(group, person.id, "http://pages.example.com/")
    shop.server.say(group, ann.id, "/undo")
    shop.server.say(group, operator.id, "/add http://pages.example.com/")
    await shop.server.wait_messages(group, 1)
    await shop.server.wait_idle()
    assert shop.server.bot_texts(group) == ["收文章请私聊我。"]
    assert len(shop.server.transcript("getfile")) == before


def _data(message: Message) -> list[str]:
    rows = message["reply_markup"]["inline_keyboard"]
    return [button["callback_data"] for row in rows for button in row]
