"""Writes exported programs (.pt2) to exported/: models of torch.export.

    make_exported.py [--only a,b] [--out DIR]

Those of small_cases.py and of torchvision are here under the names that their
TorchScript files have, so that both can be compared; exported_cases.py has one
for each thing that can be hard in this form alone. exported/README.md, the list
of them, is written from the same tables.

Weights are zeros, and what depends on the machine is taken out (see
thin_exported.py); the program's JSON is otherwise as torch wrote it.
"""

import argparse
import os
import sys
import tempfile
import warnings

import torch

import catalog
import exported_cases
import repeatable
import small_bench
import small_case
import small_cases
import thin_exported

_HERE = os.path.dirname(os.path.abspath(__file__))

_README = """# Exported programs

Written by `../make_exported.py`; so is this page. Files of the first list have a
TorchScript file of the same name in `../small` or `../torchvision`.

"""

# In both forms. The others of small/ are changed after they were made
# TorchScript (frozen, quantized), decide by values, or hold benches of
# operators without a module of their own.
_SMALL = (
    "two_inputs,embedding,nested_outputs,shared_weight,containers,"
    "bare_parameter,lstm,transformer,mha,transposed,functional,half,complex,"
    "custom_names,sequential_100,seed_simple_net,bert,gpt2,llama,t5"
).split(",")
_TORCHVISION = (
    "densenet121,efficientnet_b0,googlenet,mnasnet1_0,mobilenet_v3_small,"
    "regnet_y_400mf,resnet18,resnet50,shufflenet_v2_x1_0,squeezenet1_1,swin_t,"
    "vit_b_16"
).split(",")


def _write_program(program, path: str) -> None:
    """Saves a program, or a package that is a file already, in a small form."""
    with tempfile.TemporaryDirectory() as scratch:
        full_path = os.path.join(scratch, os.path.basename(path))
        if not isinstance(program, torch.export.ExportedProgram):
            program(full_path)
        else:
            torch.export.save(program, full_path)
        thin_exported.thin(full_path, path)
    print(f"{os.path.basename(path)}: {os.path.getsize(path)} bytes", flush=True)


def _write_small(case: small_case.Case, out: str) -> None:
    """Exports what a case gives to TorchScript."""
    taken = {}

    def take(model, *inputs, **options):
        taken["model"] = model
        inputs = inputs[0] if inputs else None
        if isinstance(inputs, torch.Tensor):
            inputs = (inputs,)
        taken["inputs"] = tuple(inputs) if inputs is not None else None
        taken["kwargs"] = options.get("example_kwarg_inputs")
        raise StopIteration

    small_case.script = small_case.trace = take
    torch.manual_seed(0)
    try:
        case.build()
    except StopIteration:
        pass
    inputs = taken["inputs"]
    if inputs is None and taken["kwargs"] is None:
        inputs = tuple(small_bench.make_inputs(case.input_size))
    with torch.no_grad():
        program = torch.export.export(
            taken["model"].eval(), inputs or (), kwargs=taken["kwargs"]
        )
    _write_program(program, os.path.join(out, case.name + ".pt2"))


def _write_torchvision(row: catalog.Row, out: str) -> None:
    # small_language.py says that it is not there.
    sys.modules.pop("torchvision", None)
    catalog.load_torchvision()
    torch.manual_seed(0)
    program = torch.export.export(catalog.build(row), (torch.zeros(row.shape),))
    _write_program(program, os.path.join(out, row.file_stem + ".pt2"))


def _write_case(case: exported_cases.Case, out: str) -> None:
    torch.manual_seed(0)
    _write_program(case.build(), os.path.join(out, case.name + ".pt2"))


def _write_readme(out: str) -> None:
    with open(os.path.join(out, "README.md"), "w", encoding="utf-8") as file:
        file.write(_README)
        for name in _SMALL + _TORCHVISION:
            file.write(f"- {name}.pt2\n")
        file.write("\n| file | what it holds |\n| --- | --- |\n")
        for case in exported_cases.CASES:
            file.write(f"| {case.name}.pt2 | {case.holds} |\n")


def _quietly(function, *arguments) -> None:
    warnings.simplefilter("ignore")
    function(*arguments)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="names of files without .pt2: a,b")
    parser.add_argument("--out", default=os.path.join(_HERE, "exported"))
    arguments = parser.parse_args(argv)
    os.makedirs(arguments.out, exist_ok=True)
    small = {case.name: case for case in small_cases.CASES}
    rows = {row.file_stem: row for row in catalog.read_rows()}
    work = [(name, _write_small, small[name]) for name in _SMALL]
    work += [(name, _write_torchvision, rows[name]) for name in _TORCHVISION]
    work += [(case.name, _write_case, case) for case in exported_cases.CASES]
    failed = repeatable.run_each(
        [(name, _quietly, write, case, arguments.out) for name, write, case in work], arguments.only)
    _write_readme(arguments.out)
    return 1 if failed else 0


if __name__ == "__main__":
    repeatable.fix_set_order()
    sys.exit(main(sys.argv[1:]))
