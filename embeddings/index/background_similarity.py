"""What "nothing found" looks like for one encoder over one corpus.

Cosines of unrelated texts lie around 0.8 for one model and around 0.2 for another, and rise with the size of the
corpus. So the best window's cosine is told as standard deviations above what everyday questions, which no trade
corpus answers, get from the same generation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embeddings.index.whitening import Whitening

if TYPE_CHECKING:
    from numpy.typing import NDArray

QUESTIONS = (
    "周末带孩子去哪个公园玩比较好",
    "番茄炒蛋先放番茄还是先放鸡蛋",
    "感冒了嗓子疼要不要吃消炎药",
    "从北京到成都坐高铁要几个小时",
    "一元二次方程的求根公式是什么",
    "明天会不会下雨，要带伞吗",
    "猫咪总是半夜叫怎么办",
    "唐朝一共有多少位皇帝",
    "手机屏幕碎了自己能换吗",
    "怎么练习才能把钢琴弹好",
    "太阳系里最大的行星是哪一颗",
    "新手跑步膝盖疼是什么原因",
    "阳台上种什么花好养活",
    "租房合同里押金一般是几个月",
    "蛋糕烤出来塌了是怎么回事",
    "电脑蓝屏了怎么重装系统",
    "世界杯几年举办一次",
    "护照过期了去哪里换新的",
    "怎么哄三岁的小孩睡觉",
    "红楼梦的作者是谁",
    "洗衣机脱水的时候声音很大怎么修",
    "学游泳多久能学会蛙泳",
    "牙齿敏感应该用什么牙膏",
    "水的沸点为什么在高山上会变低",
    "帮我写一首关于秋天的诗",
    "汽车保养多少公里换一次机油",
    "咖啡喝多了晚上睡不着",
    "二十四节气里立春是哪一天",
    "给朋友过生日送什么礼物合适",
    "被蚊子咬了怎么止痒",
    "What is the tallest mountain in the world?",
    "How do I boil an egg properly?",
    "Which films won an Oscar last year?",
    "How long does it take to fly from Paris to Tokyo?",
    "Why is the sky blue?",
    "How can I remove a coffee stain from a shirt?",
)


@dataclass(frozen=True, slots=True)
class BackgroundSimilarity:
    """Mean and standard deviation of the best score that unrelated questions get from one generation."""

    mean: float
    spread: float

    @classmethod
    def of(cls, best: NDArray[np.float32]) -> BackgroundSimilarity:
        """From the best score of each unrelated question."""
        return cls(float(best.mean()), max(float(best.std()), 1e-6))

    def excess(self, score: float) -> float:
        """By how many standard deviations a score exceeds that."""
        return (score - self.mean) / self.spread


def background_similarity(
    queries: NDArray[np.float32],
    windows: Iterable[tuple[NDArray[np.float32], NDArray[np.float32]]],
    whitening: Whitening,
) -> tuple[BackgroundSimilarity, BackgroundSimilarity]:
    """What unrelated questions get, by plain and by whitened cosines.

    `queries` has shape (questions, dimension); `windows` gives, block by block, whitened unit vectors and the lengths
    they had before, (windows, dimension) and (windows,); rows are unit vectors, `whitening` is that of the windows.
    """
    white_queries, _ = whitening.whitened(queries)
    directions, offsets = zip(*map(whitening.raw_direction, queries), strict=True)
    raw_queries, raw_offsets = np.stack(directions), np.array(offsets, dtype=np.float32)
    best = np.full((2, len(queries)), -1.0, dtype=np.float32)
    for vectors, lengths in windows:
        raw = lengths[:, None] * (vectors @ raw_queries.T) + raw_offsets
        best = np.maximum(best, (raw.max(axis=0), (vectors @ white_queries.T).max(axis=0)))
    return BackgroundSimilarity.of(best[0]), BackgroundSimilarity.of(best[1])
