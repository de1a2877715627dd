"""Small models of the `transformers` package with random weights.

Traced, as its users do; their own classes show up in the summaries. Two layers
of width 64, four heads, a vocabulary of 100.
"""

import os
import sys

# Said before `transformers` is imported: nothing is looked up anywhere, and
# torchvision is not there (the folder of that name here is none, either).
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
sys.modules["torchvision"] = None

import torch
from torch import nn

import small_case

_SIZES = {"vocab_size": 100, "bos_token_id": 1, "eos_token_id": 2}


def _trace(model: nn.Module, **sizes: int) -> torch.jit.ScriptModule:
    """Traces a model with tokens of these lengths, two sequences each."""
    tokens = {
        name: torch.ones(2, size, dtype=torch.int64) for name, size in sizes.items()
    }
    return small_case.trace(model.eval(), example_kwarg_inputs=tokens)


def bert() -> torch.jit.ScriptModule:
    """BERT with its pooler."""
    import transformers

    config = transformers.BertConfig(
        vocab_size=100,
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=256,
        max_position_embeddings=32,
    )
    return _trace(transformers.BertModel(config), input_ids=16)


def gpt2() -> torch.jit.ScriptModule:
    """GPT-2 whose head is its embedding."""
    import transformers

    config = transformers.GPT2Config(
        **_SIZES, n_positions=32, n_embd=64, n_layer=2, n_head=4, use_cache=False
    )
    return _trace(transformers.GPT2LMHeadModel(config), input_ids=16)


def llama() -> torch.jit.ScriptModule:
    """Llama: two heads of keys for four of queries, RMS norm, rotary positions."""
    import transformers

    config = transformers.LlamaConfig(
        **_SIZES,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=32,
        use_cache=False,
    )
    return _trace(transformers.LlamaForCausalLM(config), input_ids=16)


def t5() -> torch.jit.ScriptModule:
    """T5: an encoder, a decoder and a head with one embedding."""
    import transformers

    config = transformers.T5Config(
        vocab_size=100,
        d_model=64,
        d_kv=16,
        d_ff=256,
        num_layers=2,
        num_heads=4,
        use_cache=False,
    )
    model = transformers.T5ForConditionalGeneration(config)
    return _trace(model, input_ids=12, decoder_input_ids=8)
