"""Writes the exported programs that exported.py measures: needs tests/models/make_env.sh.

    make_exported.py DIR [--only a,b]

resnet152, a BERT of the base size, a Llama-like model of 32 layers, and one of the
size of Llama 70B, on the meta device: the machine need not hold it.
"""

import argparse
import os
import sys

sys.path.insert(
    0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "models")
)
os.environ["HF_HUB_OFFLINE"] = "1"

import torch


def _resnet152() -> torch.export.ExportedProgram:
    import catalog

    catalog.load_torchvision()
    import torchvision

    model = torchvision.models.resnet152().eval()
    return torch.export.export(model, (torch.zeros(1, 3, 224, 224),))


def _bert_base() -> torch.export.ExportedProgram:
    sys.modules["torchvision"] = None
    import transformers

    model = transformers.BertModel(transformers.BertConfig()).eval()
    return torch.export.export(model, (torch.zeros(1, 128, dtype=torch.int64),))


def _llama(length: int, **sizes) -> torch.export.ExportedProgram:
    sys.modules["torchvision"] = None
    import transformers

    config = transformers.LlamaConfig(
        use_cache=False, attn_implementation="sdpa", **sizes
    )
    model = transformers.LlamaForCausalLM(config).eval()
    tokens = torch.zeros(1, length, dtype=torch.int64)
    return torch.export.export(model, (tokens,), strict=False)


def _llama_32() -> torch.export.ExportedProgram:
    return _llama(
        128,
        vocab_size=1000,
        hidden_size=256,
        intermediate_size=688,
        num_hidden_layers=32,
        num_attention_heads=8,
        num_key_value_heads=4,
    )


def _llama_70b() -> torch.export.ExportedProgram:
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("meta"):
        return _llama(
            2048,
            vocab_size=128256,
            hidden_size=8192,
            intermediate_size=28672,
            num_hidden_layers=80,
            num_attention_heads=64,
            num_key_value_heads=8,
        )


_MODELS = {
    "resnet152": _resnet152,
    "bert_base": _bert_base,
    "llama_32": _llama_32,
    "llama_70b": _llama_70b,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--only", help="a,b")
    arguments = parser.parse_args()
    os.makedirs(arguments.folder, exist_ok=True)
    names = arguments.only.split(",") if arguments.only else list(_MODELS)
    for name in names:
        path = os.path.join(arguments.folder, name + ".pt2")
        torch.export.save(_MODELS[name](), path)
        print(f"{path}: {os.path.getsize(path)} bytes", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
