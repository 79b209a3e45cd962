"""What doctor finds out about a model."""

from __future__ import annotations

import asyncio
import re

import pytest

from bot.config import LlmSettings
from bot.generation.examination import examine_model
from tests.support.scripted_model import Request, ScriptedModel


def recalling(request: Request) -> str:
    """Reads the whole request."""
    match = re.search(r"暗号是 (\w+)", request.prompt)
    return match[1] if match else "好"


async def look(model: str, said: object = recalling, *, within: float = 3.0) -> tuple[bool, str, str | None]:
    async with ScriptedModel(said, models=("ok", "other")) as server:  # type: ignore[arg-type]
        settings = LlmSettings(base_url=server.base_url, model=model, timeout_s=within)
        return await asyncio.to_thread(examine_model, settings)


async def test_a_model_that_answers_is_well() -> None:
    ok, found, advice = await look("ok")
    assert ok
    assert "第一个字" in found
    assert advice is None


@pytest.mark.parametrize(
    ("model", "said", "advised"),
    [("aloud", recalling, "thinking"), ("ok", "好", "OLLAMA_CONTEXT_LENGTH")],
)
async def test_what_will_be_a_nuisance_is_told(model: str, said: object, advised: str) -> None:
    ok, _, advice = await look(model, said)
    assert ok
    assert advised in (advice or "")


@pytest.mark.parametrize(
    ("model", "advised"),
    [("401", "SIYU_LLM_API_KEY"), ("404", "ok、other"), ("402", "充值"), ("too-long", "4096"), ("stall", "timeout_s")],
)
async def test_what_is_wrong_is_told_with_what_to_do(model: str, advised: str) -> None:
    ok, found, advice = await look(model, within=1.0)
    assert not ok
    assert model in found
    assert advised in (advice or "")


def test_nobody_there_is_told() -> None:
    ok, _, advice = examine_model(LlmSettings(base_url="http://127.0.0.1:9/v1", model="m", timeout_s=3))
    assert not ok
    assert "base_url" in (advice or "")
