"""A glossary of the operator's own: YAML to terms, and any text through what it made."""

from __future__ import annotations

from contextlib import ExitStack

from tests.fuzz.target import Check, Target

_SEED = """\
- term: 企业微信
  definition: 腾讯的企业通讯工具。
  synonyms: [企微]
  variants: [qw, 企V]
  english: [WeCom]
  related: [微信]
  not_in: [企微助手]
  ambiguous:
    - spelling: 企
      near: [加, 群]
- term: 微信
  definition: x
"""
_TOKENS = (
    "- term: ~  definition: ~  synonyms: ~  variants: ~  english: ~  related: ~  not_in: ~  ambiguous:\n~    - "
    "spelling: ~"
    "      near: ~\n~[~]~{~}~, ~: ~'~\"~&a ~*a~!!python/object/apply:os.system ~!!binary ~!!set ~? ~|\n~>\n~# ~"
    "---\n~null"
    "~1~0x1F~true~1e999~2026-05-01~企业微信~企微~微~信~ＷＥＣＯＭ~ß~İ~ﬁ~\u200b~\ufe0f~<<: *a"
)


def _prepare(stack: ExitStack) -> Check:
    import tempfile
    from pathlib import Path

    from corpus.vocabulary.glossary import Glossary
    from corpus.vocabulary.terms import GlossaryInvalid

    file = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "glossary.yaml"

    def check(data: bytes) -> None:
        file.write_bytes(data)
        try:
            glossary = Glossary.load(file)
        except GlossaryInvalid as error:
            assert str(error)
            return
        text = data.decode("utf-8", "replace")[:400]
        glossary.words()
        glossary.define(text)
        for mention in glossary.find(text):
            assert text[mention.start : mention.end] == mention.spelling
        canonical = glossary.canonical(text)
        assert glossary.canonical(canonical) == canonical

    return check


TARGET = Target("glossary", _prepare, (_SEED.encode(),), tuple(token.encode() for token in _TOKENS.split("~")))
