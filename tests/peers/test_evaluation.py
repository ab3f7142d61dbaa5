"""Dynamic evaluation (Krause 2018) and a neural cache (Grave 2017) tell the loss that their formulas
tell in float64."""

import json
import math
import pathlib
import tempfile

import torch

import lstm_gpu

TOLERANCE = 1e-6
LENGTH, RATE, DECAY, EPSILON = 5, 0.01, 0.3, 0.001
SGD_RATE, SGD_DECAY = 0.2, 0.05
WINDOW, THETA, LAMBDA = 100, 0.7, 0.2
MOST_SEQUENCES = 100


def loss_of(model, tokens, state):
    """Of the tokens behind the first, in one sequence; tokens [T+1,B]."""
    logits, state = model(tokens[:-1], state)
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), tokens[1:].flatten()), lstm_gpu.detach(state)


def gradient_sizes(model, tokens):
    """The root of the mean of the squared gradients of batches, for every weight; and their mean."""
    sequences = max(1, min((len(tokens) - 1) // LENGTH, MOST_SEQUENCES))
    stride = (len(tokens) - 1) // sequences
    squares = [torch.zeros_like(p) for p in model.parameters()]
    state, batches = None, max(1, stride // LENGTH)
    for k in range(batches):
        starts = [b * stride + k * LENGTH for b in range(sequences)]
        loss, state = loss_of(model, torch.stack([tokens[s : s + LENGTH + 1] for s in starts], 1), state)
        model.zero_grad()
        loss.backward()
        for square, p in zip(squares, model.parameters()):
            square += p.grad**2
    sizes = [(square / batches).sqrt() for square in squares]
    return sizes, sum(s.sum() for s in sizes) / sum(s.numel() for s in sizes)


def dynamic(model, tokens, sizes=None, mean=None):
    trained = [p.detach().clone() for p in model.parameters()]
    total, state = 0.0, None
    for start in range(0, len(tokens) - 1, LENGTH):
        segment = tokens[start : start + LENGTH + 1].unsqueeze(1)
        loss, state = loss_of(model, segment, state)
        total += loss.item() * (len(segment) - 1)
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for i, p in enumerate(model.parameters()):
                if sizes is None:
                    p += SGD_DECAY * (trained[i] - p) - SGD_RATE * p.grad
                else:
                    share = (sizes[i] / mean).clamp(max=1 / DECAY)
                    p += DECAY * share * (trained[i] - p) - RATE * p.grad / (sizes[i] + EPSILON)
    with torch.no_grad():
        for p, start in zip(model.parameters(), trained):
            p.copy_(start)
    return total / (len(tokens) - 1)


@torch.no_grad()
def cached(model, tokens):
    h = model.rnn(model.embedding(tokens[:-1].unsqueeze(1)))[0][:, 0]
    probabilities = torch.softmax(model.output(h), 1)
    total = 0.0
    for t in range(len(h)):
        p = probabilities[t, tokens[t + 1]]
        if t > 0:
            first = max(0, t - WINDOW)
            weights = torch.softmax(THETA * (h[first:t] @ h[t]), 0)
            followed = tokens[first + 1 : t + 1] == tokens[t + 1]
            p = (1 - LAMBDA) * p + LAMBDA * weights[followed].sum()
        total -= math.log(p)
    return total / len(h)


def agree(what, actual, expected):
    apart = abs(actual - expected) / expected
    assert apart < TOLERANCE, f"{what}: {actual}, by the formula {expected}"
    print(f"{what:24} loss {actual:.6f}, agrees within {apart:.1e}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    with tempfile.TemporaryDirectory() as folder:
        text, model = lstm_gpu.text_file(folder, 2000), f"{folder}/model"
        other = pathlib.Path(folder) / "other.txt"
        other.write_bytes(text.read_bytes()[1001:1613])
        lstm_gpu.run(
            "train", text, "-o", model, "--max-steps", 20, "--num-layers", 2, "--hidden-size", 14,
            "--tokenizer", "byte", "--embedding-size", 9, "--batch-size", 4, "--seq-length", 25, "--dropout", 0.3,
            "--progress", "none", "--lr", 0.01,
        )
        own = lstm_gpu.load(model).double()
        learnt, tokens = torch.tensor(list(text.read_bytes())), torch.tensor(list(other.read_bytes()))
        shared = ["--json", "--device", "reference", "--dynamic", "--dynamic-length", LENGTH]
        cache = ["--cache", WINDOW, "--cache-theta", THETA, "--cache-lambda", LAMBDA]
        rms = ["--dynamic-on", text, "--dynamic-lr", RATE, "--dynamic-decay", DECAY, "--dynamic-epsilon", EPSILON]
        sgd = ["--dynamic-lr", SGD_RATE, "--dynamic-decay", SGD_DECAY]
        first = json.loads(lstm_gpu.run("eval", model, other, *shared, *rms, *cache))
        second = json.loads(lstm_gpu.run("eval", model, other, *shared, *sgd))
        plain = loss_of(own, tokens.unsqueeze(1), None)[0].item()
        agree("plain", first["loss"], plain)
        agree("dynamic, RMS form", first["dynamic"]["loss"], dynamic(own, tokens, *gradient_sizes(own, learnt)))
        agree("dynamic, SGD form", second["dynamic"]["loss"], dynamic(own, tokens))
        agree("cache", first["cache"]["loss"], cached(own, tokens))
        assert len({plain, *(first[way]["loss"] for way in ("dynamic", "cache")), second["dynamic"]["loss"]}) == 4
