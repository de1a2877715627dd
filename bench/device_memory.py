"""Predicted device memory against what a GPU says.

Needs a CUDA device, PyTorch for it and torchvision; run from the repository's
root after `bazel build -c opt //tools:strata`:

    python3 bench/device_memory.py [--batch=16] [--no-training] [model ...]

Each measurement is a process of its own, so that nothing is cached or left
over. What is measured has cuBLAS's workspace in it, what is predicted has not.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

BAZEL_BIN = pathlib.Path(os.environ.get("BAZEL_BIN", "bazel-bin"))
STEPS = ("inference", "sgd", "momentum", "adam")


def gpt2(torch):
    """A decoder of GPT-2's sizes, by fused attention."""
    nn = torch.nn

    class Block(nn.Module):
        """One layer of it."""

        def __init__(self, size, heads):
            super().__init__()
            self.heads = heads
            self.norm_1 = nn.LayerNorm(size)
            self.attention = nn.Linear(size, 3 * size)
            self.projection = nn.Linear(size, size)
            self.norm_2 = nn.LayerNorm(size)
            self.wide = nn.Linear(size, 4 * size)
            self.narrow = nn.Linear(4 * size, size)

        def forward(self, x):
            """Attention and the two linear layers, each added to its input."""
            batch, length, size = x.shape
            q, k, v = (part.view(batch, length, self.heads, -1).transpose(1, 2)
                       for part in self.attention(self.norm_1(x)).chunk(3, dim=-1))
            y = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.projection(y.transpose(1, 2).reshape(batch, length, size))
            return x + self.narrow(nn.functional.gelu(self.wide(self.norm_2(x))))

    class Decoder(nn.Module):
        """Twelve layers, and logits over the vocabulary."""

        def __init__(self, words=50257, size=768, layers=12, heads=12, length=1024):
            super().__init__()
            self.tokens = nn.Embedding(words, size)
            self.places = nn.Embedding(length, size)
            self.blocks = nn.ModuleList(Block(size, heads) for _ in range(layers))
            self.norm = nn.LayerNorm(size)
            self.head = nn.Linear(size, words, bias=False)

        def forward(self, ids):
            """Logits for each token."""
            x = self.tokens(ids) + self.places(torch.arange(ids.shape[1], device=ids.device))
            for block in self.blocks:
                x = block(x)
            return self.head(self.norm(x))

    return Decoder()


def make(name, batch):
    """The model, its input on the CPU, and the input's size as text."""
    import torch  # pylint: disable=import-outside-toplevel
    if name == "gpt2":
        return gpt2(torch), torch.zeros(batch, 512, dtype=torch.int64), f"{batch}x512:int64"
    import torchvision  # pylint: disable=import-outside-toplevel
    model = getattr(torchvision.models, name)()
    return model, torch.rand(batch, 3, 224, 224), f"{batch}x3x224x224"


def optimizer(torch, step, model):
    """That of a step of training."""
    if step == "adam":
        return torch.optim.Adam(model.parameters())
    return torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9 if step == "momentum" else 0)


def measure(name, batch, step):
    """Prints what the device says after one forward pass, or two steps."""
    import torch  # pylint: disable=import-outside-toplevel
    model, x, _ = make(name, batch)
    model = model.to("cuda")
    x = x.to("cuda")
    if step == "inference":
        with torch.inference_mode():
            model.eval()(x)
    else:
        model.train()
        update = optimizer(torch, step, model)
        for _ in range(2):
            update.zero_grad()
            output = model(x)
            output.sum().backward()
            update.step()
            del output
    torch.cuda.synchronize()
    print(json.dumps({"allocated": torch.cuda.max_memory_allocated(),
                      "reserved": torch.cuda.max_memory_reserved()}))


def in_process(*arguments):
    """What a process of this script prints."""
    done = subprocess.run([sys.executable, __file__, *map(str, arguments)], check=True,
                          stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def predicted(name, batch, folder):
    """Strata's totals for the same model."""
    import torch  # pylint: disable=import-outside-toplevel
    model, x, size = make(name, batch)
    file = folder / f"{name}.pt"
    # GPT-2's loops and chunks are traced; torchvision's models are scripted.
    module = (torch.jit.trace(model.eval(), x[:1].clone()) if name == "gpt2"
              else torch.jit.script(model))
    torch.jit.save(module, file)
    done = subprocess.run(
        [BAZEL_BIN / "tools" / "strata", file, f"--input_size={size}", "--metrics=memory",
         "--format=json"], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)["totals"]


def main():
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("models", nargs="*", default=["resnet50", "vit_b_16", "gpt2"])
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--no-training", action="store_true")
    parser.add_argument("--measure", nargs=2, metavar=("MODEL", "STEP"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        measure(options.measure[0], options.batch, options.measure[1])
        return
    import torch  # pylint: disable=import-outside-toplevel
    if not torch.cuda.is_available():
        sys.exit("device_memory.py: there is no CUDA device, or PyTorch was built without CUDA")
    print(f"{torch.cuda.get_device_name()}, PyTorch {torch.__version__}, batch {options.batch}")
    print("| model | run | | predicted | measured | error |")
    print("| --- | --- | --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for name in options.models:
            totals = predicted(name, options.batch, pathlib.Path(folder))
            for step in STEPS[:1] if options.no_training else STEPS:
                prefix = "predicted" if step == "inference" else f"predicted_{step}"
                device = in_process("--measure", name, step, f"--batch={options.batch}")
                for what in ("allocated", "reserved"):
                    told, is_so = totals[f"{prefix}_{what}_bytes"], device[what]
                    print(f"| {name} | {step} | {what} | {told:,} | {is_so:,} "
                          f"| {100 * (told / is_so - 1):+.1f} % |")


if __name__ == "__main__":
    main()
