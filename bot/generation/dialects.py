"""What endpoints that call themselves compatible take differently: how thinking is turned off, which fields they take.

Where each rule comes from: the vendors' pages on thinking and on errors, read in November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from bot.generation.outcomes import Message

_DISABLED: dict[str, Any] = {"thinking": {"type": "disabled"}}
_NO_THINKING: tuple[tuple[str, dict[str, Any]], ...] = (
    ("deepseek.com", _DISABLED),
    ("bigmodel.cn", _DISABLED),
    ("z.ai", _DISABLED),
    ("volces.com", _DISABLED),
    ("moonshot.cn", _DISABLED),
    ("moonshot.ai", _DISABLED),
    ("aliyuncs.com", {"enable_thinking": False}),
    ("siliconflow.cn", {"enable_thinking": False}),
    ("openai.com", {}),
)
_TEMPLATE: dict[str, Any] = {"chat_template_kwargs": {"enable_thinking": False}}
"""What vLLM, SGLang and llama.cpp hand to the model's template; Ollama and others ignore it."""

_FIXED_TEMPERATURE = re.compile(r"^(kimi-|o\d|gpt-5)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """Which optional fields a request has. What an endpoint refuses is dropped, once, by `without`."""

    temperature: bool = True
    usage: bool = True
    max_tokens: str | None = "max_tokens"
    thinking: tuple[tuple[str, Any], ...] = ()
    system_role: bool = True

    @classmethod
    def of(cls, base_url: str, model: str, *, thinking: bool) -> Dialect:
        """What is known beforehand of an endpoint and a model; `thinking` leaves the model as its vendor set it."""
        host = urlsplit(base_url).hostname or ""
        known = (fields for end, fields in _NO_THINKING if host == end or host.endswith(f".{end}"))
        return cls(
            temperature=not _FIXED_TEMPERATURE.match(model),
            thinking=() if thinking else tuple(next(known, _TEMPLATE).items()),
        )

    def fields(self, *, max_tokens: int, temperature: float) -> dict[str, Any]:
        """The optional arguments of a request; what the library has no name for is in `extra_body`."""
        fields: dict[str, Any] = {"temperature": temperature} if self.temperature else {}
        fields |= {"stream_options": {"include_usage": True}} if self.usage else {}
        fields |= {self.max_tokens: max_tokens} if self.max_tokens else {}
        return fields | ({"extra_body": dict(self.thinking)} if self.thinking else {})

    def messages(self, messages: Sequence[Message]) -> list[dict[str, str]]:
        """The messages; where the template knows no system role, its text stands before that of the user."""
        if self.system_role:
            return [{"role": message.role, "content": message.content} for message in messages]
        return [{"role": "user", "content": "\n\n".join(message.content for message in messages)}]

    def without(self, complaint: str) -> Dialect | None:
        """The dialect for an endpoint that refused a request with these words; None where there is nothing to drop.

        A field that is named is dropped; where none is, all that are not needed.
        """
        said = complaint.lower()
        for pattern, change in self._changes():
            if re.search(pattern, said):
                return change
        bare = replace(self, usage=False, temperature=False, thinking=())
        return None if bare == self else bare

    def _changes(self) -> Iterator[tuple[str, Dialect]]:
        """What a complaint that names a field leads to, for the fields that are still sent."""
        if self.system_role:
            yield r"system (role|message)|roles must alternate|role.{0,40}system", replace(self, system_role=False)
        if self.usage:
            yield "stream_options|include_usage", replace(self, usage=False)
        if self.temperature:
            yield "temperature", replace(self, temperature=False)
        if self.thinking:
            yield "think|chat_template_kwargs|reasoning", replace(self, thinking=())
        if self.max_tokens == "max_tokens":
            yield "max_completion_tokens", replace(self, max_tokens="max_completion_tokens")
        if self.max_tokens:
            yield "max_(completion_)?tokens", replace(self, max_tokens=None)
