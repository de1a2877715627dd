"""A live module's summary is that of the TorchScript file that was made of it."""

import os
import pathlib
import sys
import warnings

import pytest
import torch

import strata

MODELS = pathlib.Path(os.environ.get("STRATA_TEST_MODELS", "tests/models")).resolve()
sys.path.insert(0, str(MODELS))

import small_case  # noqa: E402  pylint: disable=wrong-import-position
import small_cases  # noqa: E402  pylint: disable=wrong-import-position


class Captured(Exception):
    """What would have been compiled."""

    def __init__(self, model):
        super().__init__()
        self.model = model


def capture(model, *_inputs, **_options):
    raise Captured(model)


def python_module(case):
    """The module of a case, or None where it is made otherwise."""
    torch.manual_seed(0)
    script, trace = small_case.script, small_case.trace
    small_case.script = lambda model: capture(model.eval())
    small_case.trace = capture
    try:
        case.build()
    except Captured as e:
        return e.model
    finally:
        small_case.script, small_case.trace = script, trace
    return None


def sizes_of(text):
    """`2x5:int64,3` as strata.summary takes it."""
    sizes, dtypes = [], []
    for part in filter(None, text.split(",")):
        size, _, dtype = part.partition(":")
        sizes.append(() if size == "()" else tuple(map(int, size.split("x"))))
        dtypes.append(getattr(torch, dtype or "float32"))
    return sizes, dtypes


def figures(result):
    return {layer.path: (layer.class_name, layer.metric("params"), layer.metric("macs"))
            for layer in result.summary_list}


# What the file is of cannot be had in Python.
OTHERWISE = {
    **dict.fromkeys(("bert", "gpt2", "llama", "t5"), "the package transformers is not here"),
    "to_list_values": "values decide how often it calls, and the file has others",
    "seed_dynamic": "its forward makes a module, which a trace has as one of its own",
}
# Only the totals are the same.
TOTALS = {
    "transformer": "the file runs its layers as one operator each, which there is not on meta",
    "torchinfo_cases": "some parts are scripted: shown as a whole",
    "norms": "an older spectral_norm's products are of a hook, which a trace has outside",
    "convolutions_scripted": "scripted parts",
    "attention_scripted": "scripted parts",
    "recurrent_scripted": "scripted parts",
}
CASES = [case for case in small_cases.CASES
         if case.runs and not case.error and case.name not in OTHERWISE]


def test_the_lists_are_of_cases():
    names = {case.name for case in small_cases.CASES}
    assert set(OTHERWISE) | set(TOTALS) <= names
    made = [case for case in CASES if python_module(case) is not None]
    assert len(made) >= 57  # Others are made of compiled modules alone.


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it(case):
    warnings.simplefilter("ignore")
    model = python_module(case)
    if model is None:
        return
    sizes, dtypes = sizes_of(case.input_size)
    mode = "train" if model.training else "eval"
    live = strata.summary(model, sizes or None, input_data=None if sizes else [], dtypes=dtypes,
                          mode=mode, verbose=0)
    file = strata.open(MODELS / "small" / f"{case.name}.pt", sizes, dtypes=dtypes, mode=mode)
    if case.name in TOTALS:
        assert figures(live)[""] == figures(file)[""]
    else:
        assert figures(live) == figures(file)
