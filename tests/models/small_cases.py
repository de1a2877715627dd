"""The table of small models: what make_small.py writes, and what each is for."""

import sys
from typing import Callable

import torch
from torch import nn

import small_case
import small_corpus
from small_case import Case
import small_operators
import small_runs
import small_shapes
import small_structures
import small_values

# torch.jit.script calls itself some ten frames deep for each level.
_DEEP_LEVELS = 200
_DEEP_FRAMES = 20 * _DEEP_LEVELS


def _script(make: Callable[[], nn.Module]) -> Callable[[], torch.jit.ScriptModule]:
    """Returns a function that makes a model and scripts it in eval mode."""
    return lambda: small_case.script(make())


def _frozen() -> torch.jit.ScriptModule:
    return torch.jit.freeze(torch.jit.script(small_operators.SmallConvNet().eval()))


def _in_train_mode() -> torch.jit.ScriptModule:
    return torch.jit.script(small_operators.Regularized().train())


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


def _deep() -> torch.jit.ScriptModule:
    sys.setrecursionlimit(_DEEP_FRAMES)
    return _script(lambda: small_structures.Nest(_DEEP_LEVELS))()


def _half_precision() -> nn.Module:
    return nn.Sequential(nn.Linear(8, 4)).to(torch.bfloat16)


