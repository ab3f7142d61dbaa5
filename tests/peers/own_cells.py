"""Cells that PyTorch has no module of, a step at a time by their formulas; autograd has their gradients."""

import math

import torch
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence


class Stepwise(torch.nn.Module):
    """A stack with the parameters, first values, arguments and results of torch.nn.LSTM, whose steps a subclass has."""

    GATES = 4
    VECTORS = {}  # further tensors of a layer: name -> rows per unit

    def __init__(self, inputs, hidden, layers=1, bias=True, bidirectional=False):
        super().__init__()
        self.hidden, self.layers, self.directions = hidden, layers, 2 if bidirectional else 1
        for layer in range(layers):
            for direction in range(self.directions):
                width = inputs if layer == 0 else self.directions * hidden
                rows = self.GATES * hidden
                shapes = {"weight_ih": (rows, width), "weight_hh": (rows, hidden)}
                if bias:
                    shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
                shapes |= {name: (count * hidden,) for name, count in self.VECTORS.items()}
                for name, shape in shapes.items():
                    value = torch.empty(shape).uniform_(-1 / math.sqrt(hidden), 1 / math.sqrt(hidden))
                    self.register_parameter(self._name(name, layer, direction), torch.nn.Parameter(value))

    @staticmethod
    def _name(name, layer, direction):
        return f"{name}_l{layer}" + ("_reverse" if direction else "")

    def step(self, a, c, own):
        """a [B,G·H] and c [B,H] -> h, c after the step; own(name) is a further tensor of the layer."""
        raise NotImplementedError

    def _direction(self, x, h, c, layer, direction):
        """x [T,B,I] -> y [T,B,H] in the order of reading, with the last h and c."""
        def own(name):
            return getattr(self, self._name(name, layer, direction), None)

        y = []
        for step in x:
            a = torch.nn.functional.linear(step, own("weight_ih"), own("bias_ih"))
            h, c = self.step(a + torch.nn.functional.linear(h, own("weight_hh"), own("bias_hh")), c, own)
            y.append(h)
        return torch.stack(y), h, c

    def forward(self, x, state=None):
        if isinstance(x, PackedSequence):
            return self._packed(x)
        shape = (self.layers * self.directions, x.shape[1], self.hidden)
        h0, c0 = state if state is not None else (x.new_zeros(shape), x.new_zeros(shape))
        h_last, c_last = [], []
        for layer in range(self.layers):
            outputs = []
            for direction in range(self.directions):
                place = layer * self.directions + direction
                read = x.flip(0) if direction else x
                y, h, c = self._direction(read, h0[place], c0[place], layer, direction)
                outputs.append(y.flip(0) if direction else y)
                h_last.append(h)
                c_last.append(c)
            x = torch.cat(outputs, dim=-1)
        return x, (torch.stack(h_last), torch.stack(c_last))

    def _packed(self, packed):
        """Each sequence by itself."""
        x, lengths = pad_packed_sequence(packed)
        results = [self(x[:length, b : b + 1]) for b, length in enumerate(lengths)]
        y = torch.nn.utils.rnn.pad_sequence([y[:, 0] for y, _ in results])
        states = tuple(torch.cat([state[part] for _, state in results], dim=1) for part in range(2))
        return pack_padded_sequence(y, lengths, enforce_sorted=False), states


class CoupledLstm(Stepwise):
    """CIFG (Greff et al. 2016): the forget gate is 1 − input gate; rows i, g, o."""

    GATES = 3

    def step(self, a, c, own):
        i, g, o = a.chunk(3, dim=1)
        i = torch.sigmoid(i)
        c = (1 - i) * c + i * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class PeepholeLstm(Stepwise):
    """Gers and Schmidhuber (2000): i and f see the c before the step, o that after it;
    peepholes in the order i, f, o."""

    VECTORS = {"weight_peephole": 3}

    def step(self, a, c, own):
        i, f, g, o = a.chunk(4, dim=1)
        p_i, p_f, p_o = own("weight_peephole").chunk(3)
        c = torch.sigmoid(f + p_f * c) * c + torch.sigmoid(i + p_i * c) * torch.tanh(g)
        return torch.sigmoid(o + p_o * c) * torch.tanh(c), c


class LayerNormLstm(Stepwise):
    """Ba, Kiros and Hinton (2016): both products normalised over all gates, and c on its way to h;
    bias_ih and bias_hh are the shifts of the first two."""

    VECTORS = {"weight_ln_ih": 4, "weight_ln_hh": 4, "weight_ln_c": 1, "bias_ln_c": 1}

    def _direction(self, x, h, c, layer, direction):
        def own(name):
            return getattr(self, self._name(name, layer, direction))

        def normed(values, gain, shift):
            return torch.nn.functional.layer_norm(values, values.shape[-1:], own(gain), own(shift))

        y = []
        for step in x:
            a = normed(step @ own("weight_ih").T, "weight_ln_ih", "bias_ih")
            a = a + normed(h @ own("weight_hh").T, "weight_ln_hh", "bias_hh")
            i, f, g, o = a.chunk(4, dim=1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(normed(c, "weight_ln_c", "bias_ln_c"))
            y.append(h)
        return torch.stack(y), h, c


CELLS = {"lstm_coupled": CoupledLstm, "lstm_peephole": PeepholeLstm, "lstm_layer_norm": LayerNormLstm}
