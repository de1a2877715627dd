"""A program that used torchinfo, and what it gets."""
# pylint: disable=missing-class-docstring,missing-function-docstring

import copy
import io
import json
import pickle
from contextlib import redirect_stdout

import numpy
import pandas
import pytest
import torch
import torchinfo
from torch import nn

import strata
from strata import summary


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 10)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = torch.max_pool2d(torch.relu(self.conv2(x)), 2)
        return self.fc2(torch.relu(self.fc1(x.flatten(1))))


PARAMS = (6 * 25 + 6) + (16 * 6 * 25 + 16) + (400 * 120 + 120) + (120 * 10 + 10)
MACS = 6 * 25 * 28 * 28 + 16 * 6 * 25 * 10 * 10 + 400 * 120 + 120 * 10
SIZE = (1, 1, 28, 28)


def quiet(*args, **kwargs):
    return summary(*args, verbose=0, **kwargs)


def test_the_numbers():
    result = quiet(LeNet(), SIZE)
    assert result.total_params == result.trainable_params == PARAMS
    assert result.total_mult_adds == MACS
    assert result.total_input == 28 * 28 * 4
    assert result.total_param_bytes == 4 * PARAMS
    assert result.total_output_bytes == 4 * (6 * 28 * 28 + 16 * 10 * 10 + 120 + 10)
    assert result.input_size == SIZE
    assert [layer.class_name for layer in result.summary_list] == [
        "LeNet", "Conv2d", "Conv2d", "Linear", "Linear"]
    assert [layer.num_params for layer in result.summary_list[1:]] == [
        156, 2416, 48120, 1210]


@pytest.mark.parametrize("name", [
    "total_params", "trainable_params", "total_param_bytes", "input_size", "total_input",
    "total_mult_adds", "total_output_bytes", "summary_list"])
def test_every_name_of_torchinfos_result_is_there(name):
    theirs = torchinfo.summary(LeNet(), SIZE, verbose=0)
    assert hasattr(theirs, name)
    ours = quiet(LeNet(), SIZE)
    assert getattr(ours, name) is not None
    if name in ("total_params", "trainable_params", "total_param_bytes"):
        assert getattr(ours, name) == getattr(theirs, name)


def test_every_argument_of_torchinfos_function_is_there():
    import inspect  # pylint: disable=import-outside-toplevel
    theirs = list(inspect.signature(torchinfo.summary).parameters)
    ours = list(inspect.signature(summary).parameters)
    assert ours[:len(theirs) - 1] == theirs[:-1]  # But for **kwargs, in the same order.
    assert ours[-1] == "kwargs"


@pytest.mark.parametrize("options, shapes", [
    ({"input_size": (2, 4)}, [[2, 4]]),
    ({"input_size": [2, 4]}, [[2, 4]]),
    ({"input_size": [(2, 4)]}, [[2, 4]]),
    ({"input_size": ((2, 4),)}, [[2, 4]]),
    ({"input_size": torch.Size([2, 4])}, [[2, 4]]),
    ({"input_size": (4,), "batch_dim": 0}, [[1, 4]]),
    ({"input_data": torch.zeros(3, 4)}, [[3, 4]]),
    ({"input_data": [torch.zeros(3, 4)]}, [[3, 4]]),
    ({"input_data": (torch.zeros(3, 4),)}, [[3, 4]]),
    ({"input_data": {"input": torch.zeros(3, 4)}}, [[3, 4]]),
    ({"input_data": numpy.zeros((3, 4), dtype=numpy.float32)}, [[3, 4]]),
    ({"input": torch.zeros(5, 4)}, [[5, 4]]),
])
def test_forms_of_inputs(options, shapes):
    result = quiet(nn.Linear(4, 8), **options)
    assert [tensor["shape"] for tensor in result.to_dict()["run"]["inputs"]] == shapes
    assert result.total_mult_adds == shapes[0][0] * 4 * 8


class Several(nn.Module):
    def forward(self, x, pair, *, scale=None):
        y = x @ pair["a"] + pair["b"][0]
        return y if scale is None else y * scale


def test_several_nested_and_keyword_inputs():
    pair = {"a": torch.zeros(4, 8), "b": [torch.zeros(8)]}
    result = quiet(Several(), input_data=[torch.zeros(2, 4), pair], scale=torch.zeros(8))
    assert result.input_size == [(2, 4), {"a": (4, 8), "b": [(8,)]}]
    assert result.total_input == 4 * (2 * 4 + 4 * 8 + 8 + 8)
    assert result.total_mult_adds == 2 * 4 * 8


@pytest.mark.parametrize("options, sizes", [
    ({"input_size": (2, 4)}, (2, 4)),
    ({"input_data": torch.zeros(3, 4)}, torch.Size([3, 4])),
    ({"input_data": [torch.zeros(3, 4)]}, [torch.Size([3, 4])]),
    ({"input_data": {"input": torch.zeros(3, 4)}}, {"input": torch.Size([3, 4])}),
])
def test_sizes_are_told_as_they_were_given(options, sizes):
    assert quiet(nn.Linear(4, 8), **options).input_size == sizes


def test_integers_are_zeros():
    result = quiet(nn.Embedding(3, 4), (2, 5), dtypes=[torch.long])
    assert quiet(nn.Embedding(3, 4), (2, 5), dtypes=[torch.LongTensor]).to_json() == (
        result.to_json())
    assert result.summary_list[0].output_size == [2, 5, 4]


def test_without_inputs_nothing_runs():
    result = quiet(LeNet())
    assert result.total_params == PARAMS
    assert "macs" not in result.to_dict()["totals"]


