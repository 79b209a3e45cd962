"""What can be asked of the glossary that comes with the project, and of any; its data is `tests.corpus.lint`'s."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import CorpusError
from corpus.vocabulary.glossary import Glossary
from corpus.vocabulary.terms import AmbiguousSpelling, GlossaryInvalid, Term, TermKind
from tests.support import dictionaries

EVERYDAY = ("小号", "卫星", "红薯", "地瓜", "V", "威信", "标签", "个人号", "小店", "黑科技", "通过率", "折叠", "水下")

GLOSSARY = dictionaries.glossary()


def found(text: str, glossary: Glossary = GLOSSARY) -> list[tuple[str, str]]:
    """What stands in the text, and which term it is."""
    return [(mention.spelling, mention.term.name) for mention in glossary.find(text)]


def defined(question: str) -> str | None:
    term = GLOSSARY.define(question)
    return None if term is None else term.name


class TestThePackagedFile:
    @pytest.mark.parametrize("word", EVERYDAY)
    def test_everyday_words_stay_themselves(self, word: str) -> None:
        assert GLOSSARY.lookup(word) is None
        assert GLOSSARY.canonical(f"这个{word}挺好") == f"这个{word}挺好"

    @pytest.mark.parametrize(
        "text",
        [
            "怎么吸引流量",
            "按引导流程操作",
            "我国发射了一颗卫星",
            "红薯多少钱一斤",
            "video 里的 vlog",
            "qwerty 键盘",
            "去商场买手机",
            "今日活动安排",
            "办公号码是多少",
            "写在笔记本上",
            "首页没有赞",
            "这个微信息",
            "我的红书包丢了",
            "订单漏发了要补单",
            "孩子被关小黑屋",
            "抖音蓝V要多少钱",
            "外部群能开直播吗",
            "渠道码和活码有什么区别",
            "洗稿和搬运哪个更严重",
            "平台佣金是多少",
            "群里有很多潜水客户",
            "这个月DM发了多少传单",
            "养老院怎么引流",
            "托管班怎么引流",
            "手机自带的微信双开会封号吗",
            "客户规模多大",
            "软文和软广一样吗",
            "副号能发吗",
            "接口费多少",
            "小红书能发外部联系方式吗",
            "红美人柑橘怎么卖",
            "小红盟能跳京东吗",
            "漏回了怎么办",
            "how to appeal a violation",
            "write a persona for our community",
        ],
    )
    def test_words_of_other_trades_are_left_alone(self, text: str) -> None:
        assert GLOSSARY.canonical(text) == text

    @pytest.mark.parametrize(
        ("text", "thing"),
        [
            ("种草莓怎么发小红书", "种草"),
            ("薯条怎么炸", "薯条"),
            ("舞台聚光怎么打", "聚光"),
            ("蒲公英茶好卖吗", "蒲公英"),
            ("周末市集摆摊卖什么", "市集"),
            ("千帆竞发", "千帆"),
            ("心有灵犀", "灵犀"),
            ("新红利来了", "新红"),
            ("门店分布", "店铺分"),
            ("报CPA班多少钱", "CPA"),
            ("去看CES展", "CES"),
            ("买了UV灯", "UV"),
            ("想问一问怎么开店", "小红书AI搜索"),
            ("黑五打折吗", "黑五类"),
        ],
    )
    def test_ordinary_things_are_not_the_trade_s(self, text: str, thing: str) -> None:
        assert thing not in [term for _, term in found(text)]

    @pytest.mark.parametrize(
        ("spelling", "term"),
        [
            ("社区公约", "社区公约2.0"),
            ("AI代运营", "代运营"),
            ("回款周期", "账期"),
            ("侧边栏", "聊天侧边栏"),
            ("首响", "首响时间"),
            ("12315", "12315"),
            ("有序做生意", "有序经营"),
            ("黑五类", "黑五类"),
            ("全行业开放", "种草直达全行业开放"),
            ("NPL", "NPL"),
            ("小红书AI搜", "小红书AI搜索"),
            ("预付式消费", "预付式消费"),
        ],
    )
    def test_words_that_were_missing(self, spelling: str, term: str) -> None:
        known = GLOSSARY.lookup(spelling)
        assert known is not None
        assert known.name == term

    @pytest.mark.parametrize(
        ("term", "kind"),
        [
            ("微信", TermKind.PLATFORM),
            ("聚光", TermKind.PRODUCT),
            ("博主", TermKind.ROLE),
            ("加微率", TermKind.METRIC),
            ("广告法", TermKind.RULE),
            ("限流", TermKind.PENALTY),
            ("营业执照", TermKind.DOCUMENT),
            ("欢迎语", TermKind.CONTENT),
            ("保证金", TermKind.MONEY),
            ("刷单", TermKind.ACTION),
            ("私域", TermKind.CONCEPT),
        ],
    )
    def test_every_term_tells_what_it_names(self, term: str, kind: TermKind) -> None:
        known = GLOSSARY.lookup(term)
        assert known is not None
        assert known.kind is kind
        assert known.is_offering is (kind in (TermKind.PLATFORM, TermKind.PRODUCT))

    @pytest.mark.parametrize("spelling", ["狗东", "拼夕夕", "撩客户", "小黑屋"])
    def test_rude_spellings_are_understood_and_never_shown(self, spelling: str) -> None:
        shown = [(term.name, term.definition, *term.synonyms, *term.related) for term in GLOSSARY.terms]
        assert not any(spelling in text for texts in shown for text in texts)

    def test_the_words_a_segmenter_keeps_whole(self) -> None:
        words = GLOSSARY.words()
        assert {"企业微信", "企微", "薯店", "绿泡泡", "私欲", "ROI", "1v1"} <= words
        assert not {"qw", "xhs", "加V", "WeCom", "卫星", "小号", "V"} & words


@pytest.mark.parametrize(
    ("asked", "plain"),
    [
        ("加v会不会封号", "加微信会不会封号"),
        ("加 V 会不会封号", "加微信 会不会封号"),
        ("薯店和小程序选哪个", "小红书店铺和小程序选哪个"),
        ("ｘｈｓ上私欲怎么倒流", "小红书上私域怎么导流"),
        ("客户说留个V", "客户说留个微信"),
        ("怎么把人引到卫星", "怎么把人引到微信"),
        ("qw一天能加多少人", "企业微信一天能加多少人"),
        ("qw群最多多少人", "客户群最多多少人"),
        ("账号被封了怎么办", "封号了怎么办"),
        ("用gzh还是fwh", "用公众号还是服务号"),
        ("添加wx", "添加微信"),
        ("WECOM vs 个微", "企业微信 vs 个人微信"),
        ("裂便合法吗", "裂变合法吗"),
        ("🍠引流", "小红书导流"),
        ("一个微信好友值多少钱", "一个微信好友值多少钱"),
        ("roi多少合适", "roi多少合适"),
        ("红书怎么引流", "小红书怎么导流"),
        ("小红书引流会不会被罚", "小红书导流会不会被罚"),
        ("企微接口费多少", "企业微信接口许可多少"),
        ("薯店平台佣金多少", "小红书店铺技术服务费多少"),
        ("账号进小黑屋了", "账号进禁言了"),
        ("补单冲销量违法吗", "刷单刷单违法吗"),
        ("免佣到期了吗，店铺", "百万免佣到期了吗，店铺"),
        ("小程序太阳码", "小程序码"),
        ("", ""),
    ],
)
def test_a_question_in_plain_words(asked: str, plain: str) -> None:
    assert GLOSSARY.canonical(asked) == plain


class TestFinding:
    def test_the_longest_spelling_wins(self) -> None:
        assert found("企业微信客户群的加微率") == [("企业微信客户群", "客户群"), ("加微率", "加微率")]

    def test_a_mention_knows_where_it_stands_and_whether_it_is_canonical(self) -> None:
        first, second = GLOSSARY.find("用企微还是企业微信")
        assert (first.start, first.end, first.spelling, first.exact) == (1, 3, "企微", False)
        assert (second.start, second.end, second.spelling, second.exact) == (5, 9, "企业微信", True)
        assert first.term is second.term

    @pytest.mark.parametrize("text", ["weqw", "qwer", "qw2", "2qw", "xhslink", "cpca", "mp.weixin.qq.com", "a_roi_b"])
    def test_latin_spellings_are_whole_words(self, text: str) -> None:
        assert found(text) == []

    @pytest.mark.parametrize("text", ["用qw加", "(qw)", "qw.", "qw/wx", "QW", "ｑｗ", "q\u200bw"])
    def test_latin_spellings_beside_chinese_and_marks(self, text: str) -> None:
        assert found(text)[0][1] == "企业微信"

    def test_offsets_are_those_of_the_original_text(self) -> None:
        text = "👨‍👩‍👧 ＸＨＳ的㎏ 加 Ｖ🍠，ＲＯＩ？"
        mentions = GLOSSARY.find(text)
        assert [mention.spelling for mention in mentions] == ["ＸＨＳ", "加 Ｖ", "ＲＯＩ"]
        assert all(text[mention.start : mention.end] == mention.spelling for mention in mentions)

    def test_half_of_a_character_is_no_mention(self) -> None:
        glossary = Glossary([Term("甲", "甲。", english=("k",)), Term("乙", "乙。", english=("g",))])
        assert found("㎏", glossary) == []
        assert found("Ｋ", glossary) == [("Ｋ", "甲")]

    def test_context_counts_within_six_characters_on_either_side(self) -> None:
        term = Term("微信", "微信。", ambiguous=(AmbiguousSpelling("卫星", ("好友",)),))
        glossary = Glossary([term])
        assert found("好友一二三四五六卫星", glossary) == found("卫星一二三四五六好友", glossary) == [("卫星", "微信")]
        assert found("好友一二三四五六七卫星", glossary) == found("卫星一二三四五六七好友", glossary) == []

    def test_of_two_contexts_the_closer_one_decides(self) -> None:
        glossary = Glossary(
            [
                Term("个人微信", "个人微信。", ambiguous=(AmbiguousSpelling("小号", ("好友",)),)),
                Term("马甲号", "马甲号。", ambiguous=(AmbiguousSpelling("小号", ("评论",)),)),
            ]
        )
        assert found("用小号加好友，不评论", glossary) == [("小号", "个人微信")]
        assert found("小号评论，再加好友", glossary) == [("小号", "马甲号")]

    def test_a_spelling_inside_another_word_does_not_count(self) -> None:
        glossary = Glossary([Term("导流", "导流。", synonyms=("引流",), not_in=("吸引流量",))])
        assert found("吸引流量和引流", glossary) == [("引流", "导流")]
        assert glossary.find("吸引流量和引流")[0].start == 5


class TestDefining:
    @pytest.mark.parametrize(
        ("question", "term"),
        [
            ("什么是私域", "私域"),
            ("什麼是私域？", "私域"),
            ("私域是什么", "私域"),
            ("KOC是啥意思", "KOC"),
            ("活码 啥意思", "活码"),
            ("请问，活码是干嘛用的呀？", "活码"),
            ("到底什么叫SOP", "SOP"),
            ("解释一下RFM", "RFM"),
            ("「蓝V」是什么？", "企业号"),
            ("cpc是什么的缩写", "CPC"),
            ("加v是什么意思啊", "加微信"),
            ("What is WeCom?", "企业微信"),
            ("what is a KOC", "KOC"),
            ("What’s ROI", "ROI"),
            ("what does LTV mean?", "LTV"),
            ("what is 私域", "私域"),
            ("小红书的薯条是什么", "薯条"),
            ("小红书里说的蓝V是什么", "企业号"),
        ],
    )
    def test_a_term_is_asked_for(self, question: str, term: str) -> None:
        assert defined(question) == term

    @pytest.mark.parametrize(
        "question",
        [
            "",
            "？",
            "私域",
            "私域怎么做",
            "什么是",
            "是什么",
            "卫星是什么",
            "什么是V",
            "微信和企业微信是什么关系",
            "小红书封号的原因是什么",
            "限流和降权是什么",
            "what is the capital of Australia?",
            "问" * 60,
            "请问" * 1000 + "私域是什么",
            "什么是" + "吗" * 4000,
        ],
    )
    def test_anything_else_is_not(self, question: str) -> None:
        assert defined(question) is None


class TestLookup:
    @pytest.mark.parametrize("spelling", ["企微", " WeCom ", "ＱＷ", "wechat  work", "企 V"])
    def test_case_width_and_spaces_do_not_matter(self, spelling: str) -> None:
        term = GLOSSARY.lookup(spelling)
        assert term is not None
        assert term.name == "企业微信"

    @pytest.mark.parametrize("spelling", ["", "企", "企微吗", "卫星"])
    def test_it_is_the_whole_spelling_or_nothing(self, spelling: str) -> None:
        assert GLOSSARY.lookup(spelling) is None


def test_terms_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        GLOSSARY.terms[0].name = "别的"  # type: ignore[misc]


def test_replacements_that_feed_each_other_leave_the_text_alone() -> None:
    glossary = Glossary([Term("甲乙", "甲乙。", variants=("乙丙",)), Term("丙甲", "丙甲。", variants=("乙丁",))])
    endless = Glossary([Term("二一", "二一。", variants=("一三",)), Term("三三", "三三。", variants=("二二",))])
    for text in ("乙丙丁", "乙丁丙", "二一三", "一三三三三", "二二二一三"):
        for each in (glossary, endless):
            assert each.canonical(each.canonical(text)) == each.canonical(text)


def texts() -> st.SearchStrategy[str]:
    """Texts in which spellings touch each other, near words, and anything else."""
    spellings = [spelling for term in GLOSSARY.terms for spelling in term.spellings]
    ambiguous = [each for term in GLOSSARY.terms for each in term.ambiguous]
    pieces = (
        st.sampled_from(spellings)
        | st.sampled_from([each.spelling for each in ambiguous])
        | st.sampled_from([near for each in ambiguous for near in each.near])
        | st.sampled_from([word for term in GLOSSARY.terms for word in term.not_in])
        | st.sampled_from([" ", "，", "的", "🍠", "👨‍👩‍👧", "ＸＨＳ", "㎏", "\u200b", "信", "微", "群", "V", "\n"])
        | st.text(max_size=4)
    )
    return st.lists(pieces, max_size=8).map("".join)


@given(texts())
def test_mentions_are_in_order_and_never_overlap(text: str) -> None:
    end = 0
    for mention in GLOSSARY.find(text):
        assert end <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.spelling
        end = mention.end


@given(texts())
def test_plain_words_stay_plain(text: str) -> None:
    plain = GLOSSARY.canonical(text)
    assert GLOSSARY.canonical(plain) == plain
    assert all(mention.exact for mention in GLOSSARY.find(plain)) or plain == text


@given(texts())
def test_no_question_is_too_odd(text: str) -> None:
    for question in (text, f"什么是{text}", f"{text}是什么"):
        GLOSSARY.define(question)
    GLOSSARY.lookup(text)


class TestReadingAFile:
    def load(self, tmp_path: Path, content: str | bytes) -> Glossary:
        file = tmp_path / "terms.yaml"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Glossary.load(file)

    def test_every_key(self, tmp_path: Path) -> None:
        glossary = self.load(
            tmp_path,
            """
