"""Makes models in both forms, with the same weights, for bench/exported_run.py.

    make_run_pairs.py DIR [NAME...]

ResNet-50 of torchvision, and a model as Llama is built (12 layers of 768, 64
tokens): DIR/NAME.pt2 and DIR/NAME.pt. The weights are random, from one seed.
"""

import os
import pathlib
import sys
import warnings

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "models"))

import catalog  # pylint: disable=wrong-import-position
import small_llama  # pylint: disable=wrong-import-position


def _resnet50():
    catalog.load_torchvision()
    import torchvision  # pylint: disable=import-outside-toplevel

    model = torchvision.models.resnet50(weights=None)
    return model, (torch.rand(1, 3, 224, 224),)


def _llama():
    model = small_llama.Llama(vocabulary=8000, width=768, inner=2048, layers=12, heads=12, groups=4)
    return model, (torch.zeros(1, 64, dtype=torch.int64),)


MODELS = {"resnet50": _resnet50, "llama": _llama}


def main():
    warnings.simplefilter("ignore")
    folder, names = sys.argv[1], sys.argv[2:] or list(MODELS)
    os.makedirs(folder, exist_ok=True)
    for name in names:
        torch.manual_seed(0)
        model, inputs = MODELS[name]()
        model.eval()
        with torch.no_grad():
            torch.export.save(torch.export.export(model, inputs), f"{folder}/{name}.pt2")
            torch.jit.save(torch.jit.trace(model, inputs, check_trace=False), f"{folder}/{name}.pt")


if __name__ == "__main__":
    main()
