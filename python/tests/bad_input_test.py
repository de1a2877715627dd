"""Errors name what is wrong, what was expected and what was found."""
# pylint: disable=missing-class-docstring,missing-function-docstring

import pytest
import torch
from torch import nn

import strata


def net():
    return nn.Sequential(nn.Linear(4, 8), nn.Sequential(nn.ReLU(), nn.Linear(9, 2)))


def error_of(kind, *args, **kwargs):
    with pytest.raises(kind) as caught:
        strata.summary(*args, **{"verbose": 0, **kwargs})
    return str(caught.value)


def test_a_shape_that_does_not_fit():
    message = error_of(strata.Error, net(), (2, 4))
    assert "'1.1' (Linear)" in message
    assert "[2x8 float32]" in message
    assert "mat1 and mat2 shapes cannot be multiplied (2x8 and 9x2)" in message


@pytest.mark.parametrize("device", ["cpu", "shape"])
def test_what_forward_raised_is_the_cause(device):
    with pytest.raises(strata.Error) as caught:
        strata.summary(net(), (2, 4), device=device, verbose=0)
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_what_ran_until_then():
    result = strata.summary(net(), (2, 4), partial=True, verbose=0)
    document = result.to_dict()
    assert document["run"]["incomplete"]
    assert "'1.1' (Linear)" in document["run"]["error"]
    assert result.summary_list[1].metric("macs") == 2 * 4 * 8
    assert str(result)


@pytest.mark.parametrize("args, kwargs, kind, words", [
    (("model.pt",), {}, TypeError, ["str", "torch.nn.Module"]),
    ((nn.Linear,), {}, TypeError, ["type", "torch.nn.Module"]),
    ((net(), (2, 4)), {"input_data": torch.zeros(2, 4)}, strata.Error,
     ["input_size", "input_data"]),
    ((net(), "2x4"), {}, TypeError, ["str", "(1, 3, 224, 224)"]),
    ((net(), (2, 4.5)), {}, TypeError, ["4.5", "integers"]),
    ((net(), (2, -4)), {}, ValueError, ["-4"]),
    ((net(), [(2, 4), (2, 4)]), {"dtypes": [torch.long, torch.long, torch.long]}, ValueError,
     ["3", "2 inputs"]),
    ((net(),), {"input_data": "text"}, TypeError, ["str"]),
    ((net(),), {"input_data": {1: torch.zeros(2)}}, TypeError, ["dict"]),
    ((net(), (2, 4)), {"timeout": 0}, strata.ArgumentError, ["timeout", "0", "seconds"]),
    ((net(), (2, 4)), {"verbose": 4}, ValueError, ["verbose", "4"]),
    ((net(), (2, 4)), {"col_width": 0}, ValueError, ["col_width", "0"]),
    ((net(), (2, 4)), {"mode": "evaluate"}, strata.ArgumentError, ["evaluate", "eval, train, same"]),
    ((net(), (2, 4)), {"row_settings": ["deep"]}, ValueError, ["deep", "ascii_only"]),
    ((nn.Linear(4, 8), (2, 4)), {"col_names": ["num_parms"]}, ValueError,
     ["num_parms", "num_params"]),
    ((nn.Linear(4, 8), (2, 4)), {"metrics": ["parms"]}, strata.Error, ["parms", "params"]),
    ((nn.Linear(4, 8), (2, 4)), {"options": {"latency.sub": "1"}}, strata.Error,
     ["latency", "subtract_watching"]),
    ((nn.Linear(4, 8), (2, 4)), {"plugin_path": "here"}, strata.Error, ["here", "absolute"]),
    ((nn.Linear(4, 8), (2, 4)), {"device": "cuda:7"}, strata.Error, ["cuda:7"]),
    ((nn.Linear(4, 8), (2, 4)), {"device": "tpu"}, strata.Error, ["tpu"]),
])
def test_arguments(args, kwargs, kind, words):
    message = error_of(kind, *args, **kwargs)
    for word in words:
        assert word in message


class Returns(nn.Module):
    def __init__(self, value):
        super().__init__()
        self.value = value

    def forward(self, _x):
        return self.value