- term: 微信
  definition: 微信是聊天应用。
  synonyms: [微聊]
  variants: [wx]
  ambiguous:
    - {spelling: V, near: [加]}
  english: [WeChat]
  related: [私域]
  not_in: [微聊天室]
- {term: 私域, definition: 私域是客户池。}
""",
        )
        assert glossary.terms == (
            Term(
                "微信",
                "微信是聊天应用。",
                ("微聊",),
                ("wx",),
                (AmbiguousSpelling("V", ("加",)),),
                ("WeChat",),
                ("私域",),
                ("微聊天室",),
            ),
            Term("私域", "私域是客户池。"),
        )

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("- {term: 甲, definition: 甲。, synonym: [乙]}", ["第 1 条“甲”", "'synonym'", "synonyms"]),
            ("- {term: 甲, definition: 甲。}\n- {definition: 乙。}", ["第 2 条", "缺少 term"]),
            ("- {term: 甲}", ["“甲”", "缺少 definition"]),
            ("- {term: 甲, definition: ''}", ["“甲”的 definition", "不空"]),
            ('- {term: 甲, definition: "a\\nb"}', ["“甲”的 definition", "一行"]),
            ("- {term: 12, definition: 甲。}", ["第 1 条的 term", "12"]),
            ("- {term: 甲, definition: 甲。, variants: v}", ["“甲”的 variants", "列表"]),
            ("- {term: 甲, definition: 甲。, variants: [12]}", ["“甲”的 variants", "12"]),
            ("- {term: 甲, definition: 甲。, variants: }", ["“甲”的 variants", "列表"]),
            ('- {term: 甲, definition: 甲。, variants: ["\\u200b"]}', ["“甲”", "空的写法"]),
            ("- {term: 甲, definition: 甲。, variants: [v, Ｖ]}", ["“甲”", "两次", "Ｖ"]),
            ("- {term: 甲, definition: 甲。}\n- {term: 乙, definition: 乙。, english: [甲]}", ["“乙”", "“甲”"]),
            ("- {term: 甲, definition: 甲。, related: [乙]}", ["“甲”的 related", "“乙”"]),
            ("- {term: 甲, definition: 甲。, related: [甲]}", ["“甲”的 related", "自己"]),
            ("- {term: 甲, definition: 甲。, kind: 平台}", ["“甲”的 kind", "platform、product"]),
            ("- {term: 甲, definition: 甲。, platform: 乙}", ["“甲”的 platform", "“乙”"]),
            (
                "- {term: 甲, definition: 甲。, kind: platform}\n- {term: 乙, definition: 乙。, platform: 甲}\n"
                "- {term: 丙, definition: 丙。, platform: 乙}",
                ["“丙”的 platform", "“乙”"],
            ),
            (
                "- {term: 甲, definition: 甲。, kind: platform}\n"
                "- {term: 乙, definition: 乙。, kind: platform, platform: 甲}\n"
                "- {term: 丙, definition: 丙。, kind: platform, platform: 乙}",
                ["“丙”的 platform", "最上一层"],
            ),
            ("- {term: 甲, definition: 甲。, not_in: [乙丙]}", ["“甲”的 not_in", "“乙丙”"]),
            ("- {term: 甲, definition: 甲。, ambiguous: [V]}", ["“甲”的 ambiguous", "spelling 和 near"]),
            ("- {term: 甲, definition: 甲。, ambiguous: [{spelling: V}]}", ["“甲”的 ambiguous"]),
            ("- {term: 甲, definition: 甲。, ambiguous: [{spelling: V, near: []}]}", ["“甲”的“V”", "near"]),
            ("- {term: 甲, definition: 甲。, ambiguous: [{spelling: 甲, near: [加]}]}", ["“甲”", "固定写法"]),
            (
                "- term: 甲\n  definition: 甲。\n  ambiguous: [{spelling: V, near: [加]}, {spelling: v, near: [留]}]",
                ["“甲”的“v”", "两次"],
            ),
            ("- 甲", ["第 1 条", "甲"]),
            ("甲: 乙", ["列表"]),
            ("", ["列表"]),
            ("- {term: 甲,\n- x", ["第 2 行", "YAML"]),
            (b"\xff\xfe\xff", ["YAML"]),
            ("[" * 400, ["YAML"]),
            ("- 2026-13-01", ["YAML"]),
        ],
    )
    def test_a_mistake_is_named(self, tmp_path: Path, content: str | bytes, words: list[str]) -> None:
        with pytest.raises(GlossaryInvalid) as raised:
            self.load(tmp_path, content)
        assert "terms.yaml" in str(raised.value)
        for word in words:
            assert word in str(raised.value)
        assert isinstance(raised.value, CorpusError)

    def test_the_packaged_file_is_the_default(self) -> None:
        assert Glossary.load().terms == GLOSSARY.terms

    def test_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(GlossaryInvalid, match="nowhere"):
            Glossary.load(tmp_path / "nowhere.yaml")
