"""Metrics and formats in Python."""
# pylint: disable=missing-class-docstring,missing-function-docstring

import importlib.metadata

import pytest
import torch
from torch import nn

import strata

SIZE = (2, 4)


def net():
    return nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU())


def figures(result, column, part="total"):
    return {layer.path: layer.metric(column, part) for layer in result.summary_list}


@strata.metric("relus", title="ReLUs")
class Relus:
    """How many ReLUs ran."""

    def visit_op(self, op):
        return op.name == "aten::relu"


@strata.metric("widest", unit="bytes")
class Widest:
    """By module: bytes of the largest output."""

    def begin_run(self, modules, device):
        self.device = device
        self.found = {module["path"]: 0 for module in modules}

    def leave_module(self, call):
        for tensor in call.outputs:
            elements = 1
            for n in tensor.shape:
                elements *= n
            self.found[call.path] = max(self.found[call.path], 4 * elements)

    def collect(self, _modules):
        return self.found


@strata.metric("halves", real=True)
class Halves:
    def enter_module(self, _call):
        return 0.5


def test_operators():
    result = strata.summary(net(), SIZE, metrics=["params", "relus"], verbose=0)
    assert figures(result, "relus") == {"": 2, "0": 0, "1": 1, "2": 0, "3": 1}
    assert "ReLUs" in str(result)


def test_all_figures_at_the_end():
    result = strata.summary(net(), SIZE, metrics=["widest"], verbose=0)
    assert figures(result, "widest", "self") == {
        "": 4 * 2 * 8, "0": 4 * 2 * 8, "1": 4 * 2 * 8, "2": 4 * 2 * 8, "3": 4 * 2 * 8}


def test_figures_that_are_no_counts():
    result = strata.summary(net(), SIZE, metrics=["halves"], verbose=0)
    assert figures(result, "halves", "self")["0"] == 0.5
    assert figures(result, "halves")[""] == 2.5


def test_what_an_operator_is_shown_with():
    seen = []

    @strata.metric("shown")
    class Shown:  # pylint: disable=unused-variable
        def visit_op(self, op):
            if op.nesting == 0 and op.name == "aten::linear":
                seen.append((op.path, op.type, [tuple(a.shape) for a in op.arguments[:2]],
                             op.outputs[0].shape, op.outputs[0].dtype))
    strata.summary(net(), SIZE, metrics=["shown"], verbose=0)
    assert seen[0] == ("0", "Linear", [(2, 4), (8, 4)], (2, 8), "float32")


@pytest.mark.parametrize("method, value, words", [
    ("visit_op", "raises", ["ZeroDivisionError"]),
    ("visit_op", 1.5, ["figures", "float"]),
    ("collect", {"nowhere": 1}, ["nowhere"]),
    ("collect", 7, ["dict"]),
])
def test_one_that_is_wrong_costs_its_own_column_alone(method, value, words):
    def wrong(_self, _argument):
        return 1 // 0 if value == "raises" else value

    strata.metric("wrong")(type("Wrong", (), {method: wrong}))
    result = strata.summary(net(), SIZE, metrics=["params", "wrong"], verbose=0)
    assert result.total_params == (4 * 8 + 8) + (8 * 8 + 8)
    warning = next(w for w in result.warnings if "wrong" in w)
    for word in words:
        assert word in warning


def test_formats():
    @strata.formatter("count")
    def count(result):
        """How many modules."""
        return f"{len(result.summary_list)} modules"
    result = strata.summary(net(), SIZE, verbose=0)
    assert result.format("count") == count(result) == "5 modules"


def test_they_are_listed_with_the_others():
    strata.formatter("listed")(lambda result: "")
    found = {(plugin.kind, plugin.name): plugin for plugin in strata.plugins()}
    assert found["metric", "relus"].description == "How many ReLUs ran."
    assert ("formatter", "listed") in found
    for kind, name in (("metric", "macs"), ("formatter", "html"), ("source", "torchscript")):
        assert found[kind, name].state == "usable"
        assert found[kind, name].file.endswith(f"{name}.so")


def test_those_of_installed_packages(tmp_path, monkeypatch):
    (tmp_path / "strata_of_others.py").write_text(
        "import strata\n"
        "@strata.metric('of_others')\n"
        "class Metric:\n"
        "    def visit_op(self, op):\n"
        "        return 1\n")
    info = tmp_path / "strata_of_others-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strata-of-others\nVersion: 1\n")
    (info / "entry_points.txt").write_text(
        "[strata.metrics]\nof_others = strata_of_others:Metric\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches() if hasattr(importlib, "invalidate_caches") else None
    assert ("metric", "of_others") in {(p.kind, p.name) for p in strata.plugins()}
    result = strata.summary(nn.ReLU(), SIZE, metrics=["of_others"], verbose=0)
    assert result.summary_list[0].metric("of_others") >= 1


def test_options_of_plugins():
    result = strata.summary(net(), SIZE, metrics=["latency"], device="cpu", runs=2, warmup=1,
                            options={"latency.subtract_watching": "true"}, verbose=0)
    assert result.summary_list[0].metric("latency_us") > 0
    assert torch.is_grad_enabled()
