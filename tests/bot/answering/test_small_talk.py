"""Messages that ask the articles nothing are known for what they want; questions that only sound like them are not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.small_talk import is_small_talk, small_talk
from bot.locales import LANGUAGES, texts
from bot.model import SmallTalk

MESSAGES = {
    SmallTalk.THANKS: [
        "谢谢你的解答",
        "好的谢谢，学到了",
        "太感谢了，帮大忙了",
        "明白了，多谢老师指点",
        "非常感谢",
        "谢谢，我去试试",
        "解决了，谢谢你",
        "thanks, that helps a lot",
        "thank you for your help",
        "ok got it thanks",
        "谢谢您的回复",
        "辛苦了谢谢",
        "好的明白了，感谢分享",
        "感谢解答",
        "太棒了谢谢",
        "谢谢啊，懂了",
        "有用，谢谢",
        "多谢多谢，我先看看",
        "thanks a lot for the answer",
        "thx, very helpful",
    ],
    SmallTalk.PROMPT: [
        "我有个事想请教下",
        "请问一下",
        "想咨询下",
        "能问你个问题吗",
        "老师我想问个事",
        "问个问题哈",
        "在吗，想咨询一下",
        "打扰了，请教个问题",
        "你好我想了解一下",
        "hello, i have a question",
        "can I ask you something?",
        "有几个问题想问问你",
        "咨询个事情",
        "我想请教一个问题",
        "请教一下",
        "我有一个疑问",
        "想跟您打听个事",
        "可以问个问题吗",
        "有点问题想问",
        "亲，问一下",
        "麻烦问下",
        "quick question",
        "I'd like to ask something",
        "你好，有事请教",
    ],
    SmallTalk.CORRECTION: [
        "不对，我问的不是这个",
        "你答的不对",
        "不是这个",
        "你理解错了",
        "答非所问啊",
        "不是我要问的",
        "你搞错了吧",
        "我不是这个意思",
        "说错了",
        "that's not what I asked",
        "wrong answer",
        "不对不对",
        "不是这个意思",
        "你没理解我的问题",
        "回答错了",
        "不是问这个",
        "牛头不对马嘴",
        "搞错了",
        "错啦",
        "not what I meant",
        "that's wrong",
        "不对吧",
    ],
    SmallTalk.ABILITIES: [
        "你会什么",
        "你可以帮我干嘛",
        "你有什么功能",
        "这个机器人怎么用",
        "你能回答哪些问题",
        "怎么使用你",
        "what can you do?",
        "how do I use this bot",
        "你都能干啥",
        "你有啥用",
        "能帮我做什么",
        "这个怎么用啊机器人",
        "你会回答什么问题",
        "你可以做什么呢",
        "what do you do",
        "how does this bot work",
    ],
    SmallTalk.HUMAN: [
        "我要投诉，转人工",
        "人工客服",
        "我要找人工",
        "转接人工",
        "有真人客服吗",
        "叫你们客服来",
        "怎么联系人工客服",
        "能不能帮我转人工",
        "talk to a human",
        "human agent please",
        "转人工服务",
        "人工",
        "我想找真人",
        "找客服",
        "有没有人工",
        "帮我接人工客服",
        "客服在吗",
        "I want to speak to a real person",
        "transfer me to an agent",
    ],
    SmallTalk.IDENTITY: [
        "你用的什么大模型",
        "你是chatgpt吗",
        "你是deepseek还是豆包",
        "谁开发了你",
        "你背后是哪个模型",
        "你是真人还是机器人",
        "what model are you",
        "are you gpt?",
        "你是什么AI",
        "你是gpt4吗",
        "你是哪个公司做的",
        "你接的是什么模型",
        "是机器人在回复吗",
        "你是人还是机器",
        "which llm do you use",
        "who made you",
    ],
}
QUESTIONS = [
    "请问企业微信客户上限",
    "怎么转人工客服到企业微信",
    "客户说不对怎么回",
    "谢谢惠顾文案怎么写",
    "有个问题想咨询，企业微信怎么收费",
    "你能做什么样的朋友圈",
    "人工客服话术怎么写",
    "客户加微信后说谢谢怎么回",
    "不是专业号能投聚光吗",
    "功能介绍怎么写",
    "你好请问小红书能不能发微信",
    "客户问我是不是机器人怎么回",
    "机器人自动回复违规吗",
    "咨询转化率怎么提高",
    "链接失效怎么办",
    "企业微信客服链接怎么弄",
    "模型手办店怎么做私域",
    "what can I do about a muted account",
    "请问怎么算复购率",
    "客户说谢谢怎么接话",
    "转人工的自动回复怎么设置",
    "有没有社群运营方案",
    "怎么让客户帮我转介绍",
    "客户回复不需要怎么办",
    "企业微信能做什么",
    "小红书能做什么生意",
    "微信客服是什么",
    "要不要用AI回复客户",
    "谢谢老师，那群发呢",
    "好的，个人微信一天加几个",
    "这个链接 小红书能发吗",
    "模板消息怎么发",
    "帮助客户选品怎么聊",
    "真人出镜好还是图文好",
    "人工打标签太慢怎么办",
    "who should I add first",
    "有用吗",
    "可以吗",
    "这个怎么用",
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, found in MESSAGES.items() for text in found])
def test_what_a_message_wants_is_known(kind: SmallTalk, text: str) -> None:
    assert small_talk(text) is kind


@pytest.mark.parametrize("text", QUESTIONS)
def test_questions_that_sound_alike_stay_questions(text: str) -> None:
    assert small_talk(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "早啊大家",
        "晚安各位",
        "收到",
        "😂😂😂",
        "Good morning everyone!",
        "你好，在吗？",
        "哈哈哈哈",
        "。。。",
        "ok",
        "666",
        "哎，最近生意太难做了",
        "这年头钱真难赚啊",
        "唉 心累",
        "今年大环境不好，难熬",
    ],
)
def test_a_greeting_is_known(text: str) -> None:
    assert small_talk(text) is SmallTalk.GREETING


@pytest.mark.parametrize(
    "text",
    [
        "最近生意难做，怎么办",
        "现在生意不好做吗？",
        "今年私域不好做了",
        "生意难做要不要降价",
        "太卷了，怎么引流",
        "行情不好做什么",
    ],
)
def test_who_sighs_and_asks_asks(text: str) -> None:
    assert small_talk(text) is None


@pytest.mark.parametrize("kind", SmallTalk)
def test_there_is_a_reply_to_each_in_every_language(kind: SmallTalk) -> None:
    replies = [texts(language)(kind) for language in LANGUAGES]
    assert len(set(replies)) == len(LANGUAGES)
    assert not any("没有找到" in reply for reply in replies)


@pytest.mark.parametrize(("text", "said"), [("谢谢" * 20, True), ("谢谢" * 20 + "谢", False)])
def test_small_talk_is_short(text: str, said: bool) -> None:
    assert (small_talk(text) is not None) is said


@given(st.text(alphabet="我想问一下你是什么能做谢不对转人工 的吗了好", max_size=60))
def test_a_word_of_the_trade_makes_a_question_of_any_message(text: str) -> None:
    assert small_talk(f"{text}复购率") is None


@pytest.mark.parametrize(
    "text",
    [
        "好" * 1000,
        "hello " * 200,
        "谢" * 999 + "x",
        "6" * 39 + "x",
        "好的" * 19 + "x",
        "我想问" * 13 + "x",
        "不对你" * 13,
    ],
)
def test_no_message_makes_the_patterns_run_away(text: str) -> None:
    started = time.process_time()
    is_small_talk(text)
    assert time.process_time() - started < 1
