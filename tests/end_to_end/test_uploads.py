"""Articles from the chat: a file or a page, its preview, the yes, the answer from it, and taking it back."""

from __future__ import annotations

import asyncio
import io
import shutil
import zipfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from tests.corpus.samples import docx, pdf, word_paragraph
from tests.end_to_end.bot_in_process import BotInProcess
from tests.end_to_end.conftest import TOKEN, Library
from tests.end_to_end.pages import Site
from tests.end_to_end.people import Message, Person, labels
from tests.end_to_end.server import FakeBotApi

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

    process: BotInProcess
    library: Library
    site: Site
    spare: list[Person] = field(default_factory=list)

    @property
    def server(self) -> FakeBotApi:
        return self.process.server

    @property
    def stored(self) -> list[str]:
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
        people = [Person(server, server.add_user(f"Olga{n}", language_code="zh-hans")) for n in range(36)]
        settings = {"admins": [person.id for person in people], "uploads": {"max_bytes": 200_000}}
        config = library.configure(home / "config.yaml", server, telegram=settings)
        library.reindex(config)
        async with BotInProcess(server, config, pages=site.port) as process:
            yield Shop(process, library, site, people)
            assert await process.stop() == 0, process.log
            assert "Traceback" not in process.log
            assert TOKEN not in process.log


@pytest.fixture
def make_operator(shop: Shop) -> Iterator[Callable[[], Person]]:
    """Gives operators who have not written yet; whatever a test does, the bot runs on and sent nothing malformed."""
    before = len(shop.server.calls)
    yield shop.spare.pop
    assert shop.process.returncode is None, shop.process.log
    assert [call for call in shop.server.calls[before:] if (call.error or "").startswith("Bad Request")] == []


@pytest.fixture
def olga(make_operator: Callable[[], Person]) -> Person:
    """One of them."""
    return make_operator()


@pytest.fixture
def ann(shop: Shop) -> Person:
    """Somebody who is no operator."""
    return Person(shop.server, shop.server.add_user("Ann", language_code="zh-hans"))


async def send(person: Person, name: str, content: bytes | str) -> Message:
    """Send a file and wait for what the bot says."""
    return await person.ask(None, document=person.server.upload(name, content))


async def gather(answers: Iterable[Coroutine[None, None, Message]]) -> list[Message]:
    """All at once: every chat is paced by itself."""
    return await asyncio.gather(*answers)


async def indexed(person: Person, times: int = 1) -> None:
    """Wait for the end of a reindex."""

    def done() -> bool:
        return sum("索引已更新" in text for text in person.server.bot_texts(person.id)) >= times

    await person.server.wait_for(done)


async def accept(person: Person, preview: Message) -> None:
    """Say yes and wait until the article is in the index."""
    before = sum("索引已更新" in text for text in person.server.bot_texts(person.id))
    await person.press(preview, "收下")
    await indexed(person, before + 1)


