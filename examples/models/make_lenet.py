"""Writes lenet.pt, a scripted LeNet-5, beside this script.

To save a model of your own, one line is all it takes:
torch.jit.save(torch.jit.script(model), "model.pt"). To get the same bytes each
time, run it with PYTHONHASHSEED=0: torch writes sets of names in hash order.
"""

import os
import tempfile

import torch

import lenet

_OUTPUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lenet.pt")


def _copy_without_source_positions(source: str, target: str) -> None:
    """Copies a TorchScript file, less the names of the Python files behind it.

    Those are paths of the machine that wrote the file, which lenet.pt, being
    committed, should not depend on. Files of your own may keep them.
    """
    reader = torch._C.PyTorchFileReader(source)  # pylint: disable=protected-access
    writer = torch._C.PyTorchFileWriter(target)  # pylint: disable=protected-access
    for name in reader.get_all_records():
        # The writer adds its own version and .data/serialization_id.
        if name in ("version", ".data/version") or name.endswith("serialization_id"):
            continue
        if not name.endswith(".debug_pkl"):
            record = reader.get_record(name)
            writer.write_record(name, record, len(record))
    writer.write_end_of_file()


def main() -> None:
    torch.manual_seed(0)
    model = torch.jit.script(lenet.LeNet5().eval())
    with tempfile.TemporaryDirectory() as folder:
        full_path = os.path.join(folder, "lenet.pt")
        torch.jit.save(model, full_path)
        _copy_without_source_positions(full_path, _OUTPUT)


if __name__ == "__main__":
    main()
