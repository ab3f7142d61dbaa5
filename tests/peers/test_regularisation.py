"""Five training steps with every regularisation, and of several lengths, end at the same weights as the papers' formulas do in PyTorch, in
float64, with masks drawn here. The batches and the weights before and after are written by
tests/java/lstmgpu/train/RegularisedSteps.java."""

import json
import math
import pathlib
import tempfile

import torch
from torch.nn import functional

import lstm_gpu

STEPS, RATE, MOMENTUM, CLIP = 5, 0.1, 0.9, 1.0
OF_LOSSES = 1e-6  # relative in norm
HELD = 2**-24  # relative: what float32, in which the weights are handed over, may be off by
INPUT, WORDS, WEIGHT_DROP = 0x1A907, 0x30BD5, 0x4D0000  # streams of random numbers; layer l's output has stream l
ZONEOUT = 0x200E0000  # a layer has two streams, c's before h's
PIECES = {
    "dropout", "weight-drop", "input-dropout", "output-dropout", "word-dropout", "locked-dropout", "activation-penalty",
    "temporal-penalty", "label-smoothing", "all", "vary-length", "zoneout",
}  # fmt: skip


def word(seed, stream, step, element):
    """Philox4x32-10 (Salmon et al. 2011): the 32 bits that decide about an element."""
    low = 0xFFFFFFFF
    c = [element // 4 & low, element // 4 >> 32, step, stream]
    k = [seed & low, seed >> 32 & low]
    for _ in range(10):
        left, right = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [right >> 32 ^ c[1] ^ k[0], right & low, left >> 32 ^ c[3] ^ k[1], left & low]
        k = [k[0] + 0x9E3779B9 & low, k[1] + 0xBB67AE85 & low]
    return c[element % 4]


class Masks:
    """Those of one training step."""

    def __init__(self, seed, step):
        self.seed, self.step = seed, step

    def factors(self, p, stream, elements):
        threshold = int(p * 2**32)
        kept = [word(self.seed, stream, self.step, int(i)) >= threshold for i in elements.flatten()]
        return torch.tensor(kept, dtype=torch.float64).view(elements.shape) / (1 - p)

    def of(self, p, stream, x, locked):
        """For x [T,B,any]; locked: those of the first step for every step."""
        drawn = x[:1] if locked else x
        return self.factors(p, stream, torch.arange(drawn.numel()).view(drawn.shape)).expand_as(x)


    def keeps(self, p, stream, shape):
        """Which units [T,B,H] keep what they had."""
        elements = torch.arange(math.prod(shape)).view(shape)
        return self.factors(p, stream, elements) == 0


def single(value):
    """A number as our float32 has it."""
    return float(torch.tensor(value, dtype=torch.float32))


class Model:
    """A language model of LSTM layers, written out."""

    def __init__(self, folder, weights):
        self.carries = folder.name == "vary-length"
        self.config = json.loads((folder / "config.json").read_text())
        said = json.loads((folder / "regularisation.json").read_text())
        self.seed = said["seed"]
        wanted = said["regularisation"].items()
        self.r = {name: single(value) if isinstance(value, float) else value for name, value in wanted}
        self.p = single(self.config["dropout"])
        self.output_p = self.p if self.r["outputDropout"] is None else self.r["outputDropout"]
        self.states = {}  # h and c that a layer ended its last step with, where they are carried
        self.weights = {name: value.double().requires_grad_() for name, value in weights.items()}

    def layer(self, number, x, masks):
        w = {name: self.weights[f"rnn.{name}_l{number}"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
        recurrent = w["weight_hh"]
        if self.r["weightDrop"]:
            elements = torch.arange(recurrent.numel()).view(recurrent.shape)
            recurrent = recurrent * masks.factors(self.r["weightDrop"], WEIGHT_DROP + number, elements)
        zero = torch.zeros(x.shape[1], recurrent.shape[1], dtype=torch.float64)
        h, c = self.states.get(number, (zero, zero))
        shape = (*x.shape[:2], recurrent.shape[1])
        of_c, of_h = (single(self.config.get(f"zoneout_{state}", 0)) for state in ("cell", "hidden"))
        keeps_c, keeps_h = (masks.keeps(p, ZONEOUT + 2 * number + k, shape) for k, p in enumerate((of_c, of_h)))
        outputs = []
        for t, step in enumerate(x):
            i, f, g, o = (step @ w["weight_ih"].T + w["bias_ih"] + h @ recurrent.T + w["bias_hh"]).chunk(4, 1)
            made = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.where(keeps_h[t], h, torch.sigmoid(o) * torch.tanh(made))
            c = torch.where(keeps_c[t], c, made)
            outputs.append(h)
        if self.carries:
            self.states[number] = h.detach(), c.detach()
        return torch.stack(outputs)

    def losses(self, inputs, targets, masks):
        """The plain cross-entropy, and what is learnt from."""
        locked, r = self.r["locked"], self.r
        x = self.weights["embedding.weight"][inputs]
        if r["wordDropout"]:
            x = x * masks.factors(r["wordDropout"], WORDS, inputs).unsqueeze(-1)
        if r["inputDropout"]:
            x = x * masks.of(r["inputDropout"], INPUT, x, locked)
        last = self.config["num_layers"] - 1
        for number in range(last):
            x = self.layer(number, x, masks)
            x = x * masks.of(self.p, number, x, locked)
        raw = self.layer(last, x, masks)
        y = raw * masks.of(self.output_p, last, raw, locked) if self.output_p else raw
        output = self.weights["embedding.weight" if self.config["tie_weights"] else "output.weight"]
        logits = (y @ output.T + self.weights["output.bias"]).flatten(0, 1)
        plain = functional.cross_entropy(logits, targets.flatten())
        learnt = functional.cross_entropy(logits, targets.flatten(), label_smoothing=r["labelSmoothing"])
        learnt = learnt + r["activationPenalty"] * y.pow(2).mean()
        learnt = learnt + r["temporalPenalty"] * (raw[1:] - raw[:-1]).pow(2).mean()
        return plain, learnt


def pytorch_steps(model, batches):
    """Trains as the program did; the losses."""
    optimizer = torch.optim.SGD(model.weights.values(), lr=single(RATE), momentum=single(MOMENTUM))
    values = []
    for step in range(STEPS):
        inputs, targets = (batches[f"{name}.{step}"].long() for name in ("inputs", "targets"))
        optimizer.zero_grad()
        plain, learnt = model.losses(inputs, targets, Masks(model.seed, step))
        learnt.backward()
        torch.nn.utils.clip_grad_norm_(model.weights.values(), CLIP)
        optimizer.step()
        values.append(plain.item())
    return torch.tensor(values)


def check(folder):
    before, after, batches = (
        lstm_gpu.read_safetensors(folder / f"{name}.safetensors") for name in ("before", "after", "batches")
    )
    model = Model(folder, before)
    expected = pytorch_steps(model, batches)
    apart = lstm_gpu.relative(batches["losses"], expected)
    assert apart < OF_LOSSES, f"{folder.name}: losses {batches['losses'].tolist()}, PyTorch's {expected.tolist()}"
    worst = 0.0
    for name, value in model.weights.items():
        still = torch.equal(before[name].double(), value)
        assert not still, f"{folder.name}: {name} did not move, so the check would prove nothing"
        off = lstm_gpu.relative(after[name].double(), value.detach())
        assert off < HELD, f"{folder.name}: {name} is otherwise by {off}"
        worst = max(worst, off)
    print(f"{folder.name:30} losses agree within {apart:.1e}, weights within {worst:.1e} after {STEPS} steps")


if __name__ == "__main__":
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        lstm_gpu.run_test_class("lstmgpu.train.RegularisedSteps", folder)
        cases = sorted(pathlib.Path(folder).iterdir())
        seen = {case.name.removesuffix("-tied") for case in cases}
        assert seen == PIECES, f"there are steps of {seen}"
        for case in cases:
            check(case)
