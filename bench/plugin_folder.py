#!/usr/bin/env python3
"""What a folder with 50 more plugins costs each command.

    bazel build -c opt //tools:strata && bench/plugin_folder.py

The shipped plugins are copied to a folder until there are 50 in it, each under a
name of its own. Milliseconds of wall time and of the processor, the best of 20
runs without that folder and with it, in turn.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "bazel-bin" / "tools" / "strata"
SUMMARY = "summary.json"
COMMANDS = {
    "strata --help": ["--help"],
    "strata --version": ["--version"],
    "strata plugins": ["plugins"],
    "strata show": ["show", SUMMARY],
    "strata MODEL": [str(ROOT / "examples/models/lenet.pt")],
}
COUNT, RUNS = 50, 20


def once(arguments, folder):
    """Wall and processor time of one run, in milliseconds."""
    begin = time.perf_counter()
    process = subprocess.Popen([PROGRAM, *arguments], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    if status != 0:
        raise SystemExit(f"{arguments} gave status {status}")
    return 1000 * wall, 1000 * (usage.ru_utime + usage.ru_stime)


def best(runs):
    """The shortest wall and processor time of several runs."""
    return tuple(map(min, zip(*runs)))


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([PROGRAM, COMMANDS["strata MODEL"][0], f"--output={folder / SUMMARY}"], check=True)
        more = folder / "more"
        more.mkdir()
        shipped = sorted((PROGRAM.parent / "plugins").glob("*.so"))
        # Not the source, which is larger than what others will write.
        shipped = [path for path in shipped if path.stem != "torchscript"]
        for i in range(COUNT):
            content = shipped[i % len(shipped)].read_bytes()
            old = shipped[i % len(shipped)].stem.encode()
            new = (b"%02d" % i).translate(bytes.maketrans(b"0123456789", b"abcdefghij")) + old[2:]
            content = content.replace(b"\0name=" + old + b"\0", b"\0name=" + new + b"\0")
            (more / f"{i}.so").write_bytes(content)
        for command, arguments in COMMANDS.items():
            without, with_them = [], []
            for _ in range(RUNS):
                without.append(once(arguments, folder))
                with_them.append(once([*arguments, f"--plugin_path={more}"], folder))
            (wall, cpu), (more_wall, more_cpu) = best(without), best(with_them)
            print(f"{command:18} wall {wall:6.1f} ms, {more_wall - wall:+5.1f} ms with {COUNT} more; "
                  f"processor {cpu:6.1f} ms, {more_cpu - cpu:+5.1f} ms")


if __name__ == "__main__":
    main()
