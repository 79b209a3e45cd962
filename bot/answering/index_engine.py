"""Where vectors are searched, as the configuration says."""

from __future__ import annotations

from importlib.util import find_spec

from bot.config import Settings, milvus_token
from bot.errors import ConfigurationError
from embeddings.index.milvus_engine import MilvusEngine
from embeddings.index.milvus_server import MilvusSettings
from embeddings.index.vector_engine import VectorEngine


def index_engine(settings: Settings) -> VectorEngine | None:
    """The engine, without asking it anything; None where this process searches. Raises ConfigurationError."""
    if settings.index.engine == "faiss":
        return None
    if find_spec("pymilvus") is None:
        raise ConfigurationError('index.engine 是 milvus，还缺一个库：请运行 pip install "pymilvus>=3.0,<4"')
    chosen = settings.index.milvus
    assert chosen.uri is not None
    server = MilvusSettings(
        uri=chosen.uri,
        token=milvus_token(),
        prefix=chosen.prefix,
        seconds=chosen.timeout_s,
        exact_up_to=chosen.exact_up_to,
    )
    return MilvusEngine(server, settings.data_dir)