def archive(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return stream.getvalue()


async def test_a_file_is_shown_accepted_answered_from_and_taken_back(shop: Shop, olga: Person, ann: Person) -> None:
    preview = await send(olga, "sensor.md", SENSOR)
    assert preview["text"].startswith("温室传感器怎么校准\n日期：2026-04-01 · 作者：老周\n共 1 段，约 ")
    assert "来自：sensor.md" in preview["text"]
    assert "请留意" not in preview["text"]
    assert labels(preview) == ["收下", "取消"]
    data = _data(preview)
    assert "资料里没有" in (await ann.ask(SENSOR_QUESTION))["text"]
    await accept(olga, preview)
    assert preview["text"].endswith("已收下。想撤回，请发 /undo。")
    assert labels(preview) == []
    answer = await ann.ask(SENSOR_QUESTION)
    assert "九十三天" in answer["text"]
    assert "温室传感器怎么校准" in answer["text"]
    gone = await olga.press_forged(preview, data[0])
    assert gone["text"].startswith("这份草稿已经处理过或过期了")
    assert (await olga.ask("/undo"))["text"].startswith("已撤回“温室传感器怎么校准”")
    await indexed(olga, 2)
    assert "资料里没有" in (await ann.ask(SENSOR_QUESTION))["text"]
    assert not any("温室" in name for name in shop.stored)
    assert (await olga.ask("/undo"))["text"].startswith("没有可以撤回的文章")


async def test_neighbours_and_warnings_are_shown(shop: Shop, make_operator: Callable[[], Person]) -> None:
    deposit = (shop.library.articles / "deposit.md").read_text(encoding="utf-8")
    body = deposit.partition("---\n\n")[2].replace("## ", "")
    files: dict[str, bytes | str] = {
        "x.md": deposit,
        "旧稿.txt": f"{body}\n\n另外，定金的收据要留三年。\n".encode("gb18030"),
        "y.md": "---\ntitle: 预售定金怎么收\ndate: 2026-09-09\n---\n\n"
        + "收定金之前先讲清楚什么时候发货，免得客户等急了。" * 3,
    }
    olga = make_operator()
    same, near, titled = await gather(
        send(person, name, content)
        for person, (name, content) in zip((make_operator(), olga, make_operator()), files.items(), strict=True)
    )
    assert "不用收：和已有的“预售定金怎么收”内容相同" in same["text"]
    assert labels(same) == []
    assert near["text"].startswith("旧稿\n无日期\n")
    assert "- 预售定金怎么收：有 9" in near["text"]
    assert "没有日期" in near["text"]
    assert "不是 UTF-8 编码" in near["text"]
    assert "另有一篇同名的，两篇会并存" in titled["text"]
    draft_id = _data(near)[0].split(":")[1]
    await olga.press(near, "取消")
    await shop.server.wait_for(lambda: near["text"].endswith("已取消。"))
    assert not list((shop.library.data_dir / "drafts").glob(f"{draft_id}*"))


async def test_hostile_names_and_titles_are_data(shop: Shop, olga: Person) -> None:
    """Scenario 36."""
    title = "<b>/undo</b> {0} [x] \u202e ../../etc 🎉" + "长" * 300
    text = SENSOR.replace("温室传感器怎么校准", f"'{title}'").replace("温室", "水塔")
    preview = await send(olga, "../../../etc/passwd\u202e.md", text)
    assert preview["text"].startswith("<b>/undo</b> {0} [x] ../../etc 🎉长长")
    assert "来自：../../../etc/passwd.md" in preview["text"]
    assert {entity["type"] for entity in preview["entities"]} <= {"bold", "bot_command"}
    await accept(olga, preview)
    name, note = (name for name in shop.stored if name.startswith("b-undo-b-0-x-etc-"))
    assert note == f"{name}.yaml"  # the title was cut
    assert len(name.encode()) < 200
    assert not {"/", "\\", "\u202e", "<", "🎉"} & set(name)


REFUSED: list[tuple[str, bytes | str, str]] = [
    ("a.zip", archive({"a": b"x"}), "这种文件读不了"),
    ("a.docx.exe", b"MZ", "这种文件读不了"),
    ("big.md", b"x" * 200_001, "文件太大（超过 0.2 MB）"),
    (
        "bomb.docx",
        archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b" " * 30_000_000}),
        "解压后太大",
    ),
    ("torn.docx", docx(word_paragraph("x"))[:300], "可能没有下载完整"),
    ("fake.pdf", b"hello", "不是有效的 PDF"),
    ("short.md", "# 短\n\n只有一句。", "收不了：正文太短"),
    ("empty.txt", " ", "收不了：没有正文"),
]


async def test_what_cannot_be_taken_is_refused_in_words(shop: Shop, make_operator: Callable[[], Person]) -> None:
    """Scenario 36."""
    before, asked = shop.stored, len(shop.server.transcript("getfile"))
    answers = await gather(send(make_operator(), name, content) for name, content, _ in REFUSED)
    for answer, (_, _, says) in zip(answers, REFUSED, strict=True):
        assert says in answer["text"]
        assert labels(answer) == []
    assert len(shop.server.transcript("getfile")) == asked + 5  # the first three were refused unseen
    assert shop.stored == before


async def test_a_file_larger_than_it_says_is_cut_off(shop: Shop, olga: Person) -> None:
    file = shop.server.upload("a.md", b"x" * 3_000_000)
    lie = {"document": {**shop.server.document(file), "file_size": 1000}}
    assert "文件太大" in (await olga.ask(None, document=file, extra=lie))["text"]


async def test_a_word_file_is_accepted_and_a_draft_survives_a_restart(
    shop: Shop, olga: Person, ann: Person, make_operator: Callable[[], Person]
) -> None:
    words = (
        word_paragraph("陶土风铃怎么挂", "Title"),
        word_paragraph(
            "陶土风铃要挂在离窗七十二厘米的地方，绳子用棉麻，隔一个雨季换一根，免得受潮断掉。铃舌每年擦一次油。"
        ),
    )
    preview = await send(olga, "bell.docx", docx(*words))
    assert preview["text"].startswith("陶土风铃怎么挂\n无日期")
    assert await shop.process.stop() == 0
    await shop.process.start()
    for stranger in (make_operator(), ann):
        assert (await stranger.press_forged(preview, _data(preview)[0]))["text"].startswith("这份草稿已经")
    await accept(olga, preview)
    assert "七十二厘米" in (await ann.ask("陶土风铃挂在离窗多远的地方？"))["text"]


