"""A model directory loads into PyTorch by name, and PyTorch gives every token the probability that `lstm-gpu score` gives it."""

import json
import tempfile

import torch

import lstm_gpu

TOLERANCE = 1e-4  # nats


def check(cell, tied, folder):
    text = lstm_gpu.text_file(folder)
    model = f"{folder}/{cell}-{tied}"
    flags = ["--tie-weights", "--embedding-size", 24] if tied else ["--embedding-size", 10]
    lstm_gpu.run(
        "train", text, "-o", model, "--tokenizer", "byte", "--cell", cell, "--hidden-size", 24, "--num-layers", 2,
        "--batch-size", 4, "--seq-length", 20, "--max-steps", 30, "--progress", "none", *flags,
    )
    scores = [json.loads(line) for line in lstm_gpu.run("score", model, text, "--json").splitlines()]
    tokens = torch.tensor(list(text.read_bytes()))
    with torch.no_grad():
        logits, _ = lstm_gpu.load(model)(tokens[:-1, None])
    expected = torch.log_softmax(logits[:, 0].double(), -1).gather(1, tokens[1:, None])[:, 0]
    actual = torch.tensor([score["logprob"] for score in scores], dtype=torch.float64)
    assert [score["id"] for score in scores] == tokens[1:].tolist(), "score lists other tokens than the text has"
    assert [score["position"] for score in scores] == list(range(1, len(tokens))), "positions do not count from 1"
    worst = (actual - expected).abs().max().item()
    assert worst < TOLERANCE, f"{cell}: log-probabilities differ by up to {worst}"
    return worst


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for cell in lstm_gpu.CELLS:
            for tied in (False, True):
                worst = check(cell, tied, folder)
                print(f"{cell:8} {'tied' if tied else 'untied':7} log-probabilities agree within {worst:.1e} nats")
