"""Text to search terms: one spelling of it, then Chinese words and character bigrams.

Stock BM25 tokenisation is worthless for Chinese; words alone miss what the dictionary lacks, so the bigrams of
every Han run are terms as well.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

_SCHEME = "words+bigrams/2"

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")
_TERM = re.compile(r"[0-9a-z\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f][\w.%+#-]*", re.IGNORECASE)
_EDGE = ".-_+#"

# Words that carry no subject: they decide nothing about which passage answers.
STOP_WORDS = frozenset(
    (
        "的 了 吗 呢 吧 啊 呀 嘛 么 和 与 或 及 是 在 有 就 都 也 还 又 很 把 被 给 对 从 到 向 为 以 于 之 其 "
        "这 那 个 些 我 你 他 她 它 我们 你们 他们 自己 什么 怎么 怎样 如何 为什么 哪 哪些 哪个 几 多少 一个 一下 "
        "可以 能 会 要 想 请 请问 "
        "the a an of to in on for and or is are was were be do does did i you it my your we they this that what how "
        "why which who when where can could should would will there with from at by as if"
    ).split()
)


class Normaliser:
    """Folds spellings that mean the same: compatibility forms, case, traditional script.

    Used on both sides of the keyword leg and on questions; never on what is shown to a person.
    """

    @cached_property
    def _simplify(self) -> Callable[[str], str]:
        from opencc import OpenCC  # noqa: PLC0415  (loads its dictionaries)

        convert: Callable[[str], str] = OpenCC("t2s").convert
        return convert

    def __call__(self, text: str) -> str:
        return self._simplify(unicodedata.normalize("NFKC", text)).lower()


class Segmenter:
    """Cuts normalised text into search terms; `words` are kept whole beside those of the dictionary.

    `scheme` names how terms come about: indexes made under different schemes do not mix.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        self.normalise = Normaliser()
        self._extra = tuple(sorted(words))
        digest = hashlib.sha256("\n".join(self._extra).encode()).hexdigest()[:12]
        self.scheme = f"{_SCHEME}+{digest}"

    def known_words(self, text: str) -> list[str]:
        """A text cut into words of the dictionary and those kept whole, nothing guessed; together they are the text."""
        return self._jieba.cut(text, False)  # type: ignore[no-any-return]

    @cached_property
    def _jieba(self) -> Any:
        from rjieba import Jieba  # noqa: PLC0415  (loads its dictionary)

        jieba = Jieba()
        for word in self._extra:
            jieba.add_word(self.normalise(word), None, None)
        return jieba

    def words(self, text: str) -> list[str]:
        """The words of a text in order, normalised, without punctuation and stop words."""
        return [word for word in self._all_words(text) if word not in STOP_WORDS]

    def terms(self, text: str) -> list[str]:
        """Words and, for every run of Han characters, its bigrams: the terms of the keyword leg."""
        folded = self.normalise(text)
        bigrams = [run[i : i + 2] for run in _HAN.findall(folded) for i in range(len(run) - 1)]
        words = [word for word in self._cut_folded(folded) if word not in STOP_WORDS]
        # A two-character word is its own bigram; counting it twice is wanted: words weigh more than chance pairs.
        return words + ["".join(("#", pair)) for pair in bigrams]

    def _all_words(self, text: str) -> list[str]:
        return self._cut_folded(self.normalise(text))

    def _cut_folded(self, folded: str) -> list[str]:
        pieces = (piece.strip(_EDGE) for piece in self._jieba.cut_for_search(folded) if _TERM.match(piece))
        return [piece for piece in pieces if piece]
