"""The table of small models that PyTorch changed: traced, frozen, quantized."""

import torch
from torch import nn

import small_case
from small_case import Case
import small_operators
import small_shapes
import small_structures


def _frozen() -> torch.jit.ScriptModule:
    return torch.jit.freeze(torch.jit.script(small_operators.SmallConvNet().eval()))


def _quantized() -> torch.jit.ScriptModule:
    model = small_operators.perceptron().eval()
    quantized = torch.ao.quantization.quantize_dynamic(
        model, {nn.Linear}, dtype=torch.qint8
    )
    return torch.jit.script(quantized)


def _quantized_convolutions() -> torch.jit.ScriptModule:
    model = small_operators.QuantizedConvolutions().eval()
    model.qconfig = torch.ao.quantization.get_default_qconfig("fbgemm")
    prepared = torch.ao.quantization.prepare(model)
    prepared(torch.rand(1, 3, 8, 8))
    return torch.jit.script(torch.ao.quantization.convert(prepared))


def _quantized_recurrent() -> torch.jit.ScriptModule:
    model = small_operators.Recurrent().eval()
    quantized = torch.ao.quantization.quantize_dynamic(
        model, {nn.LSTM}, dtype=torch.qint8
    )
    return torch.jit.script(quantized)


def _quantized_frozen() -> torch.jit.ScriptModule:
    return torch.jit.freeze(torch.jit.script(small_shapes.quantized_residual()))


def _quantized_functions() -> torch.jit.ScriptModule:
    image = torch.rand(1, 3, 8, 8)
    return small_case.trace(small_shapes.QuantizedFunctions().eval(), image)


def _autocast_traced() -> torch.jit.ScriptModule:
    model = small_shapes.Autocast().eval()
    return torch.jit.trace(model, torch.rand(2, 8), check_trace=False)


def _partly_frozen() -> torch.jit.ScriptModule:
    scripted = torch.jit.script(small_structures.TwoInputs().eval())
    return torch.jit.freeze(scripted, preserved_attrs=["right"])


def _constant() -> torch.jit.ScriptModule:
    model = small_structures.Doubled().eval()
    return torch.jit.trace(model, torch.zeros(2, 3))


def _traced() -> torch.jit.ScriptModule:
    return torch.jit.trace(small_structures.Traced().eval(), torch.zeros(2, 8))


CASES = [
    Case(
        "frozen",
        "a convolutional network after `torch.jit.freeze`: weights are constants"
        " of the code, modules are gone",
        "1x3x16x16:float32",
        _frozen,
    ),
    Case(
        "quantized",
        "two linear layers after `quantize_dynamic` (packed int8 weights)",
        "2x16:float32",
        _quantized,
    ),
    Case(
        "quantized_conv",
        "after static quantization: `Conv2d(3, 8, 3)`, depthwise"
        " `Conv2d(8, 8, 3)`, `Linear(128, 4)`",
        "1x3x8x8:float32",
        _quantized_convolutions,
    ),
    Case(
        "quantized_lstm",
        "`LSTM(5, 7)` after `quantize_dynamic` (its weights are in an object of"
        " LibTorch's own)",
        "3x2x5:float32",
        _quantized_recurrent,
    ),
    Case(
        "partly_frozen",
        "`two_inputs` after `torch.jit.freeze` that keeps `right`",
        "2x8:float32,2x8:float32",
        _partly_frozen,
    ),
    Case(
        "constant",
        "a trace that holds a tensor as a constant and has no parameters",
        "2x3:float32",
        _constant,
    ),
    Case(
        "traced",
        "a trace: `twice` was called twice, `branch` and `spare` not at all,"
        " `left` is `right`, `scale` is read from outside",
        "2x8:float32",
        _traced,
    ),
    Case(
        "quantized_residual",
        "after static quantization: two convolutions with fused norms, `add_relu`,"
        " `cat`, `mul`, pooling, upsampling, `Linear(16, 4)`",
        "1x3x8x8:float32",
        lambda: torch.jit.script(small_shapes.quantized_residual()),
        keep_weights=False,
    ),
    Case(
        "quantized_frozen",
        "quantized_residual after `torch.jit.freeze`",
        "1x3x8x8:float32",
        _quantized_frozen,
        keep_weights=False,
    ),
    Case(
        "quantized_embeddings",
        "`Embedding(10, 12)` and `EmbeddingBag(10, 12)` of bytes",
        "2x2:int64",
        lambda: torch.jit.script(small_shapes.quantized_embeddings()),
    ),
    Case(
        "quantized_half",
        "`Linear(4, 6)` and `LSTM(6, 5)` with packed weights of half precision",
        "3x2x4:float32",
        lambda: torch.jit.script(small_shapes.half_layers()),
    ),
    Case(
        "quantized_functions",
        "traced: views, copies and functions of quantized tensors",
        "1x3x8x8:float32",
        _quantized_functions,
    ),
    Case(
        "autocast_traced",
        "autocast after a trace: conversions, and a norm of bfloat16 numbers with"
        " float32 weights",
        "2x8:float32",
        _autocast_traced,
    ),
]
