"""Boilerplate out, article kept: donation boxes, bylines, reading counts, adverts, share buttons, link tails.

This trade writes about following, scanning and adding contacts, and its own documents have lines such as 微信号：…, so
nothing counts as boilerplate by its words alone: the file must show that it was taken from a web page, and a line must
stand where pages put such lines. A heading with text below it is always the author's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from corpus.characters import meaningful
from corpus.model import BlockKind
from corpus.parsing.lines import Line
from corpus.parsing.metadata import Metadata, address_in, metadata_from, web_address

_HEAD = 12
_TAIL = 14
_LONGEST_TAIL_TEXT = 800
_LONGEST_BOILERPLATE = 300
_LONGEST_CREDIT = 60
_COURSE_SITES = re.compile(r"^https?://(?:[\w-]+\.)*(?:qidianla\.com|996\.pm)(?:/|$)", re.I)
_PLATFORM_NAMES = frozenset({"人人都是产品经理", "微信公众平台", "知乎", "简书", "36氪", "虎嗅", "运营派", "鸟哥笔记"})
_PLATFORM_HOSTS = re.compile(
    r"(?:^|\.)(?:woshipm\.com|mp\.weixin\.qq\.com|zhihu\.com|jianshu\.com|36kr\.com|huxiu\.com|toutiao\.com|csdn\.net|"
    r"sohu\.com|163\.com|baijiahao\.baidu\.com|niaogebiji\.com|yunyingpai\.com|juejin\.cn|sspai\.com)$"
)
_FEWEST_TOGETHER = 3
_LARGEST_SHARE = 0.2
_SHORTEST_PROSE = 40
_TAG_PAGES = re.compile(r"/(?:tag|tags|topic|topics|label)s?/", re.I)


def _whole(*alternatives: str) -> re.Pattern[str]:
    """A pattern for whole lines."""
    return re.compile(rf"^(?:{'|'.join(alternatives)})$", re.I)


_COUNT = r"(?:评论|浏览|收藏|分钟|阅读|点赞|赞|在看|转发|人打赏|views?|comments?|collects?|likes?|reads?)"

# Lines that nobody but a platform writes: each shows that its file was taken from a web page.
_TEMPLATE = _whole(
    r"给作者打赏.{0,30}",
    r"\d+\s*人(?:已)?(?:打赏|赞赏).{0,10}",
    r"赞赏\s+收藏\s*已收藏.*",
    r"更多精彩内容[，,]?\s*(?:请)?(?:关注|下载).{0,30}(?:公众号|App).{0,20}",
    r"(?:本文|本篇|本栏目|本稿)[^。]{0,40}(?:@|原创|授权|作者【)[^。]{0,80}(?:发布|首发|刊发).{0,80}",
    r"(?:该|本)(?:文|文章)(?:的)?(?:观点|内容)?仅代表作者(?:本人|个人)?.{0,60}",
    r".{0,40}平台仅提供信息存储(?:空间)?服务.{0,5}",
    r"题图(?:来自|来源).{0,30}基于\s*CC0.{0,10}",
    r"[#＃]+\s*专栏作家\s*[#＃]+",
    r"「天天问」为.{0,60}",
)
_COUNTS = _whole(
    rf"[\W_]*(?:\d[\d,.]*\s*[万wk+]?\s*{_COUNT}[\s|·,，/💬⭐👁️]*)+",
    r"(?:阅读|浏览|点击|播放)(?:量|数|次数)?\s*[:：]?\s*\d[\d,.]*\s*[万wk+]?\s*次?",
)
# Boilerplate wherever it stands.
_ANYWHERE = _whole(
    # donation, likes and shares
    r"给作者打赏.{0,30}",
    r"\d+\s*人(?:已)?(?:打赏|赞赏).{0,10}",
    r"(?:赞赏|打赏)(?:作者|支持)?",
    r"赞赏\s+收藏.*",
    r"(?:(?:赞赏|收藏|点赞|分享|在看|转发|已收藏|已赞|评论)(?:\s*\d+)?[\s/、|·]*){2,}",
    r"更多精彩内容[，,]?\s*(?:请)?(?:关注|下载).{0,50}",
    r"分享(?:到|至)(?:微博|微信|朋友圈|QQ空间|QQ|领英|豆瓣|Twitter|Facebook)(?:[\s/、|].{0,20})?",
    r"微信扫一扫.{0,20}|扫一扫[，,]?\s*(?:分享|关注|在手机).{0,20}",
    # rights
    r"(?:本文|本篇|文章|作品|本栏目|本稿|原文)[^。]{0,80}(?:发布于|发表于|首发于|刊发于|授权发布|授权转载|整理编辑发布).{0,80}",
    r"本文[^。]{0,40}(?:禁止|不得|严禁|谢绝)(?:洗稿|转载|抄袭).{0,40}",
    r"(?:版权(?:所有|声明|归).{0,40}[，,。：:]?\s*)?(?:如需转载.{0,40}|未经.{0,12}(?:许可|授权|允许|同意)[，,]?\s*(?:请勿|禁止|不得|严禁|谢绝).{0,6}转载.{0,12})",
    r"(?:该|本)(?:文|文章)(?:的)?(?:观点|内容)?仅代表作者(?:本人|个人)?.{0,60}",
    r"以上(?:内容|观点|言论)?仅(?:代表|为)作者.{0,30}(?:观点|立场).{0,30}",
    r".{0,40}平台仅提供信息存储(?:空间)?服务.{0,5}",
    # pictures
    r"(?:题图|头图)\s*(?:来自|来源|源自|取自|出自|由|[:：|]).{0,50}",
    r"(?:封面图?|配图|图片|首图|插图)(?:均)?(?:来自|来源于|来源[:：]|源自)(?:于)?\s*(?:Unsplash|Pixabay|Pexels|网络|互联网|摄图网|视觉中国|千图网|作者).{0,30}",
    r"(?:图源|图片来源|图自)\s*[:：|].{0,30}",
    r"点击(?:图片)?(?:可)?放大(?:查看)?|(?:上下|左右)滑动(?:查看|浏览).{0,10}",
    # columns and link tails of the sites whose articles people save
    r"[#＃*\s]*专栏作家[#＃*\s]*[:：]?",
    r"(?:部分)?素材来源[:：].{0,10}话题精选",
    r"「天天问」为.{0,60}",
    r"关于.{2,60}你有什么看法.{0,30}一起来?聊聊.{0,3}",
    r"【天天问每周精选】第\d+期[:：].*",
    r"为我投票|.{0,60}年度(?:评选|作者).{0,20}(?:支持|投票).{0,30}|每人每天(?:最多)?可投.{0,80}|.{0,10}投票传送门.{0,60}",
    r"点击.{0,30}(?:参选|投票).{0,40}投票.{0,10}",
    # calls to follow
    r".{0,10}点击(?:上方|下方|文末)?.{0,4}(?:蓝字|名片|阅读原文).{0,20}",
    r"(?:[【\[（(\-—–\s]*)(?:END|THE END|完|全文完|正文完|本文完|未完待续)(?:[】\]）)\-—–\s。]*)",
    r"查看详情\s*[>›»]?|展开全文|阅读全文|查看原文|返回顶部|上一篇[:：].*|下一篇[:：].*",
    r"(?:原文|本文|文章|转载)(?:链接|地址|网址|出处)\s*[:：].*",
)

# An order to scan, sign up or join: boilerplate for paragraphs, not for items of a list of steps.
_ADVERT = _whole(
    r"[\W_]*(?:(?:请|立即|马上|赶紧|现在|快来|限时)\W?)*(?:扫码|扫描|长按|识别)(?=.*(?:下方|上方|下图|图中|立即|顾问|老师|助教|小助手|报名|海报)).{0,40}",
    r"(?:限时\S{0,6}[，,]?\s*)?(?:免费学习|免费领取|限时免费|立即报名|添加运营顾问报名|邀请入群[，,]领取福利)[!！]*",
    r".{0,80}(?:起点课堂|产品经理大会|运营(?:人)?大会|增长大会).{0,60}(?:报名|扫码|购票|抢票|优惠|点击|戳|名额).{0,40}",
    r"(?:点击|戳|扫码|立即|报名).{0,30}(?:训练营|公开课|线下课|体验课|大会门票).{0,40}",
)
_ADVERT_MARK = "🔗"

_RELATED = _whole(
    r"[\W_]*(?:相关|推荐|延伸|拓展|扩展|往期|更多|热门|精选)(?:阅读|推荐|文章|内容|精选|回顾|好文|精彩|链接|话题)(?:推荐|回顾)?[\W_]*",
    r"[\W_]*(?:猜你喜欢|你可能(?:还|也)?(?:感兴趣|喜欢).{0,8}|大家都在看|Related (?:posts|articles|reading))[\W_]*",
)

# Boilerplate only at the top of a page.
_AT_HEAD = _whole(
    r".{1,30}\s关注",
    r"(?:(?:发布|更新|发表)(?:时间|于|日期)?\s*[:：]?\s*)?(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?",
    r"(?:关注|原创|首页|收听|听全文|已关注|微信公众号|公众号|专栏)",
)
# Boilerplate only among the last lines.
_AT_END = _whole(r"分享|转发|收藏|点赞|在看|举报|留言|写评论|投诉|关注|返回")
# Boilerplate near the top or the end; the second only where a line shows that a platform's template was at work.
_WRITERS = r"作者|文|撰文|原作者|本文作者|采写|编辑|责任编辑|责编|校对|排版"
_BYLINE = _whole(rf"(?:{_WRITERS})\s*(?:[:：|｜丨]|/(?!\d)).{{0,220}}", r"(?:作者|编辑)\s+\S{1,15}")
_LABELLED = _whole(
    r"(?:来源|审核|策划|监制|出品|微信公众号|公众号|微信号|ID)\s*(?:[:：|｜丨]|/(?!\d)).{0,220}",
)
_CONTACT = _whole(r"[（(].{0,40}(?:可加|加我|添加|联系).{0,60}备注.{0,30}[）)]。?")

# From here on a page shows nothing of the article any more.
_END = _whole(
    r"本文[^。]{0,80}(?:发布于|发表于|首发于|授权发布).{0,80}",
    r"给作者打赏.{0,30}",
    r"赞赏\s+收藏.*",
    r"更多精彩内容[，,]?\s*(?:请)?(?:关注|下载).{0,50}",
    r"(?:该|本)文观点仅代表作者本人.{0,60}",
    r"题图(?:来自|来源).{0,50}",
)
_COLUMNIST = _whole(r"[#＃*\s]*专栏作家[#＃*\s]*[:：]?")
_COLUMN_CARD = re.compile(r"专栏作家|公众号")

_AUTHOR_LINE = re.compile(r"^(?:本文)?作者\s*[:：|｜丨]\s*@?(?P<name>[^，,；;。|｜丨\s]{1,30})")
_CREDIT = re.compile(
    r"^本文(?:由|为)?\s*@\s*(?P<name>[^，,。@]{1,30}?)\s*(?:原创|授权|投稿|翻译|整理|编译|发布)|^本文由.{0,20}作者【(?P<quoted>[^】]{1,30})】"
)
_ORIGINAL_LINE = re.compile(r"^(?:原文|本文|文章|转载)(?:链接|地址|网址|出处)\s*[:：]|^(?:来源|Original)\s*[:：]", re.I)
_ADDRESS_LINE = re.compile(r"^(?:原文|本文|文章|转载)(?:链接|地址|网址|出处)\s*[:：]")
_DATE_LINE = re.compile(
    r"^(?:(?:发布|发表)(?:时间|于|日期)?\s*[:：]?\s*)?((?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2})"
)


@dataclass(frozen=True, slots=True)
class Removal:
    """A line that cleaning took out, and the name of the rule that did, in words for an operator."""

    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The lines of a page that are the article's own, and those that are not, each in order."""

    lines: tuple[Line, ...]
    removals: tuple[Removal, ...]


