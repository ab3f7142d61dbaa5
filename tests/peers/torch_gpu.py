#!/usr/bin/env python3
"""PyTorch on a GPU at the shapes of lstm-gpu's own benchmark: whole training steps and the recurrent stack alone.

In float32, TF32, bfloat16 and float16, two baselines each. "pytorch-written" is what people write: one nn.LSTM of all layers, fused Adam, no CUDA
graph; in bfloat16 as a bfloat16 module or under autocast, whichever is faster, in float16 under autocast. "pytorch-best" is the best PyTorch can be
made to do: single-layer modules one behind the other, fused Adam, the whole step in one CUDA graph; in half precision with float32 master weights.
Single layers in float16 are what cuDNN's persistent kernels ask for, so that row is the one to beat.

A whole step is: batch from a text on the device, embedding, forward, cross-entropy, backward, clipping by the global norm, Adam. State is carried
from step to step. Medians of `--repeats` steps after a warm-up, timed by CUDA events; low and high are the 10th and 90th percentile.
"""
import argparse
import io
import json
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_

SHAPES = "2x512x64x256,2x1024x128x256,1x2048x64x512,2x128x50x50"
VOCABULARY = 96
CLIP = 1.0
TYPES = {"fp32": torch.float32, "tf32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
WRITTEN = {"fp32": ("module",), "tf32": ("module",), "bf16": ("module", "autocast"), "fp16": ("autocast",)}
ON_CPU = ("fp32", "bf16")


def use(precision):
    """How PyTorch rounds the factors of float32 products."""
    torch.backends.cuda.matmul.allow_tf32 = precision == "tf32"
    torch.backends.cudnn.allow_tf32 = precision == "tf32"


class Stack(nn.Module):
    """Recurrent layers, as one module or as a list of single-layer ones."""

    def __init__(self, layers, embedding, hidden, single):
        super().__init__()
        if single:
            self.parts = nn.ModuleList(nn.LSTM(embedding if k == 0 else hidden, hidden) for k in range(layers))
        else:
            self.parts = nn.ModuleList([nn.LSTM(embedding, hidden, layers)])

    def forward(self, x, states):
        after = []
        for part, state in zip(self.parts, states):
            x, (h, c) = part(x, state)
            after.append((h.detach(), c.detach()))
        return x, after

    def zero_states(self, batch, like):
        return [tuple(torch.zeros(p.num_layers, batch, p.hidden_size, device=like.device, dtype=like.dtype) for _ in "hc") for p in self.parts]


class Model(nn.Module):
    def __init__(self, shape, single):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, shape["embedding"])
        self.stack = Stack(shape["layers"], shape["embedding"], shape["hidden"], single)
        self.output = nn.Linear(shape["hidden"], VOCABULARY)

    def forward(self, tokens, states):
        y, after = self.stack(self.embedding(tokens), states)
        return self.output(y), after


class Step:
    """A whole training step whose inputs, states and counters are tensors that stay where they are, so that it can be captured."""

    def __init__(self, shape, device, precision, kind):
        self.batch, self.steps, self.kind = shape["batch"], shape["steps"], kind
        self.type = TYPES[precision]
        stored = torch.float32 if kind == "autocast" else self.type
        torch.manual_seed(1)
        self.model = Model(shape, kind == "best").to(device=device, dtype=stored)
        self.weights = list(self.model.parameters())
        # What is stored in half precision needs float32 weights to be added to; a bfloat16 module as people write it has none.
        self.master = [w.detach().float().clone().requires_grad_() for w in self.weights] if kind == "best" and stored != torch.float32 else self.weights
        self.scale = 1024.0 if self.type == torch.float16 else 1.0
        fused = {"fused": True, "capturable": True} if device != "cpu" else {"fused": True}
        self.optimizer = torch.optim.Adam(self.master, lr=1e-3, **fused)
        self.text = torch.randint(0, VOCABULARY, (self.batch, self.steps * 8 + 1), device=device)
        self.place = torch.zeros((), dtype=torch.long, device=device)
        self.offsets = torch.arange(self.steps + 1, device=device)
        self.states = self.model.stack.zero_states(self.batch, self.weights[0])
        if kind == "autocast":
            self.states = [tuple(s.to(self.type) for s in state) for state in self.states]
        self.device = device

    def run(self):
        window = self.text.index_select(1, (self.place + self.offsets) % self.text.size(1)).t().contiguous()
        self.place.add_(self.steps).remainder_(self.steps * 8)
        with torch.autocast(self.device.split(":")[0], self.type if self.kind == "autocast" else torch.bfloat16, enabled=self.kind == "autocast"):
            logits, after = self.model(window[:-1], self.states)
        loss = nn.functional.cross_entropy(logits.float().flatten(0, 1), window[1:].flatten())
        for weight in self.weights:
            weight.grad = None
        (loss * self.scale).backward()
        if self.master is not self.weights:
            for master, weight in zip(self.master, self.weights):
                master.grad = weight.grad.float() / self.scale
        elif self.scale != 1:
            torch._foreach_div_([weight.grad for weight in self.weights], self.scale)
        clip_grad_norm_(self.master, CLIP)
        self.optimizer.step()
        if self.master is not self.weights:
            with torch.no_grad():
                torch._foreach_copy_(self.weights, self.master)
        with torch.no_grad():
            for old, new in zip(self.states, after):
                for target, value in zip(old, new):
                    target.copy_(value)


