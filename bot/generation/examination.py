"""A look at the configured language model, for `doctor`: two short requests, and what they tell."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass

from bot.config import LlmSettings
from bot.generation.gateway import Endpoint, Gateway
from bot.generation.outcomes import Failure, Message, ModelFailed, Piece, Thinking
from bot.generation.setup import endpoint
from bot.locales import texts

Finding = tuple[bool, str, str | None]
"""Whether it is well, what was found, and what to do about it."""

_FILLER = "这一行只是用来占地方的文字，读过就可以忘掉。"
_CONTEXT = 3000  # characters, about as many as a request with its passages
_NAMED = 10
_SLOW = 0.5  # of the time that an answer may take, until the first word


@dataclass(frozen=True, slots=True)
class _Reply:
    """What a request gave: the text, the characters of thinking, seconds to the first word and in all."""

    text: str
    thought: int
    first: float
    seconds: float


def examine_model(settings: LlmSettings) -> Finding:
    """Whether the endpoint can be reached, takes the key, has the model, and reads a whole request.

    Raises ConfigurationError for a key that cannot be had.
    """
    return asyncio.run(_examine(endpoint(settings)))


async def _examine(place: Endpoint) -> Finding:
    gateway = Gateway(place)
    try:
        gateway.open()
        return await _tried(gateway, place)
    except TimeoutError:
        return False, f"{place.model}：{place.timeout:g} 秒没有答完", texts(None)("llm_timeout")
    except ModelFailed as failed:
        said = [texts(None)(f"llm_{failed.failure}"), *([f"对方说：{failed.said}"] if failed.said else [])]
        return False, f"{place.model} 用不了", "\n".join([*said, *await _models(gateway, failed.failure)])
    finally:
        await gateway.close()


async def _tried(gateway: Gateway, place: Endpoint) -> Finding:
    reply = await _ask(gateway, place, "请只回复一个字：好")
    canary = secrets.token_hex(4)
    filler = "\n".join([_FILLER] * (_CONTEXT // len(_FILLER)))
    recalled = await _ask(gateway, place, f"暗号是 {canary}。\n{filler}\n请只回复第一行里的暗号。")
    advice = []
    if reply.thought or "think>" in reply.text:
        advice.append("模型在思考：又慢又费 token。请设 answering.llm.thinking 为 false；已经是了，就在服务那边关掉")
    if canary not in recalled.text:
        advice.append(
            "模型没记住长请求的开头：多半是上下文太短，被截掉了（至少要 4096；Ollama 设 OLLAMA_CONTEXT_LENGTH）"
        )
    if reply.first > _SLOW * place.timeout:
        advice.append("出第一个字太慢，多半来不及写完：请换快一点的模型，或调大 answering.llm.timeout_s")
    found = f"{place.model} 可用，{reply.first:.1f} 秒出第一个字；长请求 {recalled.seconds:.1f} 秒"
    return True, found, "\n".join(advice) or None


async def _ask(gateway: Gateway, place: Endpoint, question: str) -> _Reply:
    """One request within the time that an answer may take. Raises TimeoutError or ModelFailed."""
    began, first, text, thought = time.monotonic(), None, "", 0
    async with asyncio.timeout(place.timeout):
        async for event in gateway.write([Message("user", question)]):
            if isinstance(event, Piece):
                first = first or time.monotonic() - began
                text += event.text
            elif isinstance(event, Thinking):
                thought += event.characters
    seconds = time.monotonic() - began
    return _Reply(text, thought, first or seconds, seconds)


async def _models(gateway: Gateway, failure: Failure) -> list[str]:
    """Which models there are, where the one that is configured is not."""
    if failure is not Failure.MODEL:
        return []
    try:
        names = await gateway.models()
    except ModelFailed:
        return []
    return [f"对方有的模型：{'、'.join(names[:_NAMED])}{'……' if len(names) > _NAMED else ''}"] if names else []