def clean(lines: Sequence[Line], title: str, metadata: Metadata = Metadata()) -> Cleaned:  # noqa: B008 - frozen
    """Takes boilerplate out, and `title` where it stands again as a heading; `metadata` may name a platform."""
    kept = [line for line in lines if meaningful(line.text) or line.kind is BlockKind.CODE]
    removed: dict[int, str] = {}
    for step in _steps(kept, title, metadata):
        removed |= step(kept)
        kept = [line for line in kept if id(line) not in removed]
    removals = tuple(Removal(line.text, removed[id(line)]) for line in lines if id(line) in removed)
    return Cleaned(tuple(kept), removals)


_Step = Callable[[Sequence[Line]], Mapping[int, str]]


def _steps(lines: Sequence[Line], title: str, metadata: Metadata) -> Iterator[_Step]:
    """The rules that this page has earned, each giving the identities of the lines that go, with its name."""
    template = any(_TEMPLATE.match(line.text) for line in lines if len(line.text) <= _LONGEST_BOILERPLATE)
    if template or _has_traces(lines, metadata):
        yield _named("页面结尾之后的内容", _without_end)
        yield _named("推荐阅读和结尾的链接", _without_related)
        yield _named("广告链接", _without_advert_links)
        yield partial(_judged, [(name, rule) for name, rule in _RULES if template or rule is not _is_labelled])
        yield _named("下面没有正文的网页标题", _without_empty_headings)
    yield _named("原文链接（已记为出处）", partial(_without_address, url=metadata.url))
    yield _named("页首重复的段落", _without_repeats)
    yield _named("只有链接，没有正文", _without_bare_links)
    yield _named("与文章标题相同", partial(_without_title, title=title))


