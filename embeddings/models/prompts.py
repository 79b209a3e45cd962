"""What is put before texts: the words by which models tell questions and passages apart."""

from __future__ import annotations

from typing import Final, NamedTuple

from embeddings.models import bundled_model


class Prompts(NamedTuple):
    """What is put before a text, by what it is read as."""

    query: str
    passage: str


# Model cards' own words, for models whose directory does not say: (part of the name, prompts), first match holds.
_KNOWN: Final = (
    (
        "-instruct",
        Prompts("Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ", ""),
    ),
    ("e5-", Prompts(bundled_model.QUERY_PROMPT, bundled_model.PASSAGE_PROMPT)),
    ("bge-m3", Prompts("", "")),
    ("bge-", Prompts("为这个句子生成表示以用于检索相关文章：", "")),
)


def prompts_of(model: str, query: str | None, passage: str | None, *, own: Prompts | None = None) -> Prompts:
    """The given prompts, else the model's `own` ones, else the known ones of its family, else none."""
    own = own or Prompts("", "")
    known = next((prompts for part, prompts in _KNOWN if part in model.lower()), Prompts("", ""))
    return Prompts(
        query if query is not None else own.query or known.query,
        passage if passage is not None else own.passage or known.passage,
    )
