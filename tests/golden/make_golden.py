"""Writes the golden files beside this script: what PyTorch computes in float64.

    python3 tests/golden/make_golden.py

Needs torch. Hyperparameters are rounded to float32 first, because that is how the program stores them.
"""

import json
import pathlib
import struct
import sys

import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "peers"))
import own_cells  # noqa: E402
STEPS, BATCH, INPUT, HIDDEN = 5, 3, 4, 6
DROPOUT, SEED, CLOCK = 0.25, 0x1234_5678_9ABC, 7
CELLS = {
    "lstm": lambda *sizes, **options: torch.nn.LSTM(*sizes, **options),
    "gru": lambda *sizes: torch.nn.GRU(*sizes),
    "rnn_tanh": lambda *sizes: torch.nn.RNN(*sizes, nonlinearity="tanh"),
    "rnn_relu": lambda *sizes: torch.nn.RNN(*sizes, nonlinearity="relu"),
}
ALL_CELLS = CELLS | own_cells.CELLS
OPTIMIZERS = {
    "adam": dict(kind="ADAM", weight_decay=0.0, momentum=0.0, clip=0.0),
    "adam_decay_clip": dict(kind="ADAM", weight_decay=0.01, momentum=0.0, clip=1.0),
    "adamw_clip": dict(kind="ADAMW", weight_decay=0.1, momentum=0.0, clip=1.0),
    "sgd": dict(kind="SGD", weight_decay=0.01, momentum=0.0, clip=0.0),
    "sgd_momentum_clip": dict(kind="SGD", weight_decay=0.01, momentum=0.9, clip=1.0),
    "rmsprop": dict(kind="RMSPROP", weight_decay=0.01, momentum=0.0, clip=0.0),
    "rmsprop_momentum_clip": dict(kind="RMSPROP", weight_decay=0.0, momentum=0.9, clip=1.0),
    "adagrad_clip": dict(kind="ADAGRAD", weight_decay=0.01, momentum=0.0, clip=1.0),
}


def float32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def flat(tensor):
    return tensor.detach().double().reshape(-1).tolist()


def write(name, content):
    (HERE / f"{name}.json").write_text(json.dumps(content, separators=(",", ":")) + "\n")


def philox(counter, key):
    """Philox4x32-10 in Python's unbounded integers."""
    c, k, word = list(counter), list(key), 0xFFFFFFFF
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & word, (p0 >> 32) ^ c[3] ^ k[1], p0 & word]
        k = [(k[0] + 0x9E3779B9) & word, (k[1] + 0xBB67AE85) & word]
    return c


