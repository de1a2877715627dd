"""The torchvision models of torchvision_reference.csv, and how to build them.

One row of the table is one (model, input size) with the numbers torchvision
publishes for it. Models get random weights: nothing is downloaded.
"""

import csv
import dataclasses
import os
from typing import Any

import torch

REFERENCE_PATH = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "torchvision_reference.csv"
)

# torchvision registers these with its compiled part, and its Python part fails
# to import without them. That part is built against one build of torch and
# does not load beside another (a CPU build, say); no classifier needs it.
_COMPILED_OPERATORS = {
    "torchvision::nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "torchvision::qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}

# What the constructors of models with an auxiliary classifier need to match
# the published weights: googlenet's leave it out, inception_v3's keep it.
_CONSTRUCTOR_ARGUMENTS = {
    "googlenet": {
        "aux_logits": False,
        "transform_input": True,
        "init_weights": True,
    },
    "inception_v3": {"transform_input": True, "init_weights": True},
}


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
      model: the constructor in torchvision.models.
      weights: the published weights whose numbers these are.
      num_params: elements of all parameters.
      gflops: torchvision's GFLOPS: multiply-accumulates / 1e9, 3 decimals.
      input_size: as on Strata's command line, 1x3x224x224.
      macs: exact multiply-accumulates (see make_reference.py); None if not
        measured yet.
    """

    model: str
    weights: str
    num_params: int
    gflops: float
    input_size: str
    macs: int | None = None

    @property
    def shape(self) -> list[int]:
        return [int(size) for size in self.input_size.split("x")]

    @property
    def is_fine_tuned_larger(self) -> bool:
        """Whether the weights are for a larger image than the model's usual."""
        return "_E2E_" in self.weights

    @property
    def file_stem(self) -> str:
        """The model's file name: vit_b_16, or vit_b_16@384 for larger images."""
        if self.is_fine_tuned_larger:
            return f"{self.model}@{self.shape[-1]}"
        return self.model


def read_rows(path: str = REFERENCE_PATH) -> list[Row]:
    """Reads the table, keeping the first row of each (model, input size)."""
    rows = {}
    with open(path, newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            macs = line.get("macs_flop_counter")
            row = Row(
                model=line["model"],
                weights=line["weights"],
                num_params=int(line["num_params"]),
                gflops=float(line["gflops"]),
                input_size=line["input_size"],
                macs=int(macs) if macs else None,
            )
            rows.setdefault((row.model, row.input_size), row)
    return list(rows.values())


def load_torchvision() -> Any:
    """Imports torchvision, with or without its compiled part."""
    for name, schema in _COMPILED_OPERATORS.items():
        try:
            torch.library.define(name, schema)
        except RuntimeError:
            pass  # Already defined: by the compiled part or an earlier call.
    import torchvision  # pylint: disable=g-import-not-at-top

    return torchvision


def build(row: Row) -> torch.nn.Module:
    """Builds a row's model with random weights, in eval mode.

    Raises:
      ValueError: the model has not the published number of parameters.
    """
    arguments = dict(_CONSTRUCTOR_ARGUMENTS.get(row.model, {}))
    if row.model.startswith("vit_"):
        # A vision transformer's position embedding is made for one size.
        arguments["image_size"] = row.shape[-1]
    model = load_torchvision().models.get_model(row.model, **arguments)
    num_params = sum(parameter.numel() for parameter in model.parameters())
    if num_params != row.num_params:
        raise ValueError(
            f"{row.model} has {num_params} parameters, published are"
            f" {row.num_params}"
        )
    return model.eval()
