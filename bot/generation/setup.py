"""A writer out of the settings."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection

from bot.config import LlmSettings, llm_api_key
from bot.generation.attempt import Attempt
from bot.generation.budget import Budget, Ledger
from bot.generation.gateway import Endpoint, Gateway
from bot.generation.rewriter import Search
from bot.generation.writer import Limits, MaterialOf, Writer
from corpus.vocabulary.glossary import Glossary


def endpoint(settings: LlmSettings) -> Endpoint:
    """The configured endpoint, with the key of the environment. Raises ConfigurationError."""
    assert settings.base_url is not None
    assert settings.model is not None
    return Endpoint(
        base_url=settings.base_url,
        model=settings.model,
        key=llm_api_key(),
        proxy=settings.proxy,
        timeout=settings.timeout_s,
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
        thinking=settings.thinking,
    )


def make_writer(
    settings: LlmSettings,
    material: MaterialOf,
    ledger: Ledger,
    *,
    today: Callable[[], datetime.date],
    exempt: Collection[int] = (),
    counted: Callable[[Attempt], None] = lambda attempt: None,
    search: Search | None = None,
) -> Writer:
    """The writer for an endpoint that is configured; `exempt` are people whose own share is not counted.

    Raises ConfigurationError for a key that cannot be had.
    """
    return Writer(
        Gateway(endpoint(settings)),
        material,
        Glossary.load(),
        Budget(
            ledger,
            today=today,
            daily_tokens=settings.daily_tokens,
            per_person=settings.per_user_per_day,
            exempt=exempt,
        ),
        today=today,
        limits=Limits(settings.timeout_s, settings.concurrency, settings.max_tokens),
        counted=counted,
        search=search,
    )
