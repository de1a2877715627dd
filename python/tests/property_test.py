"""What holds for any tree of modules."""
# pylint: disable=missing-function-docstring

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import strata

WIDTH = 4
LEAVES = st.sampled_from([
    lambda: nn.Linear(WIDTH, WIDTH), lambda: nn.Linear(WIDTH, WIDTH, bias=False), nn.ReLU,
    nn.Identity, lambda: nn.LayerNorm(WIDTH), lambda: nn.BatchNorm1d(WIDTH), nn.Dropout,
    lambda: nn.LazyLinear(WIDTH), lambda: nn.Bilinear(WIDTH, WIDTH, WIDTH), nn.Softmax])


class Joined(nn.Module):
    """Adds what its children give, and may leave some out."""

    def __init__(self, children, skip):
        super().__init__()
        self.parts = nn.ModuleList(children)
        self.skip = skip

    def forward(self, x):
        for number, part in enumerate(self.parts):
            if number != self.skip:
                x = x + (part(x, x) if isinstance(part, nn.Bilinear) else part(x))
        return x


def make(tree):
    if callable(tree):
        return tree()
    children, skip, share = tree
    modules = [make(child) for child in children]
    if share:
        modules.append(modules[0])
    return Joined(modules, skip)


TREES = st.recursive(
    LEAVES, lambda inner: st.tuples(st.lists(inner, min_size=1, max_size=4), st.integers(0, 5),
                                    st.booleans()), max_leaves=20)


def tensors(model):
    return {name: (id(tensor), None if nn.parameter.is_lazy(tensor) else tensor.clone())
            for name, tensor in [*model.named_parameters(), *model.named_buffers()]}


@settings(max_examples=150, deadline=None)
@given(tree=TREES, batch=st.integers(1, 3), train=st.booleans(),
       device=st.sampled_from(["shape", "cpu"]))
def test_any_tree(tree, batch, train, device):
    model = nn.Sequential(Joined([make(tree)], -1))
    before = tensors(model)
    # Batch normalization in training wants more than one value.
    result = strata.summary(model, (batch + 1, WIDTH), mode="train" if train else "eval",
                            device=device, verbose=0)
    layers = result.summary_list
    for column in ("params", "macs"):
        own = [layer.metric(column, "self") for layer in layers]
        if None in own:  # A lazy module that did not run: nobody knows.
            assert column == "params" and layers[0].metric(column) is None
            continue
        assert sum(own) == layers[0].metric(column) == int(result.to_dict()["totals"][column])
        for layer in layers:
            assert layer.metric(column) >= layer.metric(column, "self") >= 0
    assert len(layers) == len(list(model.named_modules(remove_duplicate=False)))
    assert str(result) and result.to_html() and result.to_markdown()
    after = tensors(model)
    assert before.keys() == after.keys()
    for name, (identity, value) in before.items():
        assert identity == after[name][0]
        assert value is None or torch.equal(value, after[name][1])
    unlazy = [p for p in model.parameters() if not nn.parameter.is_lazy(p)]
    if len(unlazy) == len(list(model.parameters())):
        assert result.total_params == sum(p.numel() for p in unlazy)