class StackOnly:
    """Forward and backward of the recurrent layers on random inputs and output gradients."""

    def __init__(self, shape, device, precision, kind):
        self.type = TYPES[precision]
        self.stack = Stack(shape["layers"], shape["embedding"], shape["hidden"], kind == "best").to(device=device, dtype=self.type)
        size = (shape["steps"], shape["batch"])
        self.x = torch.randn(*size, shape["embedding"], device=device, dtype=self.type, requires_grad=True)
        self.dy = torch.randn(*size, shape["hidden"], device=device, dtype=self.type)
        self.states = self.stack.zero_states(shape["batch"], self.x)
        self.wanted = [self.x, *self.stack.parameters()]

    def run(self):
        y, _ = self.stack(self.x, self.states)
        torch.autograd.grad(y, self.wanted, self.dy)


def captured(work):
    """The work as one CUDA graph."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            work()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    return graph.replay


def timed(work, device, repeats):
    for _ in range(max(3, repeats // 4)):
        work()
    if device == "cpu":
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            work()
            times.append((time.perf_counter() - start) * 1e3)
    else:
        torch.cuda.synchronize()
        marks = [(torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)) for _ in range(repeats)]
        for start, end in marks:
            start.record()
            work()
            end.record()
        torch.cuda.synchronize()
        times = [start.elapsed_time(end) for start, end in marks]
    times.sort()
    return {"median": statistics.median(times), "low": times[len(times) // 10], "high": times[-1 - len(times) // 10]}


def measure(what, precision, kind, shape, device, repeats):
    use(precision)
    made = Step(shape, device, precision, kind) if what == "train-step" else StackOnly(shape, device, precision, kind)
    work = captured(made.run) if kind == "best" and device != "cpu" else made.run
    return timed(work, device, repeats)


def rows(shape, precision, device, repeats):
    for what in ("train-step", "recurrent-stack"):
        written = WRITTEN[precision] if what == "train-step" else ("module",)
        found = {}
        for kind in (*written, "best"):
            try:
                found[kind] = measure(what, precision, kind, shape, device, repeats)
            except (RuntimeError, torch.cuda.OutOfMemoryError) as failure:
                print(f"{what} {precision} {kind} at {shape}: {str(failure).splitlines()[0]}", file=sys.stderr)
            if device != "cpu":
                torch.cuda.empty_cache()
        fastest = min((k for k in written if k in found), key=lambda k: found[k]["median"], default=None)
        for name, kind in (("pytorch-written", fastest), ("pytorch-best", "best" if "best" in found else None)):
            if kind is None:
                continue
            times = found[kind]
            yield {
                "what": what, "implementation": name, "variant": kind, "precision": precision, "cell": "lstm", **shape,
                "vocab": VOCABULARY, "milliseconds": times,
                "tokens_per_second": shape["batch"] * shape["steps"] / times["median"] * 1e3,
            }


def shape_of(text):
    layers, hidden, batch, steps = (int(part) for part in text.split("x")[:4])
    return {"layers": layers, "hidden": hidden, "batch": batch, "steps": steps, "embedding": 256 if hidden >= 1024 else 128}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shapes", default=SHAPES, help="LxHxBxT,...")
    parser.add_argument("--precision", default=",".join(TYPES), help="of fp32,tf32,bf16,fp16; a CPU has fp32 and bf16")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--json", help="also write the rows here, one object a line")
    arguments = parser.parse_args()
    on_gpu = arguments.device != "cpu"
    header = {
        "pytorch": torch.__version__,
        "device": torch.cuda.get_device_name() if on_gpu else "cpu",
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version() if on_gpu else None,
    }
    file = open(arguments.json, "w", encoding="utf-8") if arguments.json else io.StringIO()
    measured = 0
    print(json.dumps(header), file=file, flush=True)
    precisions = arguments.precision.split(",")
    for unknown in set(precisions) - set(TYPES):
        parser.error(f"--precision knows {', '.join(TYPES)}, not {unknown}")
    for shape in map(shape_of, arguments.shapes.split(",")):
        for precision in precisions:
            if not on_gpu and precision not in ON_CPU:
                continue
            for row in rows(shape, precision, arguments.device, arguments.repeats):
                measured += 1
                print(json.dumps(row), flush=True)
                print(json.dumps(row), file=file, flush=True)  # At once: a run that is ended early keeps what it has.
    file.close()
    if measured == 0:
        sys.exit("nothing could be measured")


if __name__ == "__main__":
    main()
