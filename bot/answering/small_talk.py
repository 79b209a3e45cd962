"""Messages that ask the articles nothing, by what they want: a greeting, thanks, "I have a question", a person.

A message is of a kind only when nothing else is left of it: 你好，加微率怎么算 is a question, and so is 谢谢，那群发呢.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from bot.model import SmallTalk
from corpus.characters import fold

_LONGEST = 40  # characters

_SPACE = re.compile(r"\s+")
_WORDLIKE = re.compile(r"\w")

_GREETINGS = (
    r"好+|早+|早上好|上午好|中午好|下午好|晚上好|晚安|午安|早安|安|辛苦(?:了|啦)?",
    r"hi|hello|hey|yo|嗨|哈[喽啰罗]|哈+|嘿+|呵+|嘻+|喂|在吗|在不在|在么|有人吗|有人在吗",
    r"收到|好的?|好滴|好嘞|好吧|行|行吧|可以|ok(?:ay)?|okk+|嗯+|哦+|噢+|啊+|对|是的"
    r"|没错|明白(?:了)?|懂了|知道了",
    r"了解(?:了)?|赞|牛|厉害|\d{1,3}|6+|不客气|没事|客气(?:了)?",
    r"再见|拜+|拜拜|bye(?:bye)?|goodbye|下次聊|回见|晚点聊|睡了|下班(?:了|啦)?|吃饭(?:了|啦|去)?(?:吗|没)?",
    r"good (?:morning|afternoon|evening|night)|how are you|what'?s up|see you|lol|nice|cool|great|yes|no|yep",
    # what may stand beside them
    r"大家|各位|你们?|您|老师|老板|亲爱的|亲|小伙伴们?|朋友们?|群友们?|呀|哟|吧|呢|啦|了|的|有|吗|们",
    r"all|everyone|guys|there|team|you|so much|very much|a lot",
)

# Of each kind what makes it one, and what may stand beside that and the words above. The first kind that fits counts.
_KINDS: tuple[tuple[SmallTalk, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        SmallTalk.HUMAN,
        (
            r"(?:请|帮|给|替|叫|让|我|你们?|快|要|想|想要|需要|能不能|能|可以|可不可以|怎么|如何|怎样)*"
            r"(?:转|转接|接|接通|找|联系|呼叫|换|叫|连接|换成)(?:个|一个|一下|下|到|成|你们的?)?"
            r"(?:人工|真人|客服|活人|管理员)(?:客服|服务|坐席)?(?:来|处理|回复)?",
            r"(?:在线|人工|真人)?客服(?:在吗|在不在|电话|呢)?|人工(?:客服|服务|坐席)?(?:呢|在吗)?",
            r"有(?:没有)?(?:人工|真人)(?:客服|服务)?",
            r"(?:我)?(?:想|要|想要)?(?:跟|和|与)(?:人工|真人|客服|活人)(?:客服)?(?:说话?|聊|谈|沟通)(?:一?下)?",
            r"(?:i )?(?:(?:want|need|would like) to )?(?:can i |could i |let me )?(?:please )?"
            r"(?:talk|speak|connect|transfer|chat)(?: me)?(?: to| with)"
            r" (?:an? |some )?(?:real |live |human )?(?:human|person|agent|someone|operator|support)",
            r"(?:human|live|real) (?:agent|person|support)|customer service",
        ),
        (r"请|麻烦|我要|我|please|没有|(?:我要|我想)?投诉(?:你们?)?",),
    ),
    (
        SmallTalk.IDENTITY,
        (
            r"(?:你|您)?(?:到底|究竟|其实|现在)?(?:是|用|使用|接|基于|背后)(?:的|了|用的)?(?:是)?(?:什么|啥"
            r"|哪个|哪种|哪家|哪款)"
            r"(?:公司|厂商)?的?(?:ai|大?模型|大?语言模型|人工智能|llm|gpt|机器人|算法|技术|软件|程序)(?:做|开发)?的?",
            r"(?:你|您)(?:是|就是)(?:不是)?(?:什么)?(?:chat ?gpt|gpt ?\d?|deep ?seek|豆包|文心一言|文心"
            r"|通义千问|通义|千问"
            r"|kimi|claude|gemini|元宝|ai|人工智能|真人|人工?|机器人?|程序|大?模型)"
            r"(?:还是(?:chat ?gpt|gpt ?\d?|deep ?seek|豆包|文心|千问|kimi|claude|ai|真人|人工?|机器人?|机器))?",
            r"(?:你|您)?是?(?:谁|哪家公司|哪个公司|哪家)(?:家)?(?:开发|做|创造|训练|发明|写|研发)(?:了|的"
            r"|出来的)?你?的?",
            r"是?(?:真人|机器人|人工|ai)(?:在)?(?:回复|回答|聊天|说话)(?:我)?",
            r"你是谁|你叫什么(?:名字)?|你是机器人吗|你是(?:不是)?(?:ai|真人|人工)(?:吗)?",
            r"who are you|who (?:made|built|created|trained) you|are you (?:an? )?(?:bot|robot|human|ai|gpt\d?"
            r"|chatgpt|deepseek)",
            r"(?:what|which) (?:ai |language )?(?:model|llm|ai)(?: are you| do you use| is this| are you using)",
        ),
        (r"还是人|请问|到底",),
    ),
    (
        SmallTalk.ABILITIES,
        (
            r"(?:你|您|机器人)(?:都|还|到底|究竟|又)?(?:能够?|可以|会)(?:都)?(?:帮|给|为|替)?(?:我们?|忙)?"
            r"(?:做|干|回答|解答|帮忙|查|处理|提供|帮)?(?:些|点)?(?:什么|啥|嘛|哪些)(?:问题|事情?|忙|服务|内容"
            r"|功能|东西|工作|用)?",
            r"(?:能够?|可以|会)(?:帮|给|为|替)我们?(?:做|干|查|处理)?(?:些|点)?(?:什么|啥|嘛|哪些)(?:问题|事情?|忙)?",
            r"(?:你|您|机器人)(?:都|还|到底)?有(?:什么|啥|哪些)(?:功能|用处?|本事|作用|能力|服务)",
            r"(?:这个?)?(?:机器人|你|您|bot)(?:该|要)?(?:怎么|如何|咋)(?:用|使用|操作|玩)",
            r"(?:怎么|如何|咋)(?:使用|用|操作)(?:你|您|(?:这个?)?机器人|bot)|(?:这个?)?(?:怎么|咋)用[啊呀]? ?机器人",
            r"帮助|使用说明|使用帮助|功能|菜单|help|menu",
            r"what (?:can|could|do) you (?:do|answer|help (?:me )?with)(?: for me)?|what are you for",
            r"how (?:do|can|should) i use (?:you|this(?: bot)?)|how (?:does|do) (?:this bot|the bot|you|this) work",
        ),
        (r"请问|我",),
    ),
    (
        SmallTalk.CORRECTION,
        (
            r"不对|我(?:要|想)?问的(?:并|根本)?不是(?:这个|这些|那个)|(?:你|您)?(?:答|说|讲|回答)的(?:完全|都"
            r"|根本)?不对|不是(?:这个|那个|这样|这些|的)?|不是(?:这个|那个|这)?意思|(?:我)?不是(?:这个|那个|这"
            r"|那)(?:个)?意思",
            r"(?:你|您)?(?:完全|都|又|好像|是不是|可能)?(?:答|回答|理解|搞|弄|说|看|听|找|会错意|打)?错(?:了|啦)",
            r"答非所问|牛头不对马嘴|文不对题|驴唇不对马嘴|所答非所问|不相关",
            r"(?:这)?不是我(?:要|想|想要)?(?:问|说|找|要)?的?(?:问题|意思|东西|答案)?|(?:我)?(?:不是"
            r"|没)(?:在)?(?:问|说)(?:这个|那个|这些)",
            r"(?:你|您)?(?:没有?|根本没)(?:理解|看懂|听懂|明白|搞懂|弄懂|看清楚?|回答|答)(?:我"
            r"|到)?(?:的)?(?:问题|意思|话|点上)?",
            r"(?:that'?s |that is |it'?s )?(?:not (?:what i (?:asked|meant|want|wanted)(?: for)?|right|it"
            r"|correct)|wrong|incorrect)"
            r"(?: answer)?|you misunderstood(?: me)?",
        ),
        (r"吧|你|我|no|sorry|但是?|可是",),
    ),
    (
        SmallTalk.PROMPT,
        (
            r"(?:我|俺)?(?:这边|这里)?(?:就|还|也|先|再)?(?:想要?|要|来|能不能|能|可以|可不可以)?(?:再"
            r"|先)?(?:跟|向|和|找)?"
            r"(?:你们?|您|大家|老师|各位)?(?:问|问问|请问|请教|咨询|打听|提问|麻烦问|讨教)(?:你们?|您"
            r"|老师)?(?:一?下子?|一声|一句)?"
            r"(?:一?个|几个|些|点|两个|件)?(?:小|简单的?)?(?:问题|疑问|事儿?|事情)?(?:哈|吗|可以吗|行吗|好吗|行不行)?",
            r"(?:我)?想要?了解(?:一?下|点|些)?(?:事情?|情况|问题)?",
            r"(?:我)?(?:这边|这里)?(?:还)?有(?:一?个|一些|几个|些|点|件|一件)?(?:小)?(?:问题|疑问|疑惑|事儿?"
            r"|事情)"
            r"(?:想要?|要)?(?:跟|向|找)?(?:你|您|大家|老师)?(?:问|问问|请教|咨询|打听|了解)?(?:一?下)?(?:你们?"
            r"|您|大家)?",
            r"(?:hi |hello )?(?:i have|i've got|got) (?:a|some|another|one) (?:quick )?questions?"
            r"|(?:a )?(?:quick )?question",
            r"(?:can|could|may) i ask(?: you)?(?: a question| something)?",
            r"i(?:'d like| would like| want) to ask(?: you)?(?: a question| something)?",
        ),
        (r"打扰(?:了|一下|下)?|麻烦(?:你|您)?(?:了|一下)?|请|您好|哈|有事",),
    ),
    (
        SmallTalk.THANKS,
        (
            r"谢+谢*|感谢|多谢|谢了|谢啦|thanks?|thank you|thx|3q",
            r"(?:帮|解决)(?:了)?(?:我)?大忙了?|学到(?:了|很多)|(?:问题)?解决了|有帮助|很有用",
        ),
        (
            r"太|非常|真的?|很|特别|十分|万分|都|也|那|就|又",
            r"(?:你|您|老师|大家)?的?(?:耐心|详细)?的?(?:解答|回答|回复|分享|指点|帮助|建议|讲解|帮忙|支持|提醒)",
            r"有用|清楚了|明白|受教了|太?棒了?|真?好|不错|我?(?:先|这就|再)?(?:去|回去|再)?(?:试试|看看"
            r"|研究)(?:一下|看)?",
            r"(?:that|this|it)(?: is| was|'s)?(?: very| really| so)? ?(?:helps?|helped|helpful|useful)"
            r"|very helpful|helpful|got it",
            r"for (?:the|your) (?:quick |great )?(?:help|answer|reply|info)|that|great answer|perfect",
        ),
    ),
    (
        # who only sighs is greeted; whoever asks what to do about it asks
        SmallTalk.GREETING,
        (
            r"(?:真|太|好|都|越来越|更|也)?(?:不好|难)(?:干|做|赚|混|过|熬)|(?:心|好|太|真)累|(?:真|太|好)(?:烦|卷|难|惨)"
            r"|(?:大环境|行情|经济|生意)(?:真|太|都)?(?:不好|差)|没意思|没劲|躺平算?|愁(?:死了?|人)?",
        ),
        (
            r"唉+|哎+呀?|诶+|今年|今天|这年头|现在|最近|这几?年|行情|大环境|经济|生意|钱|日子|啥|什么|都|真|太|越来越|就?是"
            r"|我|咱们?|做|干|上班|打工|开店",
        ),
    ),
)


# Made of such words and yet a question, if one that names nothing.
_ASKS = re.compile(
    r"(?:这样)?(?:可以|行|对|好)(?:的)?[吗么]|有(?:什么)?(?:问题|事)[吗么]|.*(?:不好|难|差).*(?:[吗么]|什么|啥)"
)


def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{'|'.join(phrases)})")


_GREETING = _pattern(_GREETINGS)
_OTHERS: Mapping[SmallTalk, tuple[re.Pattern[str], re.Pattern[str]]] = MappingProxyType(
    {kind: (_pattern(core), _pattern((*core, *beside, *_GREETINGS))) for kind, core, beside in _KINDS}
)


def small_talk(text: str) -> SmallTalk | None:
    """What a message wants that asks the articles nothing, None where it may be a question."""
    folded = fold(text)
    words = _SPACE.sub(" ", re.sub(r"[^\w\s']", " ", folded)).strip()
    if not _WORDLIKE.search(words):
        return SmallTalk.GREETING
    if len(words) > _LONGEST or _ASKS.fullmatch(words):
        return None
    for kind, (core, phrase) in _OTHERS.items():
        if core.search(words) and _is_made_of(phrase, words, core):
            return kind
    return SmallTalk.GREETING if _is_made_of(_GREETING, words) else None


def is_small_talk(text: str) -> bool:
    """Whether a message asks the articles nothing."""
    return small_talk(text) is not None


def _is_made_of(phrase: re.Pattern[str], words: str, core: re.Pattern[str] | None = None) -> bool:
    """Whether phrases make up the whole of a text, one of them `core` where there is one.

    Phrase after phrase, since one pattern for all of it tries every way to cut 666…6 before it gives up.
    """
    reached = {(0, core is None)}  # where phrases end, and whether the core was among them
    for start in range(len(words)):
        for has_core in [has for at, has in reached if at == start]:
            for end in range(start + 1, len(words) + 1):
                if phrase.fullmatch(words, start, end):
                    is_core = core is not None and core.fullmatch(words, start, end) is not None
                    reached.add((end, has_core or is_core))
    return (len(words), True) in reached
