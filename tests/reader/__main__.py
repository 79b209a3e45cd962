"""`python -m tests.reader data|train|export --help`: from question sets to weights for `retrieval.reader`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bot.answering.service import Service
from bot.config import load_settings
from corpus.vocabulary.glossary import Glossary
from embeddings.models import bundled_model
from embeddings.models.sentence_model import open_model
from tests.reader import data

ROOT = Path(__file__).parents[2]


def main() -> None:
    """One of the steps."""
    parser = argparse.ArgumentParser(description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    gather = steps.add_parser("data", help="write own.jsonl, units.jsonl and mrc.jsonl")
    gather.add_argument("--shared", type=Path, required=True, help="folder of the reading-comprehension sets")
    gather.add_argument("--data", type=Path, default=ROOT / "data", help="data_dir with an index of the starter corpus")
    train = steps.add_parser("train", help="train, or go on training, until so many steps are done")
    train.add_argument("--model", type=Path, required=True, help="the unpacked default model")
    train.add_argument("--steps", type=int, required=True)
    train.add_argument("--threads", type=int, default=2)
    train.add_argument("--start", type=Path, help="exported weights to begin with, instead of the encoder's own")
    export = steps.add_parser("export", help="write the weights that the checkpoint holds")
    export.add_argument("--model", type=Path, required=True, help="the unpacked default model")
    export.add_argument("--out", type=Path, required=True)
    for one in (gather, train, export):
        one.add_argument("--work", type=Path, required=True, help="folder of groups, checkpoint and log")
    chosen = parser.parse_args()
    chosen.work.mkdir(parents=True, exist_ok=True)
    if chosen.step == "data":
        service = Service(load_settings(ROOT / "config.yaml", [f"data_dir={chosen.data}"]))
        data.write(data.own_groups(service), chosen.work / "own.jsonl")
        state = service.refresh()
        read = data.unit_groups(state.retriever, state.calibration, data.unit_sets(), Glossary.load())
        data.write(read, chosen.work / "units.jsonl")
        data.write(data.comprehension_groups(chosen.shared), chosen.work / "mrc.jsonl")
        return
    model = open_model(chosen.model)  # before torch is imported: it has torch's threads sleep while they wait
    import torch

    from embeddings.reader import weights_file
    from tests.reader.train import JOINED_AT, Plan, Trainer

    first: Any = model[0]
    parameters = dict(first.auto_model.named_parameters())
    if chosen.step == "train":
        torch.set_num_threads(chosen.threads)
        plan = Plan(chosen.steps) if chosen.start is None else Plan(chosen.steps, rate=3e-5)
        stored = {} if chosen.start is None else weights_file.load(chosen.start).tensors
        start = {name: torch.from_numpy(values) for name, values in stored.items()}
        trainer = Trainer(model.tokenizer, parameters, plan, chosen.work, start=start)
        trainer.train({name: data.read(chosen.work / f"{name}.jsonl") for name in ("own", "units", "mrc")})
    else:
        layers = Trainer(model.tokenizer, parameters, Plan(1), chosen.work).layers()
        weights_file.save(layers, chosen.out, encoder=bundled_model.MODEL, joined_at=JOINED_AT)


if __name__ == "__main__":
    main()
