"""The table of small models: what make_small.py writes, and what each is for."""

import sys
from typing import Callable

import torch
from torch import nn

import small_case
from small_case import Case
import small_converted
import small_corpus
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


def _in_train_mode() -> torch.jit.ScriptModule:
    return torch.jit.script(small_operators.Regularized().train())


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
        "autocast",
        "`torch.autocast` regions in the code, bfloat16 and none inside of it",
        "2x8:float32",
        _script(small_shapes.Autocast),
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
] + small_converted.CASES + small_corpus.CASES
