"""Who makes the encoder: libraries on this machine, or a service. One is chosen by the settings it is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from embeddings.models.encoder import Encoder, ModelSettings, Progress, identify, load, prepare
from embeddings.models.service_encoder import ServiceProvider, ServiceSettings

EncoderSettings = ModelSettings | ServiceSettings


class EncoderProvider(Protocol):
    """Makes one encoder.

    `needs_sample`: whether the model may become another one under the same identity, so that a generation has to keep
    what it made of a few texts.
    """

    @property
    def needs_sample(self) -> bool: ...

    def identify(self) -> str:
        """The identity of the encoder, without loading it. Raises ModelUnavailable."""
        ...

    def prepare(self, *, progress: Progress | None = None) -> None:
        """Have on this machine whatever `load` needs there; `progress` gets (steps done, steps in all).

        Raises ModelUnavailable.
        """
        ...

    def load(self) -> Encoder:
        """The encoder. Raises ModelUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class LocalProvider:
    """The default model or any of sentence-transformers, see `embeddings.models.encoder`; kept in `models_dir`."""

    settings: ModelSettings
    models_dir: Path
    needs_sample: bool = False

    def identify(self) -> str:
        """See `embeddings.models.encoder.identify`."""
        return identify(self.settings, self.models_dir)

    def prepare(self, *, progress: Progress | None = None) -> None:
        """See `embeddings.models.encoder.prepare`."""
        prepare(self.settings, self.models_dir, progress=progress)

    def load(self) -> Encoder:
        """See `embeddings.models.encoder.load`."""
        return load(self.settings, self.models_dir)


def provider_of(settings: EncoderSettings, models_dir: Path) -> EncoderProvider:
    """The provider that these settings are for."""
    if isinstance(settings, ServiceSettings):
        return ServiceProvider(settings)
    return LocalProvider(settings, models_dir)