def mask(stream, shape):
    """The factors of inverted dropout on a layer's output [T,B,H]."""
    key = (SEED & 0xFFFFFFFF, SEED >> 32)
    count = torch.Size(shape).numel()
    words = [philox((i // 4, 0, CLOCK, stream), key)[i % 4] for i in range(count)]
    kept = [0.0 if word < int(DROPOUT * 2**32) else 1 / (1 - DROPOUT) for word in words]
    return torch.tensor(kept, dtype=torch.float64).reshape(shape)


def as_pair(state):
    return state if isinstance(state, tuple) else (state, None)


def projected(size):
    """The argument of PyTorch's LSTM for a projection, and its entry in a file; nothing without one."""
    return (dict(proj_size=size), dict(projection=size)) if size else ({}, {})


def stack(cell, layers, dropout, projection=0):
    """A stack of single-layer modules with our masks between them; without dropout the same as one module."""
    shown, (option, entry) = projection or HIDDEN, projected(projection)
    modules = [ALL_CELLS[cell](INPUT if layer == 0 else shown, HIDDEN, **option).double() for layer in range(layers)]
    x = torch.randn(STEPS, BATCH, INPUT, dtype=torch.float64, requires_grad=True)
    h0 = 0.5 * torch.randn(layers, BATCH, shown, dtype=torch.float64)
    c0 = 0.5 * torch.randn(layers, BATCH, HIDDEN, dtype=torch.float64) if cell.startswith("lstm") else None
    dy = torch.randn(STEPS, BATCH, shown, dtype=torch.float64)
    y, h_last, c_last = x, [], []
    for layer, module in enumerate(modules):
        state = h0[layer : layer + 1] if c0 is None else (h0[layer : layer + 1], c0[layer : layer + 1])
        y, last = module(y, state)
        h, c = as_pair(last)
        h_last.append(h)
        c_last.append(c)
        if dropout and layer + 1 < layers:
            y = y * mask(layer, y.shape)
    (y * dy).sum().backward()
    parameters, gradients = {}, {}
    for layer, module in enumerate(modules):
        for name, value in module.named_parameters():
            parameters[name.replace("_l0", f"_l{layer}")] = flat(value)
            gradients[name.replace("_l0", f"_l{layer}")] = flat(value.grad)
    return {
        "cell": cell, "layers": layers, "steps": STEPS, "batch": BATCH, "input": INPUT, "hidden": HIDDEN, **entry,
        "dropout": DROPOUT if dropout else 0.0, "seed": SEED, "clock": CLOCK,
        "parameters": parameters, "x": flat(x), "h0": flat(h0), "c0": [] if c0 is None else flat(c0), "dy": flat(dy),
        "y": flat(y), "h": flat(torch.cat(h_last)), "c": [] if c0 is None else flat(torch.cat(c_last)),
        "gradients": gradients, "dx": flat(x.grad),
    }


def check_against_one_module(content):
    """The stack of modules is PyTorch's own two-layer module."""
    option, _ = projected(content.get("projection", 0))
    whole = ALL_CELLS[content["cell"]](INPUT, HIDDEN, content["layers"], **option).double()
    with torch.no_grad():
        for name, value in whole.named_parameters():
            value.copy_(torch.tensor(content["parameters"][name], dtype=torch.float64).reshape(value.shape))
    shape = (content["layers"], BATCH, -1)
    h0 = torch.tensor(content["h0"], dtype=torch.float64).reshape(shape)
    state = (h0, torch.tensor(content["c0"], dtype=torch.float64).reshape(shape)) if content["c0"] else h0
    x = torch.tensor(content["x"], dtype=torch.float64).reshape(STEPS, BATCH, INPUT)
    y, _ = whole(x, state)
    torch.testing.assert_close(y.reshape(-1), torch.tensor(content["y"], dtype=torch.float64))


def sequences(cell, bidirectional, lengths, dropout, projection=0):
    """Two layers from a zero state, over sequences of their own lengths and in one or two directions, with our masks between."""
    steps, size, hidden, directions = 4, 2, 3, 2 if bidirectional else 1
    shown, (option, entry) = projection or hidden, projected(projection)
    options = dict(nonlinearity=cell[4:]) if cell.startswith("rnn_") else option
    make = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, **own_cells.CELLS}.get(cell, torch.nn.RNN)

    def module(inputs, layers):
        return make(inputs, hidden, layers, bidirectional=bidirectional, **options).double()

    def packed(x):
        return torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)

    def run(one, x):
        y, _ = one(packed(x))
        return torch.nn.utils.rnn.pad_packed_sequence(y, total_length=steps)[0]

    x = torch.randn(steps, len(lengths), size, dtype=torch.float64, requires_grad=True)
    dy = torch.randn(steps, len(lengths), directions * shown, dtype=torch.float64)
    for sequence, length in enumerate(lengths):
        dy[length:, sequence] = 0
    modules = [module(size, 1), module(directions * shown, 1)]
    between = run(modules[0], x)
    y = run(modules[1], between * mask(0, between.shape) if dropout else between)
    (y * dy).sum().backward()
    parameters, gradients = {}, {}
    for layer, one in enumerate(modules):
        for name, value in one.named_parameters():
            parameters[name.replace("_l0", f"_l{layer}")] = value
            gradients[name.replace("_l0", f"_l{layer}")] = value.grad
    if not dropout:
        whole = module(size, 2)
        assert list(dict(whole.named_parameters())) == list(parameters)
        whole.load_state_dict({name: value.detach() for name, value in parameters.items()})
        torch.testing.assert_close(run(whole, x), y)
    return {
        "cell": cell, "layers": 2, "steps": steps, "batch": len(lengths), "input": size, "hidden": hidden,
        "bidirectional": bidirectional, "lengths": lengths, **entry,
        "dropout": DROPOUT if dropout else 0.0, "seed": SEED, "clock": CLOCK,
        "parameters": {name: flat(value) for name, value in parameters.items()}, "x": flat(x), "dy": flat(dy),
        "y": flat(y), "gradients": {name: flat(value) for name, value in gradients.items()}, "dx": flat(x.grad),
    }


def optimizer(kind, parameter, momentum, weight_decay):
    options = dict(lr=1.0, weight_decay=weight_decay)
    if kind in ("ADAM", "ADAMW"):
        make = torch.optim.Adam if kind == "ADAM" else torch.optim.AdamW
        return make([parameter], betas=(float32(0.9), float32(0.999)), eps=float32(1e-8), **options)
    if kind == "SGD":
        return torch.optim.SGD([parameter], momentum=momentum, **options)
    if kind == "RMSPROP":
        return torch.optim.RMSprop(
            [parameter], alpha=float32(0.99), eps=float32(1e-8), momentum=momentum, **options)
    return torch.optim.Adagrad([parameter], eps=float32(1e-10), **options)


def steps_of(kind, weight_decay, momentum, clip, steps=5, size=9):
    weight_decay, momentum = float32(weight_decay), float32(momentum)
    parameter = torch.nn.Parameter(torch.randn(size, dtype=torch.float64))
    content = {
        "kind": kind, "weightDecay": weight_decay, "momentum": momentum, "gradClip": clip,
        "start": flat(parameter), "rates": [float32(0.1 / (1 + step)) for step in range(steps)],
        "gradients": [], "parameters": [],
    }
    run = optimizer(kind, parameter, momentum, weight_decay)
    for step, rate in enumerate(content["rates"]):
        # Norms on both sides of the clip.
        parameter.grad = torch.randn(size, dtype=torch.float64) * (0.1 if step % 2 else 2.0)
        content["gradients"].append(flat(parameter.grad))
        if clip:
            torch.nn.utils.clip_grad_norm_([parameter], clip)
        run.param_groups[0]["lr"] = rate
        run.step()
        content["parameters"].append(flat(parameter))
    return content


def cross_entropy(rows=6, vocabulary=7):
    logits = (3 * torch.randn(rows, vocabulary, dtype=torch.float64)).requires_grad_()
    targets = torch.randint(vocabulary, (rows,))
    losses = torch.nn.functional.cross_entropy(logits, targets, reduction="none")
    losses.mean().backward()
    return {
        "rows": rows, "vocabulary": vocabulary, "logits": flat(logits), "targets": targets.tolist(),
        "losses": flat(losses), "dLogits": flat(logits.grad), "best": logits.argmax(1).tolist(),
    }


def stacks(cell):
    for layers in (1, 2):
        content = stack(cell, layers, dropout=False)
        check_against_one_module(content)
        write(f"rnn_{cell}_{layers}", content)
    write(f"rnn_{cell}_2_dropout", stack(cell, 2, dropout=True))


def all_sequences(cell):
    write(f"sequences_{cell}_lengths", sequences(cell, False, [3, 1, 4], dropout=False))
    write(f"sequences_{cell}_both", sequences(cell, True, [4, 4, 4], dropout=False))
    write(f"sequences_{cell}_both_lengths", sequences(cell, True, [3, 1, 4], dropout=False))
    write(f"sequences_{cell}_both_lengths_dropout", sequences(cell, True, [2, 4, 1], dropout=True))


def check_stepwise():
    """An LSTM of our own steps is PyTorch's, in both directions and over sequences of their own lengths."""

    class Lstm(own_cells.Stepwise):
        def step(self, a, c, own):
            i, f, g, o = a.chunk(4, dim=1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            return torch.sigmoid(o) * torch.tanh(c), c

    ours, theirs = (make(2, 3, 2, bidirectional=True).double() for make in (Lstm, torch.nn.LSTM))
    assert list(dict(ours.named_parameters())) == list(dict(theirs.named_parameters()))
    ours.load_state_dict(theirs.state_dict())
    x = torch.randn(4, 3, 2, dtype=torch.float64)
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor([3, 1, 4]), enforce_sorted=False)
    for read in (x, packed):
        results = [module(read) for module in (ours, theirs)]
        outputs = [y if read is x else torch.nn.utils.rnn.pad_packed_sequence(y)[0] for y, _ in results]
        torch.testing.assert_close(*outputs)
        torch.testing.assert_close(results[0][1], results[1][1])


def main():
    torch.manual_seed(20)
    for cell in CELLS:
        stacks(cell)
    for name, settings in OPTIMIZERS.items():
        write(f"optimizer_{name}", steps_of(**settings))
    write("cross_entropy", cross_entropy())
    torch.manual_seed(21)
    for cell in CELLS:
        all_sequences(cell)
    check_stepwise()
    for seed, cell in enumerate(own_cells.CELLS, start=22):
        torch.manual_seed(seed)
        stacks(cell)
        all_sequences(cell)
    torch.manual_seed(40)
    content = stack("lstm", 2, dropout=False, projection=4)
    check_against_one_module(content)
    write("rnn_lstm_projected_2", content)
    write("rnn_lstm_projected_2_dropout", stack("lstm", 2, dropout=True, projection=4))
    write("sequences_lstm_projected_both_lengths", sequences("lstm", True, [3, 1, 4], dropout=False, projection=2))


if __name__ == "__main__":
    main()
