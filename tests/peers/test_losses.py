"""Five training steps of every loss and pooling, of sequences of one length and of masked batches, of one direction and
of both, end at the same weights as PyTorch's, and so do the averages of the weights. The batches
and the weights before and after are written by tests/java/lstmgpu/train/FiveSteps.java."""

import json
import pathlib
import tempfile

import torch
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import lstm_gpu

STEPS, RATE, MOMENTUM, CLIP, DECAY = 5, 0.1, 0.9, 1.0, 0.9
TOLERANCE, OF_LOSSES = 5e-5, 1e-6  # relative in norm, of what the steps add to the weights and of the losses
ROUNDING = 2**-23
LOSSES = {"cross-entropy", "adaptive", "squared", "absolute", "huber", "quantile", "class-last", "class-mean", "class-max"}
PROJECTED = {"projected", "projected-class"}


class Model(torch.nn.Module):
    """Input, recurrent stack and head as config.json says."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.tokens = config["input"] == "tokens"
        width = config["embedding_size"] if self.tokens else config["feature_size"]
        if self.tokens:
            self.embedding = torch.nn.Embedding(config["vocab_size"], width)
        both = config.get("bidirectional", False)
        sizes = width, config["hidden_size"], config["num_layers"]
        projection = lstm_gpu.projected(config)
        self.rnn = lstm_gpu.CELLS[config["cell"]](*sizes, bidirectional=both, **projection)
        outputs = config.get("output_size", config.get("vocab_size"))
        outputs *= len(config.get("quantiles", [0]))
        units = (2 if both else 1) * projection.get("proj_size", config["hidden_size"])
        if "cutoffs" in config:
            self.output = torch.nn.AdaptiveLogSoftmaxWithLoss(units, outputs, config["cutoffs"], head_bias=True)
        else:
            self.output = torch.nn.Linear(units, outputs)

    def forward(self, x, lengths):
        """x [T,B] or [T,B,I], lengths [B] -> predictions [T,B,any], or [B,classes]."""
        packed = pack_padded_sequence(self.embedding(x.long()) if self.tokens else x, lengths, enforce_sorted=False)
        y, states = self.rnn(packed)
        y, _ = pad_packed_sequence(y, total_length=len(x))
        if "cutoffs" in self.config:
            return self.output.log_prob(y.flatten(0, 1)).unflatten(0, y.shape[:2])
        return self.output(self.pooled(y, states, lengths) if "pooling" in self.config else y)

    def pooled(self, y, states, lengths):
        if self.config["pooling"] == "last":  # of every direction the one that it reads last
            h = states[0] if isinstance(states, tuple) else states
            return torch.cat(list(h[-2:] if self.config.get("bidirectional") else h[-1:]), 1)
        sequences = [y[:length, b] for b, length in enumerate(lengths)]
        ways = {"mean": lambda s: s.mean(0), "max": lambda s: s.max(0).values}
        return torch.stack([ways[self.config["pooling"]](s) for s in sequences])


def losses(config, predictions, targets):
    """The loss of each target, and of each of its quantiles."""
    kind = config.get("loss", "cross-entropy")
    if kind == "cross-entropy":
        classes = predictions.flatten(0, -2)
        return functional.cross_entropy(classes, targets.long().flatten(), reduction="none").view(targets.shape)
    if kind == "quantile":
        levels = torch.tensor(config["quantiles"])
        errors = targets.unsqueeze(-1) - predictions.view(*targets.shape, len(levels))
        return torch.maximum(levels * errors, (levels - 1) * errors)
    functions = {
        "squared": functional.mse_loss,
        "absolute": functional.l1_loss,
        "huber": lambda x, t, reduction: functional.huber_loss(x, t, reduction=reduction, delta=config["delta"]),
    }
    return functions[kind](predictions, targets, reduction="none")


def mean_loss(model, batch):
    """The mean over all targets, or over those that have a weight."""
    inputs, targets = batch["inputs"], batch["targets"]
    lengths = batch.get("lengths", torch.full([inputs.shape[1]], len(inputs))).long()
    predictions = model(inputs, lengths)
    weights = batch.get("weights", torch.ones_like(targets))
    each = losses(model.config, predictions, torch.where(weights > 0, targets, torch.zeros_like(targets)))
    while each.dim() > weights.dim():
        each = each.mean(-1)
    return (weights * each).sum() / weights.sum()


class Averages:
    """Of the weights after every step: the mean as PyTorch's ASGD keeps it beside weights that it leaves alone
    (t0 = -1: with 0 it begins with those after the second step), or the exponential one as a sum over all steps."""

    def __init__(self, model):
        self.model, self.history = model, []
        self.copy = {name: torch.zeros_like(p, dtype=torch.float64) for name, p in model.named_parameters()}
        for each in self.copy.values():
            each.grad = torch.zeros_like(each)
        self.asgd = torch.optim.ASGD(self.copy.values(), lr=0, lambd=0, t0=-1)

    def take(self):
        for name, p in self.model.named_parameters():
            self.copy[name].copy_(p.detach())
        self.history.append({name: each.clone() for name, each in self.copy.items()})
        self.asgd.step()

    def mean(self, name):
        return self.asgd.state[self.copy[name]]["ax"]

    def exponential(self, name):
        weights = [DECAY ** (STEPS - 1 - step) for step in range(STEPS)]
        return sum(w * at[name] for w, at in zip(weights, self.history)) / sum(weights)


def pytorch_steps(model, batches, averages):
    rate = 4 * RATE if "cutoffs" in model.config else RATE  # as FiveSteps says
    optimizer = torch.optim.SGD(model.parameters(), rate, momentum=MOMENTUM)
    values = []
    for step in range(STEPS):
        suffix = f".{step}"
        batch = {name[: -len(suffix)]: value for name, value in batches.items() if name.endswith(suffix)}
        optimizer.zero_grad()
        loss = mean_loss(model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        averages.take()
        values.append(loss.item())
    return torch.tensor(values)


def check(folder):
    model = Model(json.loads((folder / "config.json").read_text()))
    before, after, average, batches = (
        lstm_gpu.read_safetensors(folder / f"{name}.safetensors") for name in ("before", "after", "average", "batches")
    )
    if "cutoffs" in model.config:  # against the formulas in float64, under the names that PyTorch has
        model.double()
        before, after, average = (
            {name.replace("output.weight", "output.head.weight").replace("output.bias", "output.head.bias"): value.double()
             for name, value in tensors.items()} for tensors in (before, after, average)
        )
    model.load_state_dict(before, strict=True)
    averages = Averages(model)
    expected = pytorch_steps(model, batches, averages)
    apart = lstm_gpu.relative(batches["losses"], expected)
    assert apart < OF_LOSSES, f"{folder.name}: losses {batches['losses'].tolist()}, PyTorch's {expected.tolist()}"
    worst = 0.0
    for name, value in model.state_dict().items():
        still = torch.equal(before[name], value)
        assert not still, f"{folder.name}: {name} did not move, so the check would prove nothing"
        moved = lstm_gpu.relative(after[name] - before[name], value - before[name])
        assert moved < TOLERANCE, f"{folder.name}: {name} moved otherwise by {moved}"
        own = averages.exponential(name) if folder.name.endswith("-masked") else averages.mean(name)
        change = lstm_gpu.relative(own - before[name], value - before[name])
        assert change > 1e-2, f"{folder.name}: the average of {name} is its last value"
        # An average is rounded once more a step, which counts where weights move little.
        away = max(0, (average[name] - own).norm() - ROUNDING * own.norm()) / (own - before[name]).norm()
        assert away < TOLERANCE, f"{folder.name}: the average of {name} moved otherwise by {away}"
        worst = max(worst, moved, float(away))
    print(f"{folder.name:30} losses agree within {apart:.1e}, moves within {worst:.1e} after {STEPS} steps")


if __name__ == "__main__":
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        lstm_gpu.run_test_class("lstmgpu.train.FiveSteps", folder)
        cases = sorted(pathlib.Path(folder).iterdir())
        seen = {case.name.removesuffix("-masked").removesuffix("-bidirectional") for case in cases}
        assert seen == LOSSES | PROJECTED, f"there are steps of {seen}"
        for case in cases:
            check(case)
