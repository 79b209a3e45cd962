"""What the form of a message tells about whether articles could answer it, whatever its subject.

All patterns read normalised text: simplified script, lower case, half-width punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.vocabulary.question_words import A_NOT_A, INTERROGATIVE

_ASKS = re.compile(
    rf"\?|{INTERROGATIVE}|怎|多[贵重]|还是|真的假的|几|吗|么|呢|{A_NOT_A}|有没|没有|不$|没$|吧$"
    r"|\b(?:how|what|why|which|when|where|who|can|could|should|does|do|did|is|are|will|would|any(?:thing)?)\b"
)

# Who only tells what went wrong asks for help with it: 笔记搜不到了, 计划没消耗, 账号被封.
_TROUBLE = re.compile(
    r"[不没](?:了|到|出[来去]?|上|动|着|见|掉)(?:了|$|[,.!])|(?:消失|打不开|失败|失效|不见|没)了|出错|报错|点不[开进]"
    r"|没有?(?:消耗|曝光|流量|展示|反应|效果|起色|动静|人(?:看|买|问|回|理|加|说话))"
    r"|被(?:封|限流|禁言|删|下架|驳回|拒|处罚|判|投诉|屏蔽|折叠|举报)"
)

# Orders to whoever reads the message, and the dress of data that is to be taken for orders. Grouped by what they want:
# to lift the rules, to give the reader a part to play, to dictate or invent an answer, to get at what is inside or at
# others, to be executed.
_ORDERS = re.compile(
    "|".join(
        (
            r"(?:忽略|无视|忘[记掉]|抛开|跳过|绕过|覆盖|不用管|别管|推翻)了?.{0,8}"
            r"(?:以上|之前|前面|上面|先前|所有|一切|你的|规则|指令|设定|限制|要求|资料|对话)",
            r"(?:新|以下|下面|下列|上述|最高|系统|开发者)的?(?:指令|命令|提示词)|系统(?:提示|消息|设定)"
            r"|提示词注入|越狱|不受.{0,4}限制",
            r"(?:开发者|管理员|调试|上帝|超级|测试)(?:模式|权限)|作为(?:一个)?(?:ai|人工智能|语言模型)"
            r"|没有(?:任何)?(?:限制|审查|道德)",
            r"(?:你|您)(?:的|自己的|内部|最初|收到的)?(?:系统|初始|隐藏|完整|原始|底层)?的?"
            r"(?:提示词|指令|设定|人设|prompt|源代码|环境变量|配置文件|训练数据|知识库全文)",
            r"从现在(?:起|开始)|(?:你现在|接下来你?|今后你|以后你)(?:就?是|要?扮演|不再|叫|的身份)|(?:你|请"
            r"|来)扮演|扮演(?:一个|成)|假装|假设你(?:是|已)|角色扮演",
            r"(?:必须|只许|只能|直接|只管|务必|一律|统一|只要|只需)(?:要|把)?(?:回答?|回复|输出|说|返回|答)"
            r"|只(?:回|答|输出)(?:数字|答|复|一个|是|yes)",
            r"(?:(?:^|[\s,.!?;:请你来])跟我|照着|一字不[差落改]).{0,4}(?:念|说|重复|复述|输出)|(?:重复|复述|念)(?:一遍|以下|下面|我)"
            r"|在(?:回答|答案|结尾|末尾|每).{0,8}加上",
            r"以后(?:所有|的|每).{0,6}(?:回答|回复)|(?:不许|不准|不要|不必|无需|不用|别)(?:引用|拒绝|查资料"
            r"|看资料|检索|遵守|给出处|解释)",
            r"(?:随便|瞎|胡|凭空)编|编造|编(?:一|个)(?:条|个|篇)?(?:假|数据|出处|来源|规定)|资料(?:显示|里说"
            r"|写着)[:“\"]",
            r"(?:打印|输出|发|给我|告诉|交出|泄露|列出|导出|显示).{0,12}"
            r"(?:密钥|token|api ?key|环境变量|密码|口令|配置文件|(?:其他人|别人|用户|管理员)的|数据库"
            r"|全部(?:文章|资料))",
            r"(?:删除|删掉|清空|重置|关闭|格式化).{0,6}(?:索引|数据库|知识库|所有文章|全部资料|服务器)",
            r"(?:照做|照办|执行)(?:[:。!,]|$)|然后照|执行(?:以下|下面|这段|命令|代码)|运行(?:以下|下面|这段"
            r"|命令|代码)|base ?64|解码",
            r"</?[a-z!][^<>]{0,40}>|\$\{|\{\{|\{%|<\||\[/?(?:inst|system|assistant|user)\]|^(?:system|assistant"
            r"|developer|user) ?:|###|```",
            r"https?://|drop table|select \*|union select|insert into|rm -rf|os\.system|__import__|eval\("
            r"|\bsudo\b|' or |;--",
            r"\b(?:ignore|disregard|forget|override|bypass) (?:all|any|the|your|my|previous|prior|above"
            r"|everything|safety)",
            r"\b(?:system|hidden|initial|secret) prompt\b|\byour (?:prompt|instructions|system|rules|guidelines"
            r"|training data)\b",
            r"\bpretend\b|\byou are now\b|\bact as\b|\brole-?play\b|\bjailbr[eo]\w*|\b(?:developer|admin|god"
            r"|debug) mode\b"
            r"|\bfrom now on\b|\bdan\b|\bno restrictions\b",
            r"\b(?:print|reveal|repeat|output|dump|leak)(?: me)? (?:your|the|all|everything|every|after)\b"
            r"|\brepeat after me\b",
            r"\b(?:reply|respond|answer) (?:only|exactly|just)\b|\b(?:reply|respond) with\b|\bsay exactly\b"
            r"|\bnew (?:instructions?|task|rules?) ?:|\bmake (?:up|something up)\b|\binvent a\b",
        )
    )
)

_LATIN_NAME = re.compile(r"[a-z][a-z0-9.+#_-]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_FOREIGN = 0.5  # what a missing name counts in a question that is Latin throughout


def asks(text: str) -> bool:
    """Whether a message has the form of a question, with a mark or without."""
    return _ASKS.search(text) is not None


def tells_of_trouble(text: str) -> bool:
    """Whether a message tells of something that went wrong: it asks for help whatever its form."""
    return _TROUBLE.search(text) is not None


def gives_orders(text: str) -> bool:
    """Whether a message tells its reader how to behave instead of asking: nothing in articles answers that."""
    return _ORDERS.search(text) is not None


def missing_names(text: str, found: Sequence[str]) -> float:
    """Share of a question's names in Latin letters that none of the texts found mentions: 0 to 1, 0 without names.

    A name such as `shopify` in a Chinese question is most often what it is about; in an English one every word is in
    Latin letters, over Chinese articles none of them is found, and the share counts half.
    """
    names = set(_LATIN_NAME.findall(text))
    if not names:
        return 0.0
    known = "\n".join(found).lower()
    share = sum(name not in known for name in names) / len(names)
    return share if _HAN.search(text) else _FOREIGN * share