def test_a_forward_without_arguments():
    class Nothing(nn.Module):
        def forward(self):
            return torch.zeros(2, 3) @ torch.zeros(3, 4)
    assert quiet(Nothing(), input_data=[]).total_mult_adds == 2 * 3 * 4


def printed(*args, **kwargs):
    with redirect_stdout(io.StringIO()) as stream:
        summary(*args, **kwargs)
    return stream.getvalue()


def test_what_is_printed():
    assert "conv1 (Conv2d)" in printed(LeNet(), SIZE)
    assert printed(LeNet(), SIZE, verbose=0) == ""
    assert "weight" in printed(LeNet(), SIZE, verbose=2)
    assert printed(LeNet(), SIZE, format="markdown").startswith("### LeNet")


def test_columns_and_rows():
    text = printed(LeNet(), SIZE, col_names=["input_size", "kernel_size", "mult_adds"],
                   row_settings=["depth", "ascii_only"], depth=1)
    assert "Conv2d: 1-1" in text
    assert "[5, 5]" in text
    assert text.isascii()


def test_torchinfos_own_enumerations():
    names = [torchinfo.enums.ColumnSettings.OUTPUT_SIZE, torchinfo.enums.ColumnSettings.NUM_PARAMS]
    rows = [torchinfo.enums.RowSettings.DEPTH]
    assert "Conv2d: 1-1" in printed(LeNet(), SIZE, col_names=names, row_settings=rows,
                                    mode=torchinfo.enums.Mode.EVAL)


@pytest.mark.parametrize("mode, training", [("eval", False), ("train", True), (None, False)])
def test_modes(mode, training):
    seen = []

    class Seen(nn.Module):
        def forward(self, x):
            seen.append(self.training)
            return x
    quiet(Seen(), (2, 4), mode=mode)
    assert seen == [training]


def test_the_forms_of_a_result(tmp_path):
    result = quiet(LeNet(), SIZE)
    assert str(result) == result.format("table")
    assert json.loads(result.to_json())["totals"]["params"] in (PARAMS, str(PARAMS))
    assert result.to_markdown().startswith("### LeNet")
    frame = result.to_dataframe()
    assert isinstance(frame, pandas.DataFrame)
    assert frame.set_index("path").loc["", "macs"] == MACS
    for ending in (".html", ".md", ".json", ".csv", ".txt", ".svg", ".pb"):
        result.save(tmp_path / f"x{ending}")
        assert (tmp_path / f"x{ending}").stat().st_size > 50
    assert (tmp_path / "x.pb").read_bytes() == result.message


def test_a_result_can_be_kept_and_sent():
    result = quiet(LeNet(), SIZE, depth=1)
    for again in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result)):
        assert str(again) == str(result)
        assert again.message == result.message


def test_time_is_measured_where_something_computes():
    result = quiet(LeNet(), SIZE, metrics=["latency"], device="cpu", runs=3, warmup=1)
    us = {layer.path: layer.metric("latency_us") for layer in result.summary_list}
    assert us[""] > 0
    own = sum(layer.metric("latency_us", "self") for layer in result.summary_list)
    assert own == pytest.approx(us[""], rel=1e-4)  # JSON has six digits.
    left_out = quiet(LeNet(), SIZE, metrics=["latency", "params"])
    assert "latency" in " ".join(left_out.warnings)


def test_memory_is_predicted_from_shapes():
    totals = quiet(nn.Sequential(nn.Linear(256, 256), nn.ReLU()), (64, 256),
                   metrics=["memory"]).to_dict()["totals"]
    assert int(totals["param_bytes"]) == 4 * (256 * 256 + 256)
    # Two results of 64 x 256 floats are alive when ReLU has made its own.
    assert int(totals["activation_bytes"]) == 2 * 64 * 256 * 4


@pytest.mark.parametrize("device", ["shape", "cpu"])
def test_memory_of_training_is_that_of_the_file(tmp_path, device):
    model = nn.Sequential(nn.Linear(256, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Linear(256, 8))
    torch.jit.script(model).save(tmp_path / "m.pt")
    live = quiet(model, (64, 256), metrics=["memory"], device=device).to_dict()["totals"]
    file = strata.open(tmp_path / "m.pt", (64, 256), metrics=["memory"],
                       device=device).to_dict()["totals"]
    for name in ("saved_bytes", "gradient_bytes", "adam_bytes", "predicted_adam_allocated_bytes",
                 "predicted_sgd_reserved_bytes"):
        assert live[name] == file[name], name


def test_files(tmp_path):
    model = LeNet().eval()
    torch.jit.script(model).save(tmp_path / "m.pt")
    strata.export(model, (torch.zeros(SIZE),), tmp_path / "m.pt2")
    for file, size in (("m.pt", SIZE), ("m.pt2", None)):
        result = strata.open(tmp_path / file, size)
        assert (result.total_params, result.total_mult_adds) == (PARAMS, MACS)


def test_an_exported_program_with_open_sizes(tmp_path):
    batch = torch.export.Dim("batch", min=2)
    strata.export(LeNet().eval(), (torch.zeros(4, 1, 28, 28),), tmp_path / "m.pt2",
                  dynamic_shapes={"x": {0: batch}})
    document = strata.open(tmp_path / "m.pt2").to_dict()
    name = document["run"]["open_sizes"][0]["name"]
    assert strata.open(tmp_path / "m.pt2", dim={name: 8}).total_mult_adds == 8 * MACS