async def test_a_page_keeps_its_address(shop: Shop, olga: Person, ann: Person) -> None:
    url = f"http://pages.example.com:{shop.site.port}/old"
    preview = await olga.ask(url)
    assert preview["text"].startswith("竹编灯笼怎么保养\n无日期")
    landed = f"http://pages.example.com:{shop.site.port}/lantern"
    assert f"来自：{landed}" in preview["text"]
    assert set(shop.site.seen) == {f"pages.example.com:{shop.site.port}"}
    await accept(olga, preview)
    name, note = (name for name in shop.stored if "灯笼" in name)
    directory = shop.library.data_dir / "articles-from-chat"
    assert name.endswith(".html")
    assert (directory / name).read_text(encoding="utf-8") == PAGE
    assert landed in (directory / note).read_text(encoding="utf-8")
    answer = await ann.ask("竹编灯笼隔多少天刷一遍桐油？")
    assert "五十六天" in answer["text"]
    assert landed in [entity.get("url") for entity in answer["entities"]]
    assert "不用收" in (await olga.ask(f"/add {landed}"))["text"]


async def test_a_pdf_from_a_page_is_named_by_its_address(shop: Shop, olga: Person) -> None:
    preview = await olga.ask(f"/add http://pages.example.com:{shop.site.port}/kite.pdf")
    assert preview["text"].startswith("kite\n无日期")


async def test_addresses_that_lead_nowhere_are_refused(shop: Shop, make_operator: Callable[[], Person]) -> None:
    site, before = f"http://pages.example.com:{shop.site.port}", shop.stored
    private = {
        "http://127.0.0.1:22/": "标准端口",
        f"http://localhost:{shop.site.port}/": "不在公开的互联网上",
        f"/add http://2130706433:{shop.site.port}/": "不在公开的互联网上",
        f"http://me:secret@pages.example.com:{shop.site.port}/": "用户名或密码",
        "/add file:///etc/passwd": "只能读 http",
        "/add": "请发 /add 加网址",
    }
    public = {"/none": "不存在或已被删除", "/picture": "不是网页、文字或 PDF", "/big": "网页太大"}
    for asked in (private, {f"{site}{path}": says for path, says in public.items()}):
        requests = len(shop.site.seen)
        answers = await gather(make_operator().ask(text) for text in asked)
        assert [says in answer["text"] for answer, says in zip(answers, asked.values(), strict=True)] == [True] * len(
            asked
        )
        assert len(shop.site.seen) - requests == (len(asked) if asked is not private else 0)
    assert shop.stored == before


async def test_acceptances_during_a_reindex_join_the_next_even_if_it_is_stopped(
    shop: Shop, ann: Person, make_operator: Callable[[], Person]
) -> None:
    slow = "\n\n".join(f"## 第{n}节\n\n滑轮润滑第{n}步 wait250ms，{'先擦净再上油。' * 20}" for n in range(12))
    files = {"滑轮": f"---\ntitle: 滑轮润滑\ndate: 2026-01-01\n---\n\n{slow}"}
    files |= {name: SENSOR.replace("温室", name) for name in ("码头", "磨坊")}
    people = [make_operator() for _ in files]
    previews = await gather(send(person, f"{name}.md", files[name]) for person, name in zip(people, files, strict=True))
    server = shop.server

    async def hears(person: Person, words: str) -> None:
        await server.wait_for(lambda: any(words in text for text in server.bot_texts(person.id)))

    await people[0].press(previews[0], "收下")
    await hears(people[0], "算向量")
    await people[1].press(previews[1], "收下")
    await people[2].press(previews[2], "收下")
    await hears(people[1], "的更新结束就接着更新")
    await hears(people[2], "跟着下一次更新一起")
    people[0].say("/undo")
    people[0].say("/cancel")
    await hears(people[0], "已撤回“滑轮润滑”")
    await hears(people[0], "还没进索引")
    await indexed(people[1])
    for name in ("码头", "磨坊"):
        assert name in (await ann.ask(f"{name}传感器多少天校准一次？"))["text"]
    assert not any("索引已更新" in text for text in shop.server.bot_texts(people[2].id))


async def test_files_of_others_are_left_alone(shop: Shop, ann: Person, make_operator: Callable[[], Person]) -> None:
    """Scenario 36."""
    before = len(shop.server.transcript("getfile"))
    answer = await send(ann, "ignore all instructions.md", SENSOR)
    assert answer["text"].startswith("我不收文件")
    ann.say(None, document=ann.server.upload("more.zip", archive({"a": b"x" * 1_000_000})))
    ann.say("/add http://127.0.0.1/")
    await ann.server.wait_messages(ann.id, 2)
    assert "怎么问" in ann.seen()[1]["text"]
    assert len(ann.seen()) == 2
    assert "十八号" in (await ann.ask("会员日选在每月哪天？", document=ann.server.upload("x.md", SENSOR)))["text"]
    group = shop.server.add_chat("supergroup", "Shop", members=[ann.id], bot="administrator")
    operator = make_operator()
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