def _named(rule: str, cleaned: Callable[[Sequence[Line]], Sequence[Line]]) -> _Step:
    def step(lines: Sequence[Line]) -> Mapping[int, str]:
        left = set(map(id, cleaned(lines)))
        return {id(line): rule for line in lines if id(line) not in left}

    return step


def _has_traces(lines: Sequence[Line], metadata: Metadata) -> bool:
    """A platform is named, or several lines of boilerplate make up a small part of the text."""
    host = (urlsplit(metadata.url).hostname or "") if metadata.url else ""
    if _PLATFORM_HOSTS.search(host) or metadata.author in _PLATFORM_NAMES:
        return True
    found = {
        line.text for line in lines if _may_go(line) and _is_boilerplate(line.text) and not _COUNTS.match(line.text)
    }
    whole = sum(meaningful(line.text) for line in lines)
    return len(found) >= _FEWEST_TOGETHER and sum(map(meaningful, found)) <= whole * _LARGEST_SHARE


def _may_go(line: Line) -> bool:
    """Headings are judged by what is below them; rows and code are content."""
    return not line.level and line.kind not in {BlockKind.TABLE_ROW, BlockKind.CODE}


def _without_title(lines: Sequence[Line], title: str) -> Sequence[Line]:
    """Drops the title where it stands again, unless it is a sentence and all that there is."""
    same = _bare(title)
    kept = [line for at, line in enumerate(lines) if not (_bare(line.text) == same and _opens(line, at))]
    return kept if kept or not title.endswith(("。", "！", "；")) else lines[:1]


