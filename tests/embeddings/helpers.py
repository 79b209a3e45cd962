"""Small corpora on disk and indexers over them with the fake encoder."""

from __future__ import annotations

from pathlib import Path

from embeddings.index.indexer import Indexer, IndexingOptions
from embeddings.models.encoder import Encoder, ModelSettings
from embeddings.search.retriever import Retriever
from tests.support.dictionaries import segmenter
from tests.support.fakes import FakeEncoder, in_process

ARTICLES = {
    "daoliu.md": """---
title: 小红书导流规则
date: 2026-01-02
checked: 2026-03-04
author: 编辑部
url: https://example.com/daoliu
---

## 私信里发微信号会怎样

在小红书私信里直接发微信号属于导流，账号可能被禁言。第一次多半是警告，屡次违规会扣分。

## 怎样合规留资

开通专业号以后，可以用官方的私信留资卡收集电话。留资卡由平台提供，不会被判导流。
""",
    "qiwei.md": """---
title: 企业微信客户上限
date: 2025-11-20
---

## 一个人能加多少客户

企业微信单个成员起步可以添加五千名客户，可以申请扩容到两万名。客户太多时先清理无效客户。清理之前先导出备注和标签，再核对一遍是不是真的没有来往，免得误删还会回来买的人。

## 群发次数

企业微信每个客户每天只能收到一条群发消息。群发之前要先选好标签，免得打扰无关的人。店里人手不够时，一周发一次就够了，写清楚活动什么时候结束、怎么下单、不想收的人怎么退出。
""",
    "fugou.md": """---
title: 复购怎么做
---

复购率等于一段时间内买过两次以上的客户数除以买过的客户数。提高复购要靠按时提醒和会员权益，而不是天天发券。
""",
}


def write_articles(directory: Path, articles: dict[str, str] | None = None) -> Path:
    """Write articles below a directory and return it."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in (articles or ARTICLES).items():
        (directory / name).write_text(text, encoding="utf-8")
    return directory


class Bench:
    """A corpus, a data directory and a fake encoder that counts."""

    def __init__(self, root: Path) -> None:
        self.articles = write_articles(root / "articles")
        self.data_dir = root / "data"
        self.encoder = FakeEncoder()
        self.loads = 0

    def load_encoder(self) -> Encoder:
        self.loads += 1
        return self.encoder

    def indexer(self, *, identity: str = FakeEncoder.identity, passage_length: int = 350, keep: int = 2) -> Indexer:
        settings = IndexingOptions((self.articles,), self.data_dir, ModelSettings(), passage_length, keep)
        return Indexer(
            settings,
            encoder_factory=self.load_encoder,
            identity=identity,
            segmenter=segmenter(),
            parser=in_process,
        )

    def retriever(self) -> Retriever:
        return Retriever(self.indexer().store.load(segmenter()), self.encoder)
