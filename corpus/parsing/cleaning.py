"""Boilerplate out, article kept: donation boxes, bylines, reading counts, adverts, share buttons, link tails.

A rule that could meet an article's own words looks at the place as well: this trade writes about following,
scanning and adding contacts, so such lines count as boilerplate only where pages put them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.characters import meaningful
from corpus.model import BlockKind
from corpus.parsing.lines import Line
from corpus.parsing.metadata import Metadata, address_in, metadata_from, web_address

_HEAD = 12
_TAIL = 14
_LONGEST_TAIL_TEXT = 800
_LONGEST_BOILERPLATE = 300
_COURSE_SITES = re.compile(r"^https?://(?:[\w-]+\.)*(?:qidianla\.com|996\.pm)(?:/|$)", re.I)
_TAG_PAGES = re.compile(r"/(?:tag|tags|topic|topics|label)s?/", re.I)


def _whole(*alternatives: str) -> re.Pattern[str]:
    """A pattern for whole lines."""
    return re.compile(rf"^(?:{'|'.join(alternatives)})$", re.I)


_COUNT = r"(?:评论|浏览|收藏|分钟|阅读|点赞|赞|在看|转发|人打赏|views?|comments?|collects?|likes?|reads?)"

# Boilerplate wherever it stands.
_ANYWHERE = _whole(
    # donation, likes and shares
    r"给作者打赏.{0,30}",
    r"\d+\s*人(?:已)?(?:打赏|赞赏).{0,10}",
    r"(?:赞赏|打赏)(?:作者|支持)?",
    r"赞赏\s+收藏.*",
    r"(?:(?:赞赏|收藏|点赞|分享|在看|转发|已收藏|已赞|评论)\s*\d*[\s/、|·]*){2,}",
    r"更多精彩内容[，,]?\s*(?:请)?(?:关注|下载).{0,50}",
    r"分享(?:到|至)(?:微博|微信|朋友圈|QQ空间|QQ|领英|豆瓣|Twitter|Facebook)(?:[\s/、|].{0,20})?",
    r"微信扫一扫.{0,20}|扫一扫[，,]?\s*(?:分享|关注|在手机).{0,20}",
    # reading counts
    rf"[\W_]*(?:\d[\d,.]*\s*[万wk+]?\s*{_COUNT}[\s|·,，/💬⭐👁️]*)+",
    r"(?:阅读|浏览|点击|播放)(?:量|数|次数)?\s*[:：]?\s*\d[\d,.]*\s*[万wk+]?\s*次?",
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
# Boilerplate near the top or the end.
_BYLINE = _whole(
    r"(?:作者|文|撰文|原作者|本文作者|采写|来源|编辑|责任编辑|责编|审核|校对|排版|策划|监制|出品|微信公众号|公众号|微信号|ID)\s*(?:[:：|｜丨]|/(?!\d)).{0,220}",
    r"(?:作者|编辑)\s+\S{1,15}",
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
_DATE_LINE = re.compile(
    r"^(?:(?:发布|发表)(?:时间|于|日期)?\s*[:：]?\s*)?((?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2})"
)


def clean(lines: Sequence[Line], title: str) -> tuple[Line, ...]:
    """The lines that are the article's own, in order; `title` is left out where it stands again as a heading."""
    kept: Sequence[Line] = [line for line in lines if meaningful(line.text) or line.kind is BlockKind.CODE]
    for step in (_without_end, _without_related, _without_advert_links, _without_boilerplate, _without_repeats):
        kept = step(kept)
    same = _bare(title)
    return tuple(line for at, line in enumerate(kept) if not (_bare(line.text) == same and _opens(line, at)))


def _opens(line: Line, at: int) -> bool:
    """The line stands where a page shows its title; further down the same words head a section."""
    return line.level == 1 or at < (6 if line.level else 3)


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
        if _END.match(lines[at].text):
            cut = at
    return _without_card(lines[:cut], at_end=cut < len(lines))


def _without_card(lines: Sequence[Line], at_end: bool) -> Sequence[Line]:
    """Drops a columnist's card: its headline and the line about the person."""
    for at in range(len(lines) - 1, max(len(lines) - 6, -1), -1):
        if _COLUMNIST.match(lines[at].text) and all(_is_card(line) for line in lines[at + 1 :]):
            return lines[:at]
    if at_end and lines and _COLUMN_CARD.search(lines[-1].text) and _BYLINE.match(lines[-1].text):
        return lines[:-1]
    return lines


def _is_boilerplate(text: str) -> bool:
    return len(text) <= _LONGEST_BOILERPLATE and bool(_ANYWHERE.match(text))


def _is_card(line: Line) -> bool:
    return (len(line.text) <= _LONGEST_BOILERPLATE and bool(_COLUMN_CARD.search(line.text))) or _is_boilerplate(
        line.text
    )


def _without_related(lines: Sequence[Line]) -> Sequence[Line]:
    """Drops "related reading" and the links below it, and a run of bare links at the end."""
    kept: list[Line] = []
    within = False
    for line in lines:
        if len(line.text) < 20 and _RELATED.match(line.text):
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
    def near_end(self) -> bool:
        return self.count - self.at <= 8


_Rule = Callable[[Line, _Place], bool]


def _is_known_boilerplate(line: Line, place: _Place) -> bool:
    return _is_boilerplate(line.text)


def _is_advert(line: Line, place: _Place) -> bool:
    return line.kind is BlockKind.PARAGRAPH and not line.level and bool(_ADVERT.match(line.text))


def _is_head_boilerplate(line: Line, place: _Place) -> bool:
    return place.near_head and not line.level and bool(_AT_HEAD.match(line.text))


def _is_byline(line: Line, place: _Place) -> bool:
    if line.level or not (place.near_end or place.at < 6) or not _BYLINE.match(line.text):
        return False
    if line.text.startswith(("作者", "本文作者")):
        return True
    return len(line.text) <= 60


def _is_end_boilerplate(line: Line, place: _Place) -> bool:
    return place.near_end and not line.level and bool(_CONTACT.match(line.text) or _AT_END.match(line.text))


_RULES: tuple[_Rule, ...] = (_is_known_boilerplate, _is_advert, _is_head_boilerplate, _is_byline, _is_end_boilerplate)


def _without_boilerplate(lines: Sequence[Line]) -> Sequence[Line]:
    count = len(lines)
    return [line for at, line in enumerate(lines) if not any(rule(line, _Place(at, count)) for rule in _RULES)]


def _without_repeats(lines: Sequence[Line]) -> Sequence[Line]:
    """Drops a paragraph of the head that stands there twice: pages show their summary above and inside."""
    seen: set[str] = set()
    kept = []
    for at, line in enumerate(lines):
        bare = _bare(line.text)
        if at < _HEAD and not line.level and len(bare) >= 20:
            if bare in seen:
                continue
            seen.add(bare)
        kept.append(line)
    return kept


def _bare(text: str) -> str:
    return "".join(character.lower() for character in text if character.isalnum())