def _opens(line: Line, at: int) -> bool:
    """The line stands where a page shows its title; further down the same words head a section."""
    return line.level == 1 or at < (6 if line.level else 3)


def _without_address(lines: Sequence[Line], url: str | None) -> Sequence[Line]:
    """Drops lines that say no more than where the original is, which the article's address says already."""
    return [line for line in lines if url is None or not _ADDRESS_LINE.match(line.text) or url not in _addresses(line)]


def _addresses(line: Line) -> tuple[str | None, ...]:
    return (*line.links, address_in(line.text))


def _without_bare_links(lines: Sequence[Line]) -> Sequence[Line]:
    says = any(not line.level and not _is_link_only(line) for line in lines)
    return lines if says or not any(map(_is_link_only, lines)) else []


def facts_on_page(lines: Sequence[Line]) -> Metadata:
    """Author, date and address of the original, where lines of the page tell them."""
    values: dict[str, str] = {}
    for line in lines[:_HEAD]:
        if (match := _DATE_LINE.match(line.text)) and _AT_HEAD.match(line.text):
            values.setdefault("date", match[1])
    for line in (*lines[:_HEAD], *lines[-_TAIL * 2 :]):
        if _ORIGINAL_LINE.match(line.text):
            address = next(filter(None, map(web_address, line.links)), None) or address_in(line.text)
            values.setdefault("url", address or "")
        if (match := _CREDIT.match(line.text)) or (match := _AUTHOR_LINE.match(line.text)):
            named = match.groupdict()
            values.setdefault("author", named["name"] or named.get("quoted") or "")
    return metadata_from(values)


