"""TensorBoard's own reader finds in the event files of a run, interrupted and resumed, what metrics.csv, samples.txt and the weights say.

pip install tensorboard
"""

import csv
import json
import math
import pathlib
import tempfile

import torch
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import api_pb2, plugin_data_pb2

import lstm_gpu

COLUMNS = {
    "loss/training": "train_loss",
    "loss/validation": "validation_loss",
    "learning_rate": "learning_rate",
    "gradient_norm": "gradient_norm",
    "gradient_norm_max": "gradient_norm_max",
    "tokens_per_second": "tokens_per_second",
    "epoch": "epoch",
}


def train(text, model, steps, *flags):
    lstm_gpu.run(
        "train", text, "-o", model, "--tokenizer", "byte", "--hidden-size", 16, "--num-layers", 2, "--embedding-size", 8, "--batch-size", 4,
        "--seq-length", 20, "--max-steps", steps, "--eval-every", 7, "--sample-every", 10, "--sample-length", 30, "--progress", "none",
        "--tensorboard", *flags,
    )


def check_scalars(events, model):
    with open(model / "metrics.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    for tag, column in COLUMNS.items():
        expected = [(int(row["step"]), float(row[column])) for row in rows if row[column]]
        actual = [(event.step, event.value) for event in events.Scalars(tag)]
        steps = [step for step, _ in actual], [step for step, _ in expected]
        assert steps[0] == steps[1], f"{tag} has the steps {steps[0]} and metrics.csv {steps[1]}"
        assert all(math.isclose(a, b, rel_tol=1e-6) for (_, a), (_, b) in zip(actual, expected)), f"{tag} differs"
    return rows


def check_samples(events, model):
    parts = (model / "samples.txt").read_text().split("=== step ")[1:]
    expected = {int(part.split(" ")[0]): part.split("===\n", 1)[1].removesuffix("\n\n") for part in parts}
    actual = {event.step: event.tensor_proto.string_val[0].decode() for event in events.Tensors("sample")}
    assert actual.keys() == expected.keys(), "samples of other steps"
    for step, text in expected.items():
        lines = text.splitlines()
        assert [line.removeprefix("    ") for line in actual[step].splitlines()] == lines, f"another sample at step {step}"


def check_histograms(events, model, rows):
    weights = lstm_gpu.read_safetensors(model / "model.safetensors")
    evaluated = [int(row["step"]) for row in rows if row["validation_loss"]]
    best = int(min((float(row["validation_loss"]), row["step"]) for row in rows if row["validation_loss"])[1])
    for name, tensor in weights.items():
        histograms = events.Histograms(f"weights/{name}")
        assert [event.step for event in histograms] == evaluated, f"histograms of {name} at other steps"
        found = next(event.histogram_value for event in histograms if event.step == best)
        values = tensor.double().flatten()
        assert found.num == values.numel() and sum(found.bucket) == values.numel(), f"{name} has another number of weights"
        assert (found.min, found.max) == (values.min().item(), values.max().item()), f"{name} has another range"
        assert math.isclose(found.sum, values.sum().item(), rel_tol=1e-9, abs_tol=1e-9), f"{name} has another sum"
        assert math.isclose(found.sum_squares, values.square().sum().item(), rel_tol=1e-9), f"{name} has another sum of squares"
        below, margin = 0, 1e-9 * (found.max - found.min)
        for limit, count in zip(found.bucket_limit, found.bucket):
            below += count
            least, most = (values < limit - margin).sum().item(), (values <= limit + margin).sum().item()
            assert least <= below <= most, f"{name} has {below} values below {limit} and not {least}"
    return len(weights)


def check_hparams(folder, text):
    """The sessions of a search as the dashboard HParams lists them."""
    search = folder / "search"
    lstm_gpu.run(
        "tune", "train", text, "-o", search, "--tokenizer", "byte", "--embedding-size", 8, "--batch-size", 4, "--seq-length", 20,
        "--max-steps", 6, "--lr", "1e-3..1e-1", "--hidden-size", "8,16", "--runs", 4, "--progress", "none",
    )
    trials = {f"{trial['run']:03d}": trial for trial in json.loads((search / "tune.json").read_text())["trials"]}
    for name, trial in trials.items():
        events = EventAccumulator(str(search / "tensorboard" / name))
        events.Reload()
        content = events.summary_metadata["_hparams_/session_start_info"].plugin_data.content
        start = plugin_data_pb2.HParamsPluginData.FromString(content).session_start_info
        found = {key: value.number_value for key, value in start.hparams.items()}
        assert found == {flag[2:]: float(value) for flag, value in trial["settings"].items()}, f"run {name} has {found}"
        content = events.summary_metadata["_hparams_/session_end_info"].plugin_data.content
        assert plugin_data_pb2.HParamsPluginData.FromString(content).session_end_info.status == api_pb2.STATUS_SUCCESS
        losses = [(event.step, event.value) for event in events.Scalars("loss/validation")]
        marks = [(mark["steps"], mark["loss"]) for mark in trial["marks"]]
        assert len(losses) == len(marks), f"run {name} has the losses {losses}"
        assert all(a[0] == b[0] and math.isclose(a[1], b[1], rel_tol=1e-6) for a, b in zip(losses, marks)), f"{losses} and {marks}"
    return len(trials)


def check(folder):
    folder = pathlib.Path(folder)
    model = folder / "model"
    text = lstm_gpu.text_file(folder)
    train(text, model, 25)
    train(text, model, 60, "--resume")
    events = EventAccumulator(str(model / "tensorboard"), size_guidance={"tensors": 0, "scalars": 0, "histograms": 0})
    events.Reload()
    rows = check_scalars(events, model)
    check_samples(events, model)
    return len(rows), check_histograms(events, model, rows), check_hparams(folder, text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        rows, tensors, sessions = check(folder)
        print(f"TensorBoard reads {rows} rows of scalars, the samples, histograms of {tensors} tensors and {sessions} sessions of HParams")
