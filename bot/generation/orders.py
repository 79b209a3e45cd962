"""Whether a passage speaks to a language model instead of to its readers."""

from __future__ import annotations

import re

from corpus.characters import fold, normalise

_RULES = r"(?:要求|规则|指令|指示|设定|限制|提示词?|内容|对话|约束|资料|说明|命令)"
_ORDER = re.compile(
    "|".join(
        (
            rf"(?:忽略|无视|忘记|忘掉|不要?理会|跳过|抛开|放弃|不必遵守|无需遵守|停止遵守)[^。\n]{{0,10}}(?:以上|之前|前面|上面|上述|先前|所有|一切|全部|系统|你的|既定)[^。\n]{{0,6}}{_RULES}?",
            r"系统(?:提示词?|消息|指令|通知\W{0,2}规则)|提示词注入|开发者(?:模式|消息)|越狱模式|新的?(?:系统|最高)?(?:指令|命令|任务)\s?[:是为]",
            r"你(?:现在|从现在|接下来|以后)?(?:起|开始)?(?:就?是|要?扮演|的身份是?)[^。\n]{0,12}(?:助手|模型|ai|机器人|管理员|客服|不受)",
            r"(?:^|\n)\s*\W{0,4}(?:system|assistant|developer|user|human|ai)\W{0,3}\s?[:：]|\"role\"\s?:|</?think|<\|[a-z_]+\|>|\[/?inst\]|###\s?(?:instruction|system)",
            r"(?:务必|必须|一定要|请直接|一律)(?:照写|照抄|原样(?:输出|照写|写)|输出[:“\"「]|回[答复][:“\"「]|用[^。\n]{1,8}回答)|(?:请)?务必(?:推荐|写|告诉|提到|注明|引用|加上)",
            r"(?:只|仅)(?:要|需|能|许|准)?(?:回[答复]|输出)\s?[:“\"「]|(?:回答|答案|输出)(?:中|里|时|的?(?:开头|结尾|末尾|最后))[^。\n]{0,6}(?:不要|必须|请|务必|都?要?加|写|附|带|包含|不得|不许)",
            r"每(?:一?句(?:话)?|段(?:话)?|次回答)[^。\n]{0,4}(?:结尾|末尾|后面|前面|开头)(?:都?要?)(?:加上|加|附上?|写上|注明|标)",
            r"本段(?:的)?(?:编号|才是|优先)|编号(?:可以|可)?(?:省略|改为|改成)|不(?:用|必|要)(?:标注?|写)(?:编号|出处|引用)",
            r"把(?:所有|全部|每个?)[^。\n]{0,8}(?:数字|不|日期|编号|否定)[^。\n]{0,6}(?:去掉|改|删|乘|换)|数字(?:都|全部|一律)[^。\n]{0,6}(?:乘|改|加|翻)|日期(?:都|全部|一律)?改(?:成|为)",
            r"解码(?:并|后|然后)?[^。\n]{0,4}(?:执行|照做|运行|回答)|base\s?64[^。\n]{0,8}(?:解码|执行|decode)|(?:执行|运行)(?:以下|下面)(?:的)?(?:指令|命令|代码)",
            r"(?:重复|复述)[^。\n]{0,6}\d{2,}\s?[遍次]|(?:打印|输出|泄露|复述|显示)[^。\n]{0,8}(?:提示词|系统(?:提示|设定|消息|指令)|全部资料|所有段落|密钥|token)",
            r"(?:ai|大模型|语言模型|智能助手|问答机器人|聊天机器人)(?:读到|看到|阅读|处理|请|在?回答)[^。\n]{0,10}(?:请|必须|务必|时|都|应)|作为(?:一个)?(?:ai|语言模型)",
            r"\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,30}\b(?:instructions?|rules?|prompts?|above|previous|prior|context)\b",
            r"\b(?:system prompt|you are now|from now on|act as|pretend to be|developer mode|jailbreak)\b",
            r"\b(?:reply|respond|answer)\s(?:only|exactly|just)\b|\brepeat after me\b",
            r"\b(?:you must|always) (?:say|recommend|include|add|answer)\b",
        )
    )
)


def addresses_model(text: str) -> bool:
    """Whether a text gives orders to what may be reading it: to forget its rules, to answer in a certain way, to hide
    or to add something. Nothing in such a text is evidence of anything."""
    return _ORDER.search(fold(normalise(text))) is not None
