"""Times commands side by side: in turn, in one run, whole processes."""

import os
import statistics
import subprocess
import sys
import time


def run_once(command):
    """Wall seconds, CPU seconds and peak resident kilobytes of one process."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"{command} gave status {status}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def side_by_side(commands, runs):
    """Runs the named commands A B A B ...; name -> list of figures."""
    figures = {name: [] for name in commands}
    for name, command in commands.items():
        run_once(command)  # Warms the page cache; not counted.
    for _ in range(runs):
        for name, command in commands.items():
            figures[name].append(run_once(command))
    return figures


def report(figures, base):
    """Prints medians, and each command's ratio to `base`, pair by pair."""
    for name, runs in figures.items():
        wall, cpu, peak = (statistics.median(column) for column in zip(*runs))
        ratio = statistics.median(
            run[0] / other[0] for run, other in zip(runs, figures[base]))
        print(f"{name:24} wall {wall:7.3f} s  cpu {cpu:7.3f} s  peak {peak / 1024:7.1f} MiB"
              f"  wall / {base}: {ratio:.2f}")