def _without_end(lines: Sequence[Line]) -> Sequence[Line]:
    """Cuts at the first line that closes the page, if little text follows: the rest is buttons and links."""
    after = 0
    cut = len(lines)
    for at in range(len(lines) - 1, -1, -1):
        after += len(lines[at].text)
        if after > _LONGEST_TAIL_TEXT or at < len(lines) // 2:
            break
        if _is_prose(lines[at]) or _heads_text(lines, at):
            break
        if _END.match(lines[at].text):
            cut = at
    return _without_card(lines[:cut], at_end=cut < len(lines))


def _is_prose(line: Line) -> bool:
    """Text of an author, not of a page's buttons and credits."""
    if line.kind in {BlockKind.TABLE_ROW, BlockKind.CODE}:
        return True
    if line.level or line.linked or "http" in line.text or len(line.text) < _SHORTEST_PROSE:
        return False
    return not (_is_boilerplate(line.text) or _COLUMN_CARD.search(line.text) or _BYLINE.match(line.text))


def _heads_text(lines: Sequence[Line], at: int) -> bool:
    """A heading with text below it that is no boilerplate."""
    below = lines[at + 1] if at + 1 < len(lines) else None
    if not lines[at].level or below is None or (below.level and below.level <= lines[at].level):
        return False
    return bool(below.level) or not (
        below.linked > 0.6 or _is_boilerplate(below.text) or _COLUMN_CARD.search(below.text)
    )


def _without_card(lines: Sequence[Line], at_end: bool) -> Sequence[Line]:
    """Drops a columnist's card: its headline and the line about the person."""
    for at in range(len(lines) - 1, max(len(lines) - 6, -1), -1):
        if _COLUMNIST.match(lines[at].text) and all(_is_card(line) for line in lines[at + 1 :]):
            return lines[:at]
    if at_end and lines and _COLUMN_CARD.search(lines[-1].text) and _BYLINE.match(lines[-1].text):
        return lines[:-1]
    return lines


def _is_boilerplate(text: str) -> bool:
    return len(text) <= _LONGEST_BOILERPLATE and bool(_ANYWHERE.match(text) or _COUNTS.match(text))


def _is_card(line: Line) -> bool:
    return (len(line.text) <= _LONGEST_BOILERPLATE and bool(_COLUMN_CARD.search(line.text))) or _is_boilerplate(
        line.text
    )


def _without_related(lines: Sequence[Line]) -> Sequence[Line]:
    """Drops "related reading" and the links below it, and a run of bare links at the end."""
    kept: list[Line] = []
    within = False
    for at, line in enumerate(lines):
        if len(line.text) < 20 and _RELATED.match(line.text) and not _heads_text(lines, at):
            within = True
        elif within and (line.linked > 0.6 or _RELATED.match(line.text)):
            continue
        else:
            within = False
            kept.append(line)
    while kept and _is_link_only(kept[-1]):
        kept.pop()
    return kept