CASES = [
    Case(
        "two_inputs",
        "two tensors in: `Linear(8, 4)` of each, summed",
        "2x8:float32,2x8:float32",
        _script(small_structures.TwoInputs),
    ),
    Case(
        "embedding",
        "integers in: `Embedding(100, 16)` and `Linear(16, 4)`",
        "2x5:int64",
        _script(small_operators.TokenClassifier),
    ),
    Case(
        "nested_outputs",
        "returns `Tuple[Tensor, Dict[str, List[Tensor]]]`; inside, `join` takes"
        " a `List[Tensor]` and `summarize` returns a `NamedTuple`",
        "2x8:float32",
        _script(small_structures.NestedOutputs),
    ),
    Case(
        "shared_weight",
        "`head.weight` is `embedding.weight`: 400 parameters, counted once",
        "2x5:int64",
        _script(small_structures.SharedWeight),
    ),
    Case(
        "siamese",
        "one `Linear(8, 4)` held as `left` and as `right`, called through both",
        "2x8:float32",
        _script(small_structures.Siamese),
    ),
    Case(
        "conditional",
        "`forward(x, flag=False)`: `branch` does not run by default",
        "2x8:float32",
        _script(small_structures.Conditional),
    ),
    Case(
        "containers",
        "`ModuleList` of `ModuleList`, `ModuleDict` of `ModuleList`; returns a list",
        "2x8:float32",
        _script(small_structures.Containers),
    ),
    Case(
        "bare_parameter",
        "the root multiplies by its own `weight` (6x8), beside two children",
        "2x8:float32",
        _script(small_structures.BareParameter),
    ),
    Case(
        "raises",
        "`block.checker` raises RuntimeError: shape of the world is wrong",
        "2x8:float32",
        _script(small_structures.Raises),
        error="shape of the world is wrong",
    ),
    Case(
        "frozen",
        "a convolutional network after `torch.jit.freeze`: weights are constants"
        " of the code, modules are gone",
        "1x3x16x16:float32",
        _frozen,
    ),
    Case(
        "dropout_train",
        "`Linear`, `BatchNorm1d`, `Dropout`, saved in train mode",
        "4x8:float32",
        _in_train_mode,
    ),
    Case(
        "lstm",
        "`LSTM(16, 32)` of two layers in both directions, and `Linear`",
        "3x10x16:float32",
        _script(small_operators.RecurrentTagger),
        keep_weights=False,
    ),
    Case(
        "transformer",
        "`TransformerEncoder`: 2 layers, width 64, 4 heads, batch first",
        "2x10x64:float32",
        _script(small_operators.encoder),
        keep_weights=False,
    ),
    Case(
        "padded_encoder",
        "`TransformerEncoder`: 2 layers, width 16, 2 heads, on sequences of 5, 3,"
        " 7 and 1 tokens, or as a second input (a mask) says",
        "4x10x16:float32",
        _script(small_operators.PaddedEncoder),
        keep_weights=False,
    ),
    Case(
        "mha",
        "`MultiheadAttention(64, 4)` of a sequence to itself",
        "2x10x64:float32",
        _script(small_operators.SelfAttention),
        keep_weights=False,
    ),
    Case(
        "transposed",
        "transposed (4 to 6), grouped (3 groups) and depthwise convolution",
        "1x4x8x8:float32",
        _script(small_operators.ConvolutionKinds),
    ),
    Case(
        "functional",
        "no child modules: `F.conv2d`, `F.linear`, `einsum`, `matmul` with"
        " broadcast, `baddbmm`, `bmm`, `addmm`",
        "2x3x8x8:float32",
        _script(small_operators.FunctionalOnly),
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
        "prints",
        "forward prints `hello` and the size",
        "2x4:float32",
        _script(small_structures.Prints),
    ),
    Case(
        "half",
        "`Linear(8, 4)` in bfloat16",
        "2x8:bfloat16",
        _script(_half_precision),
    ),
    Case(
        "complex",
        "a product with a complex64 matrix (4x8)",
        "2x8:complex64",
        _script(small_operators.ComplexLinear),
    ),
    Case(
        "custom_names",
        "names of wide characters: `层.编码器` and `层.デコーダ`. torch 2.13 writes"
        " them escaped in a way that it cannot read; make_small.py mends that",
        "2x8:float32",
        _script(small_structures.CustomNames),
    ),
    Case(
        "deep",
        "200 modules, each the only child of the one before, and a `Linear`",
        "2x8:float32",
        _deep,
    ),
    Case(
        "sequential_100",
        "`Sequential` of 100 times `Linear(8, 8)`",
        "1x8:float32",
        _script(lambda: small_operators.chain(100)),
    ),
    Case(
        "recursive",
        "one `Linear(8, 8)` called three times in a loop",
        "2x8:float32",
        _script(small_structures.Recursive),
    ),
    Case(
        "memory_chain",
        "`Linear(8, 16)`, `ReLU`, `Linear(16, 4)`: live bytes to follow by hand",
        "2x8:float32",
        _script(small_runs.MemoryChain),
    ),
    Case(
        "memory_branches",
        "a tensor that is held over a branch, and a ReLU in place",
        "2x8:float32",
        _script(small_runs.MemoryBranches),
    ),
    Case(
        "endless",
        "a layer, and a loop that never ends; it is not run when it is made",
        "2x8:float32",
        _script(small_runs.Endless),
        runs=False,
    ),
    Case(
        "named_inputs",
        "`forward(tokens, mask, scale=1.0)`",
        "1x3:int64,1x3:bool",
        _script(small_runs.NamedInputs),
    ),
    Case(
        "dict_input",
        "takes a `Dict[str, List[Tensor]]`; runs with `--inputs` alone",
        "5x8:float32",
        _script(small_runs.DictInput),
        runs=False,
    ),
    Case(
        "small_batch",
        "`BatchNorm1d(8)`, which cannot train on a batch of one",
        "1x8:float32",
        _script(small_runs.SmallBatch),
    ),
    Case(
        "sized_by_buffer",
        "repeats its input as often as a table of the file says; `Linear(8, 2)`",
        "2x8:float32",
        _script(small_values.SizedByBuffer),
        keep_weights=True,
    ),
    Case(
        "masked_by_buffer",
        "keeps the columns that a mask of the file names; `Linear(4, 2)`",
        "2x64:float32",
        _script(small_values.MaskedByBuffer),
        keep_weights=True,
    ),
    Case(
        "counted_buffer",
        "a size from a table that forward has written to; `Linear(8, 2)`",
        "2x8:float32",
        _script(small_values.CountedBuffer),
        keep_weights=True,
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
        "autocast",
        "`torch.autocast` regions in the code, bfloat16 and none inside of it",
        "2x8:float32",
        _script(small_shapes.Autocast),
    ),
    Case(
        "autocast_traced",
        "autocast after a trace: conversions, and a norm of bfloat16 numbers with"
        " float32 weights",
        "2x8:float32",
        _autocast_traced,
    ),
    Case(
        "complex_functions",
        "Fourier transforms, and the parts of complex numbers",
        "2x8:float32",
        _script(small_shapes.ComplexFunctions),
    ),
    Case(
        "factories",
        "makes tensors on a named device, changes them in place, views them",
        "2x8:float32",
        _script(small_shapes.Factories),
    ),
    Case(
        "to_list",
        "`tolist()` of a buffer, as a size",
        "2x8:float32",
        _script(small_shapes.ToList),
    ),
    Case(
        "to_list_values",
        "`tolist()` of what a layer gives back",
        "2x8:float32",
        _script(small_shapes.ListOfValues),
    ),
] + small_corpus.CASES
