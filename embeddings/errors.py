"""What can go wrong with models and indexes that a person can put right.

The text of each error is one or two Chinese sentences: what happened, then what to do.
Anything else that is raised here is a bug and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from corpus.errors import SiyuError
from corpus.model import Skipped


class EmbeddingsError(SiyuError):
    """The family that is shown to people as a sentence, without a traceback."""


class ModelUnavailable(EmbeddingsError):
    """The embedding model cannot be found, unpacked, downloaded or loaded."""


class ModelMismatch(EmbeddingsError):
    """Vectors of one model were about to be mixed with those of another."""


class EngineUnavailable(EmbeddingsError):
    """A server that answering needs cannot be reached, or does not do what it should.

    Whoever asks is told so, and it is tried again by itself: nothing is lost, and nobody has to restart anything.
    """


class ServiceUnavailable(EngineUnavailable):
    """The embedding service does not give vectors."""


class ServiceChanged(EngineUnavailable):
    """The embedding service gives other vectors than the index was built from."""

    def __init__(self, host: str, cosine: float, least: float) -> None:
        super().__init__(
            f"向量服务 {host} 给出的向量和索引里的对不上（余弦 {cosine:.4f}，至少要 {least:g}）：服务换了模型，或者"
            "embeddings.service.prompts 不对（服务自己加前缀的写 server，不加的写 client）。请改正服务或配置；确实要换"
            "模型，请给 embeddings.model 换一个名字，再运行 siyu reindex。"
        )


class VectorCacheError(EmbeddingsError):
    """The vector cache cannot be read or written for a reason outside the file itself (disk, rights, lock)."""


class PlottingUnavailable(EmbeddingsError):
    """The library that draws is not installed."""

    def __init__(self) -> None:
        super().__init__("画图还缺一个库：请运行 pip install matplotlib，再试一次。")


class IndexMissing(EmbeddingsError):
    """There is no generation to serve."""

    def __init__(self) -> None:
        super().__init__("还没有索引：请运行 siyu reindex 建立。")


class IndexDamaged(EmbeddingsError):
    """A generation on disk is not what was written: `generation` names it, `what` says how it is damaged."""

    def __init__(self, generation: str, what: str) -> None:
        self.generation = generation
        self.what = what
        super().__init__(f"索引 {generation} 损坏：{what}。请运行 siyu reindex 重建，或 siyu rollback 退回上一个。")


class IndexOutdated(EmbeddingsError):
    """The serving generation was made by another model or cut another way than the settings ask for."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}，不能拿来回答：请运行 siyu reindex 重建。")


class IndexBusy(EmbeddingsError):
    """Another process builds a generation right now."""

    def __init__(self) -> None:
        super().__init__("另一个进程正在更新索引：请等它结束再试。")


class NothingToRollBack(EmbeddingsError):
    """There is no earlier generation."""

    def __init__(self) -> None:
        super().__init__("没有更早的索引可以退回：至少要成功更新过两次。")


class EmptyCorpus(EmbeddingsError):
    """No article could be read; `suffixes` are those that articles may have."""

    def __init__(self, roots: Sequence[Path], skipped: Sequence[Skipped], suffixes: str) -> None:
        where = "、".join(str(root) for root in roots)
        why = f"（跳过了 {len(skipped)} 个文件，例如 {skipped[0].path}：{skipped[0].reason}）" if skipped else ""
        super().__init__(f"{where} 里没有可用的文章{why}：请放入 {suffixes} 文件，或改 corpus.articles。")


class QuestionSetInvalid(EmbeddingsError):
    """A line of a question set that cannot be read."""

    def __init__(self, file: Path, line: int) -> None:
        super().__init__(
            f"{file} 第 {line} 行读不了：每行应是一个 JSON 对象，至少有 id 和 question，可答的题还要有 gold_articles。"
        )


class TooFewQuestions(EmbeddingsError):
    """A calibration was asked for with too few questions to learn from."""

    def __init__(self, good: int, bad: int, fewest: int) -> None:
        super().__init__(f"校准至少各要 {fewest} 道题，现在可答 {good} 道、应拒 {bad} 道：请补充题目再试。")