def _without_advert_links(lines: Sequence[Line]) -> Sequence[Line]:
    return [line for line in lines if not _is_advert_link(line)]


def _is_link_only(line: Line) -> bool:
    return line.linked > 0.9 and not line.level


def _is_advert_link(line: Line) -> bool:
    if line.linked < 0.9 or not line.links or line.level:
        return False
    return (
        line.text.startswith(_ADVERT_MARK)
        or line.text.endswith(_ADVERT_MARK)
        or all(_COURSE_SITES.match(link) for link in line.links)
        or all(_TAG_PAGES.search(link) for link in line.links)
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a line stands among all lines of its page."""

    at: int
    count: int

    @property
    def near_head(self) -> bool:
        return self.at < _HEAD and self.at < self.count / 2

    @property
    def may_be_credit(self) -> bool:
        return self.near_end or self.at < 6

    @property
    def near_end(self) -> bool:
        return self.count - self.at <= 8


_Rule = Callable[[Line, _Place], bool]


def _is_known_boilerplate(line: Line, place: _Place) -> bool:
    return _is_boilerplate(line.text)


def _is_advert(line: Line, place: _Place) -> bool:
    return line.kind is BlockKind.PARAGRAPH and bool(_ADVERT.match(line.text))


def _is_head_boilerplate(line: Line, place: _Place) -> bool:
    return place.near_head and bool(_AT_HEAD.match(line.text))


def _is_byline(line: Line, place: _Place) -> bool:
    if not place.may_be_credit or not _BYLINE.match(line.text):
        return False
    return len(line.text) <= _LONGEST_CREDIT or line.text.startswith(("作者", "本文作者"))


def _is_labelled(line: Line, place: _Place) -> bool:
    return place.may_be_credit and len(line.text) <= _LONGEST_CREDIT and bool(_LABELLED.match(line.text))


def _is_end_boilerplate(line: Line, place: _Place) -> bool:
    return place.near_end and bool(_CONTACT.match(line.text) or _AT_END.match(line.text))


_RULES: tuple[tuple[str, _Rule], ...] = (
    ("网页的固定用语", _is_known_boilerplate),
    ("广告", _is_advert),
    ("页首的按钮和日期", _is_head_boilerplate),
    ("作者和编辑署名", _is_byline),
    ("账号和来源署名", _is_labelled),
    ("页尾的按钮和联系方式", _is_end_boilerplate),
)


def _judged(rules: Sequence[tuple[str, _Rule]], lines: Sequence[Line]) -> Mapping[int, str]:
    """Each line by itself, with its place among all of them."""
    judged = ((line, _Place(at, len(lines))) for at, line in enumerate(lines) if _may_go(line))
    found = ((line, next((name for name, rule in rules if rule(line, place)), None)) for line, place in judged)
    return {id(line): name for line, name in found if name is not None}


def _without_empty_headings(lines: Sequence[Line]) -> Sequence[Line]:
    """Drops headings of boilerplate below which nothing is left."""
    kept: list[Line] = []
    for line in reversed(lines):
        below = kept[-1] if kept else None
        empty = below is None or 0 < below.level <= line.level
        if not (line.level and empty and _is_boilerplate(line.text)):
            kept.append(line)
    return kept[::-1]


def _without_repeats(lines: Sequence[Line]) -> Sequence[Line]:
    """Drops a paragraph of the head that stands there twice: pages show their summary above and inside."""
    seen: set[str] = set()
    kept = []
    for at, line in enumerate(lines):
        bare = _bare(line.text)
        if line.level > 2:  # pages repeat their title, no smaller heading
            seen.clear()
        if at < _HEAD and not line.level and len(bare) >= 20:
            if bare in seen:
                continue
            seen.add(bare)
        kept.append(line)
    return kept


def _bare(text: str) -> str:
    return "".join(character.lower() for character in text if character.isalnum())
