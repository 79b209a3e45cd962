"""What a sentence must not do, whatever its sources say."""

from __future__ import annotations

import re

from bot.generation import units
from bot.generation.contacts import has_contact
from bot.generation.facts import Amount
from bot.generation.model import Reason
from bot.generation.polarity import negations
from bot.generation.quantities import facts
from corpus.characters import HAN, fold

# An article's this year is not the reader's; where it tells of no figure and no event, it is anybody's (和上个月比).
_RELATIVE = re.compile(r"今年|去年|(?<![标写注表声说])明年(?!份)|前年|后年|上个?月|昨[天日]|前天|近日|^日前")
_TOLD = re.compile(
    r"起|开始|发布|公布|生效|施行|执行|上线|下线|推出|调整|更新|宣布|规定|新规|收费|涨|降|取消|开放|关闭"
)
_CLAUSE_END = re.compile(r"[,。;:!?\n]")
# How figures are compared, not how they came out: 同比上月, 本月 1 号对比上月 1 号.
_COMPARES = re.compile(r"同比|环比|对比")
_PERIODS = (units.SECONDS, units.MONTHS)
_SPOKEN = re.compile(r"[“\"「][^“”\"「」]{0,200}[”\"」]")
# 最好 alone is advice (最好是中文), 最好的办法是 tells how and not whom to go to, 唯一变量 is a fact.
_WAYS = r"(?:方法|办法|做法|方式|途径|时机|时间|效果|状态|回报)[^,。;]{0,6}是(?!去?(?:用|找|选|买|报|加))"
_BEST = rf"最(?:好(?=[的用选])|[强佳优专]|靠谱)(?![”\"」]|的?{_WAYS})"
_ONLY = (
    r"唯一(?=的?(?:官方|正规|指定|授权|认证|靠谱|值得|推荐|选择|能|可以"
    r"|[^,。;]{0,6}(?:品牌|服务商|平台|机构|公司|工具|软件)))"
)
_PRAISE = re.compile(
    rf"(?:(?<!得){_BEST}|首选|第一(?:选择|品牌|名)|{_ONLY}|业内领先|行业第一|no\.?\s?1)"
    r"[^,。;]{0,14}(?:是(?!多少|什么|哪)|选(?!择)|就用|就找|推荐|当属|非)[“\"「]?\w"
    r"|是[^,。;]{0,8}(?:最好|最佳|最优|第一|唯一)的?选择"
    r"|(?:强烈|首先|极力|墙裂|重点|诚意)?(?:推荐|安利|首推)(?:大家|你|您|商家)?(?:使用|选择|购买|找|用|去|加入|报名|参加)[^，,。;]{1,24}"
    r"|\b(?:the best|number one|highly recommend|we recommend)\b"
)
_EVASION = re.compile(
    r"谐音|暗[号语]|拆字|火星文|变体字|(?:躲|避|绕|逃)(?:开|过|避)?(?:平台|系统|官方|人工)?的?(?:审核|检测|审查|监管|识别|风控)"
    r"|规避(?!风险)(?=[^,。;]{0,10}(?:审|检测|监管|识别|风控|处罚|规则|规定|限制|封|限流|平台|违规|敏感))|绕过"
    r"|(?:不|别|免)(?:会)?被(?:平台|系统|官方)?(?:发现|检测|识别|抓)|防封|小号(?:引流|代发|轮换)"
)
_WARNS = re.compile(
    r"违规|违法|风险|处罚|封|罚|限流|禁|风控|识别|警惕|得不偿失|加重|治理|打击|导流|黑产|排除|检查|找有没有"
)
_LETTER = re.compile(rf"[{HAN}]|[a-z]+")
_MOSTLY = 0.5
_FEWEST = 6


def unsayable(text: str) -> Reason | None:
    """Why a sentence is cut, supported or not: a contact, a time relative to today's, an advertisement, advice on how
    to get around a platform's review."""
    folded = fold(text)
    if has_contact(text):
        return Reason.CONTACT
    if any(map(_dates_itself, _CLAUSE_END.split(_SPOKEN.sub("", folded)))):
        return Reason.RELATIVE
    if _PRAISE.search(folded):
        return Reason.PRAISE
    besides = _EVASION.sub("", folded)
    if besides != folded and not negations(besides) and not _WARNS.search(besides):
        return Reason.EVASION
    return None


def _dates_itself(clause: str) -> bool:
    if _RELATIVE.search(clause) is None:
        return False
    figures = [each for each in facts(clause) if not (isinstance(each, Amount) and each.weak)]
    if _COMPARES.search(clause) and not any(isinstance(each, Amount) and each.kind not in _PERIODS for each in figures):
        return False
    return _TOLD.search(clause) is not None or bool(figures)


def is_in(language: str, text: str) -> bool:
    """Whether a text is in a language, `zh` or `en`, as far as it is long enough to tell; each Chinese character and
    each word in Latin letters counts as one."""
    letters = _LETTER.findall(fold(text))
    if len(letters) < _FEWEST:
        return True
    chinese = sum(not letter[0].isascii() for letter in letters) / len(letters)
    return chinese >= _MOSTLY if language == "zh" else chinese < _MOSTLY