@pytest.mark.parametrize("value", [None, 3, "text", [], {}, object()])
def test_a_forward_that_gives_no_tensor(value):
    result = strata.summary(Returns(value), (2, 4), verbose=0)
    assert result.summary_list[0].output_size == []
    assert str(result)


def test_a_forward_that_is_missing():
    message = error_of(strata.Error, nn.ModuleList([nn.Linear(2, 2)]), (2, 2))
    assert "forward" in message


class Endless(nn.Module):
    """Never returns: it computes, or does nothing, or catches all that is raised."""

    def __init__(self, kind):
        super().__init__()
        self.linear = nn.Linear(4, 4)
        self.inner = Waits(kind)

    def forward(self, x):
        return self.inner(self.linear(x))


class Waits(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.kind = kind
        self.caught = 0

    def forward(self, x):
        while True:
            if self.kind == "computes":
                x = torch.relu(x)
            elif self.kind == "catches":
                try:
                    while True:
                        pass
                except BaseException:  # pylint: disable=broad-exception-caught
                    self.caught += 1
                    if self.caught > 1:
                        raise


@pytest.mark.parametrize("kind", ["computes", "does nothing", "catches"])
@pytest.mark.parametrize("device", [None, "cpu"])
def test_a_forward_that_never_returns(kind, device):
    model = Endless(kind)
    message = error_of(strata.Error, model, (2, 4), device=device, timeout=0.2)
    assert "not done after 0.2 s" in message
    assert "in 'inner' (Waits), given [2x4 float32]" in message
    assert "forward" not in vars(model.inner) and model.inner.caught == 0
    result = strata.summary(model, (2, 4), device=device, timeout=0.2, partial=True, verbose=0)
    assert result.to_dict()["run"]["incomplete"]
    assert result.summary_list[1].metric("macs") == 2 * 4 * 4


def test_a_forward_that_returns_in_time():
    for _ in range(20):
        assert strata.summary(net()[0], (2, 4), timeout=60, verbose=0).total_params == 40


class Convolves(nn.Module):
    def __init__(self, function, weight, options):
        super().__init__()
        self.function, self.options = function, options
        self.weight = nn.Parameter(weight)

    def forward(self, x):
        return self.function(x, self.weight, **self.options)


@pytest.mark.parametrize("device", ["shape", "cpu"])
@pytest.mark.parametrize("name, weight, options, words", [
    ("conv2d", (4, 4, 3, 3), {"stride": 0}, ["stride"]),
    ("conv2d", (4, 4, 3, 3), {"stride": (1, -1)}, ["stride"]),
    ("conv_transpose2d", (4, 4, 3, 3), {"stride": 0}, ["stride"]),
    ("conv2d", (4, 4, 3, 3), {"dilation": 0}, ["dilation"]),
    ("conv2d", (4, 4, 3, 3), {"padding": -3}, ["padding"]),
    ("conv2d", (5, 2, 3, 3), {"groups": 2}, ["groups=2", "divisible by 2"]),
    ("conv2d", (4, 4, 3, 3), {"groups": 0}, ["groups"]),
    ("conv2d", (4, 4, 3, 3), {"bias": torch.ones(7)}, ["bias", "4 elements", "[7]"]),
    ("conv_transpose2d", (4, 4, 3, 3), {"stride": 2, "output_padding": 5}, ["output", "padding"]),
])
def test_a_convolution_that_there_is_not(device, name, weight, options, words):
    """The same is refused where only shapes are known; none ends the process."""
    model = Convolves(getattr(nn.functional, name), torch.ones(weight), options)
    message = error_of(strata.Error, model, (1, 4, 8, 8), device=device)
    assert "(Convolves), given [1x4x8x8 float32]" in message
    for word in words:
        assert word in message


def test_an_output_that_holds_itself():
    value = {"x": torch.zeros(2)}
    value["again"] = value
    assert strata.summary(Returns(value), (2, 4), verbose=0).summary_list[0].output_size == [2]


def test_files():
    with pytest.raises(strata.Error, match="no such file|not exist|cannot"):
        strata.open("/nowhere/model.pt")


def test_a_name_that_no_format_has(tmp_path):
    result = strata.summary(nn.Linear(2, 2), (1, 2), verbose=0)
    with pytest.raises(strata.Error, match="x.docx"):
        result.save(tmp_path / "x.docx")
    assert list(tmp_path.iterdir()) == []
