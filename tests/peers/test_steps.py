"""Five training steps from the same start end at the same weights as PyTorch's, for every cell and optimiser."""

import tempfile

import torch

import lstm_gpu

STEPS, SEQUENCES, LENGTH = 5, 4, 25
TOLERANCE = 1e-4  # relative in norm, of the weights and of what the steps add to them


def groups(named, pulled, decay):
    """PyTorch's groups of parameters: those that weight decay pulls, and the others."""
    named = list(named)
    return [
        {"params": [w for name, w in named if pulled(name, w)], "weight_decay": decay},
        {"params": [w for name, w in named if not pulled(name, w)], "weight_decay": 0},
    ]


OPTIMIZERS = {
    "sgd": (["--optimizer", "sgd", "--lr", 0.5], lambda p: torch.optim.SGD(p, 0.5)),
    "sgd+momentum": (
        ["--optimizer", "sgd", "--lr", 0.2, "--momentum", 0.9, "--weight-decay", 0.01],
        lambda p: torch.optim.SGD(p, 0.2, momentum=0.9, weight_decay=0.01),
    ),
    "adam": (["--optimizer", "adam", "--lr", 0.002], lambda p: torch.optim.Adam(p, 0.002)),
    "adamw": (
        ["--optimizer", "adamw", "--lr", 0.002, "--weight-decay", 0.1],
        lambda p: torch.optim.AdamW(p, 0.002, weight_decay=0.1),
    ),
    "sgd, biases": (
        ["--optimizer", "sgd", "--lr", 0.2, "--weight-decay", 0.1, "--decay-only", "biases"],
        lambda p: torch.optim.SGD(groups(p, lambda name, w: w.dim() == 1, 0.1), 0.2),
    ),
    "adam, matrices": (
        ["--optimizer", "adam", "--lr", 0.002, "--weight-decay", 0.1, "--decay-only", "matrices"],
        lambda p: torch.optim.Adam(groups(p, lambda name, w: w.dim() == 2 and name != "embedding.weight", 0.1), 0.002),
    ),
    "adamw, recurrent": (
        ["--optimizer", "adamw", "--lr", 0.002, "--weight-decay", 0.9, "--decay-only", "recurrent,embedding"],
        lambda p: torch.optim.AdamW(
            groups(p, lambda name, w: "weight_hh" in name or name == "embedding.weight", 0.9), 0.002
        ),
    ),
    "rmsprop": (["--optimizer", "rmsprop", "--lr", 0.001], lambda p: torch.optim.RMSprop(p, 0.001)),
    "adagrad": (["--optimizer", "adagrad", "--lr", 0.01], lambda p: torch.optim.Adagrad(p, 0.01)),
}


def pytorch_steps(model, tokens, make_optimizer, clip):
    """The training run that docs and `--help` describe: sequences over the text, state carried without gradient."""
    sequence = (len(tokens) - 1) // SEQUENCES
    optimizer = make_optimizer(model.named_parameters())
    state = None
    for step in range(STEPS):
        at = [b * sequence + step * LENGTH for b in range(SEQUENCES)]
        x = torch.stack([tokens[s : s + LENGTH] for s in at], 1)
        y = torch.stack([tokens[s + 1 : s + LENGTH + 1] for s in at], 1)
        logits, state = model(x, state)
        state = lstm_gpu.detach(state)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()


def check(cell, name, folder, text, clip, projection=0):
    flags, make_optimizer = OPTIMIZERS[name]
    stack = f"{cell}-projected" if projection else cell
    start, end = f"{folder}/{stack}-start", f"{folder}/{stack}-{name}-{clip}"
    sizes = ["--cell", cell, "--proj-size", projection, "--hidden-size", 20, "--num-layers", 2, "--embedding-size", 12, "--tokenizer", "byte"]
    loop = ["--preset", "tiny", "--batch-size", SEQUENCES, "--seq-length", LENGTH, "--val-frac", 0, "--dropout", 0,
            "--progress", "none"]
    lstm_gpu.run("train", text, "-o", start, "--overwrite", "--max-steps", 0, *sizes, *loop)
    lstm_gpu.run(
        "train", text, "-o", end, "--init-from", start, "--max-steps", STEPS, "--schedule", "constant",
        "--grad-clip", clip, *flags, *loop,
    )
    model = lstm_gpu.load(start)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    pytorch_steps(model, torch.tensor(list(text.read_bytes())), make_optimizer, clip)
    actual = lstm_gpu.load(end).state_dict()
    worst = 0.0
    for key, expected in model.state_dict().items():
        assert not torch.equal(before[key], expected), f"{key} did not move, so the check would prove nothing"
        error = lstm_gpu.relative(actual[key], expected)
        moved = lstm_gpu.relative(actual[key] - before[key], expected - before[key])
        worst = max(worst, moved)
        assert error < TOLERANCE, f"{cell}, {name}: {key} differs by {error}"
        assert moved < TOLERANCE, f"{cell}, {name}: {key} moved otherwise by {moved}"
    return worst


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        text = lstm_gpu.text_file(folder, 2000)
        for cell in lstm_gpu.CELLS:
            for name in OPTIMIZERS if cell == "lstm" else ("sgd", "adam"):
                for clip in (0.1, 1000) if name in ("sgd", "adam") else (1,):
                    worst = check(cell, name, folder, text, clip)
                    print(f"{cell:8} {name:13} clip {clip:<5} moves agree within {worst:.1e} after {STEPS} steps")
        for name in ("sgd", "adam"):
            worst = check("lstm", name, folder, text, 1000, projection=7)
            print(f"lstm projected to 7, {name}: moves agree within {worst:.1e} after {STEPS} steps")
