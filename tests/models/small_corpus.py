"""The table of small models after what users have, and of benches of layers."""

from typing import Callable, Sequence

import torch
from torch import nn

import small_attention
import small_bench
import small_case
from small_bench import Part
from small_case import Case
import small_convolutions
import small_language
import small_products
import small_recurrent
import small_seeds
import small_torchinfo


def _script(make: Callable[..., nn.Module], *arguments):
    return lambda: small_case.script(make(*arguments))


def _traced(make: Callable[[], Sequence[Part]], train: bool = False):
    return lambda: small_bench.traced(make(), train)


def _conditional_traced() -> torch.jit.ScriptModule:
    model = small_seeds.ConditionalModel().eval()
    return small_case.trace(model, (torch.zeros(1, 10), torch.tensor(False)))


def _dynamic() -> torch.jit.ScriptModule:
    model = small_seeds.DynamicModel().eval()
    # The first call makes the layer; that of the trace makes another.
    model(torch.zeros(1, 10))
    return small_case.trace(model, torch.zeros(1, 10))


def _extended() -> torch.jit.ScriptModule:
    model = small_seeds.ExtendedModel()
    model.added.add_module("linear2", nn.Linear(5, 2))
    model.added.add_module("act", nn.ReLU())
    return small_case.script(model)


def _custom_layer() -> nn.Module:
    return nn.Sequential(nn.Linear(10, 5), small_seeds.CustomLayer(5, 2))


def _quantized(make: Callable[[], nn.Module], *kinds: type):
    """Returns a function that quantizes layers of these kinds dynamically."""

    def build() -> torch.jit.ScriptModule:
        quantized = torch.ao.quantization.quantize_dynamic(
            make().eval(), set(kinds), dtype=torch.qint8
        )
        return torch.jit.script(quantized)

    return build


def _zeros(name: str, holds: str, input_size: str, build) -> Case:
    """A case whose weights are many, and zeros in the file."""
    return Case(name, holds, input_size, build, keep_weights=False)


_SEEDS = [
    Case(
        "seed_conditional",
        "the seeds' `ConditionalModel`, scripted: `condition` is a `bool`",
        "1x10,():bool",
        _script(small_seeds.ConditionalModel),
    ),
    Case(
        "seed_conditional_taken",
        "the same with `condition=True` as the default",
        "1x10",
        _script(small_seeds.ConditionalByDefault),
    ),
    Case(
        "seed_conditional_traced",
        "the same, traced with `condition` false: the branch is lost",
        "1x10,():bool",
        _conditional_traced,
    ),
    Case(
        "seed_dynamic",
        "`DynamicModel`, traced: forward makes a new `linear2` each time, and"
        " runs that and not the one of the file",
        "1x10",
        _dynamic,
    ),
    Case(
        "seed_extended",
        "modules that were added after construction",
        "1x10",
        _extended,
    ),
    Case(
        "seed_custom_layer",
        "`CustomLayer`: a bare weight and no bias",
        "1x10",
        _script(_custom_layer),
    ),
    Case("seed_simple_net", "`SimpleNet`", "1x10", _script(small_seeds.SimpleNet)),
    _zeros(
        "seed_simple_cnn",
        "`SimpleCNN`: three channels, 28x28",
        "1x3x28x28",
        _script(small_seeds.SimpleCNN, 3),
    ),
    _zeros(
        "seed_simple_cnn_grey",
        "`SimpleCNN` with one channel",
        "1x1x28x28",
        _script(small_seeds.SimpleCNN, 1),
    ),
    Case(
        "nested_containers",
        "`ModuleDict` of `ModuleList` of `ModuleDict`; one entry is not used, one"
        " list is empty",
        "2x8",
        _script(small_seeds.NestedContainers),
    ),
    Case(
        "methods",
        "forward calls another method twice, which calls a layer in a loop",
        "2x8",
        _script(small_seeds.Refiner),
    ),
]

_NETWORKS = [
    _zeros(
        "siamese_conv",
        "one encoder of images, called for each of two",
        "1x1x28x28,1x1x28x28",
        _script(small_seeds.SiameseNetwork),
    ),
    Case(
        "unpooling",
        "an autoencoder: `MaxPool2d` with indices, and `max_unpool2d`",
        "2x3x8x8",
        _script(small_seeds.UnpoolingAutoencoder),
    ),
    _zeros(
        "lstm_language_model",
        "an LSTM of two layers; `decoder.weight` is `embedding.weight`",
        "2x6:int64",
        _script(small_recurrent.LanguageModel),
    ),
    _zeros(
        "transformer_padded",
        "`TransformerEncoder` of 3 layers with `src_key_padding_mask`: a nested"
        " tensor of 10 and 6 tokens",
        "2x10x16",
        _script(small_attention.PaddedEncoder),
    ),
    _zeros("bert", "`transformers.BertModel`, traced", "2x16:int64", small_language.bert),
    _zeros(
        "gpt2",
        "`transformers.GPT2LMHeadModel`, traced: the head is the embedding",
        "2x16:int64",
        small_language.gpt2,
    ),
    _zeros(
        "llama",
        "`transformers.LlamaForCausalLM`, traced: grouped heads, RMS norm",
        "2x16:int64",
        small_language.llama,
    ),
    _zeros(
        "t5",
        "`transformers.T5ForConditionalGeneration`, traced: one embedding for the"
        " encoder, the decoder and the head",
        "2x12:int64,2x8:int64",
        small_language.t5,
    ),
]

_INPUTS = [
    Case(
        "masked",
        "takes a mask of booleans and a scalar",
        "2x8,2x8:bool,()",
        _script(small_seeds.MaskedLinear),
    ),
    Case(
        "float8",
        "takes float8, computes in float16",
        "2x8:float8_e4m3fn",
        _script(small_seeds.LowPrecision),
    ),
]

_BENCH = "a bench (a module for each, run once): "

_BENCHES = [
    _zeros(
        "torchinfo_cases",
        _BENCH + "the cases that torchinfo gets wrong, by number",
        "()",
        _traced(small_torchinfo.parts),
    ),
    _zeros(
        "torchinfo_case10",
        "the tenth: `Embedding(50257, 768)`",
        "8x16:int64",
        _script(nn.Embedding, 50257, 768),
    ),
    _zeros(
        "norms",
        _BENCH + "`weight_norm` and `spectral_norm`, old and new; traced, as they"
        " cannot be scripted",
        "()",
        _traced(small_torchinfo.norms),
    ),
    _zeros(
        "convolutions",
        _BENCH + "convolutions, as modules and as functions",
        "()",
        _traced(lambda: small_convolutions.layers() + small_convolutions.calls()),
    ),
    _zeros(
        "convolutions_scripted",
        _BENCH + "the modules of `convolutions`, scripted",
        "()",
        lambda: small_bench.scripted(small_convolutions.layers()),
    ),
    _zeros(
        "products",
        _BENCH + "linear and bilinear layers, matrix products in every form",
        "()",
        _traced(lambda: small_products.linears() + small_products.products()),
    ),
    Case(
        "einsum",
        _BENCH + "equations of `einsum`",
        "()",
        _traced(small_products.einsums),
    ),
    Case(
        "attention_functions",
        _BENCH + "`scaled_dot_product_attention` with each argument",
        "()",
        _traced(small_attention.functionals),
    ),
    _zeros(
        "attention",
        _BENCH + "`MultiheadAttention` and the layers of `Transformer`, traced",
        "()",
        _traced(small_attention.modules),
    ),
    _zeros(
        "attention_train",
        _BENCH + "the same, traced in train mode",
        "()",
        _traced(small_attention.modules, train=True),
    ),
    _zeros(
        "attention_scripted",
        _BENCH + "the same, scripted: with the fast path in eval mode",
        "()",
        lambda: small_bench.scripted(small_attention.modules()),
    ),
    _zeros(
        "recurrent",
        _BENCH + "recurrent layers and cells; packed sequences",
        "()",
        _traced(lambda: small_recurrent.layers() + small_recurrent.packed()),
    ),
    _zeros(
        "recurrent_scripted",
        _BENCH + "the same, scripted",
        "()",
        lambda: small_bench.scripted(small_recurrent.held() + small_recurrent.packed()),
    ),
    _zeros(
        "quantized_convolutions",
        _BENCH + "convolutions and transposed ones, dynamically quantized",
        "()",
        _traced(small_convolutions.quantized),
    ),
    Case(
        "quantized_gru",
        "`GRU(5, 7)` in both directions after `quantize_dynamic`",
        "3x2x5",
        _quantized(small_recurrent.QuantizedGru, nn.GRU),
    ),
    Case(
        "quantized_cells",
        "`LSTMCell`, `GRUCell`, `RNNCell` of (5, 7) after `quantize_dynamic`",
        "2x5",
        _quantized(
            small_recurrent.QuantizedCells, nn.LSTMCell, nn.GRUCell, nn.RNNCell
        ),
    ),
]

CASES = _SEEDS + _NETWORKS + _INPUTS + _BENCHES
