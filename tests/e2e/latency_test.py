"""Timed runs: a model whose modules take a known time, and all that can go wrong."""

import csv
import io
import json
import os
import pty
import re
import signal
import subprocess
import unittest

import runner

LIBRARY = runner.ROOT / "plugins/sources/torchscript/test_operators.so"
FOREIGN = runner.ROOT / "tests/models/foreign"
CLOCK = (FOREIGN / "clock.pt", "--input_size=2x8", f"--op_library={LIBRARY}", "--device=cpu",
         "--metrics=latency")
ASKED = ("--runs=7", "--warmup=2")


def figures(document, column, part="total"):
    return runner.values(document, column, part)


class LatencyTest(runner.TempFolderTest):
    @classmethod
    def setUpClass(cls):
        cls.document = runner.summary(*CLOCK, *ASKED)

    def test_modules_take_what_they_spin(self):
        total = figures(self.document, "latency_us")
        own = figures(self.document, "latency_us", "self")
        least = {"": 9500, "two": 2000, "four": 4000, "twice": 2500, "twice.inner": 2000}
        for path, us in least.items():
            self.assertGreaterEqual(total[path], us, path)
            # Whatever else the machine does at the same time.
            self.assertLess(total[path] / us, 20, path)
        self.assertLess(own["twice"], total["twice"])
        self.assertLess(own[""], total[""])
        self.assertNotIn("never", total)  # Not 0: nobody knows.

    def test_what_is_its_own_adds_up_to_the_whole(self):
        own = sum(figures(self.document, "latency_us", "self").values())
        whole = self.document["totals"]["latency_us"]
        self.assertEqual(whole, figures(self.document, "latency_us")[""])
        self.assertAlmostEqual(own / whole, 1, places=5)

    def test_the_other_columns(self):
        total = figures(self.document, "latency_us")
        for path, us in total.items():
            self.assertLessEqual(figures(self.document, "latency_p25_us")[path], us)
            self.assertGreaterEqual(figures(self.document, "latency_p75_us")[path], us)
            self.assertAlmostEqual(figures(self.document, "latency_percent")[path],
                                   100 * us / total[""], places=3)
        self.assertEqual(figures(self.document, "latency_calls")["twice.inner"], 2)
        self.assertEqual(figures(self.document, "latency_gflops")["two"], 0)

    def test_the_conditions_are_told(self):
        run = self.document["run"]
        self.assertEqual(run["device"], "cpu")
        self.assertNotEqual(run["device_name"], "")
        self.assertGreaterEqual(run["threads"], 1)
        self.assertRegex(run["versions"]["libtorch"], r"^2\.\d+\.\d+")
        self.assertEqual(run["dtype"], "float32")
        timing = run["timing"]
        self.assertIn("steady clock", timing["clock"])
        self.assertEqual((timing["warm_up_runs"], timing["counted_runs"]), (2, 7))
        self.assertGreaterEqual(timing["unwatched_us"], 9500)

    def test_achieved_speed(self):
        document = runner.summary(runner.LENET, "--input_size=1x1x28x28", "--device=cpu",
                                  "--metrics=latency", *ASKED)
        fc1 = runner.layer(document, "fc1")["metrics"]
        self.assertAlmostEqual(fc1["latency_gflops"]["total"],
                               2 * 400 * 120 / (1e3 * fc1["latency_us"]["total"]), places=3)
        # Not asked for, and so not shown.
        columns = {column["id"]: column for column in document["columns"]}
        self.assertTrue(columns["macs"]["on_request"])

    def test_until_it_is_steady(self):
        timing = runner.summary(*CLOCK, "--min_time=0.05")["run"]["timing"]
        self.assertIn("steady", timing)
        self.assertGreaterEqual(timing["counted_runs"], 10)

    def test_threads(self):
        document = runner.summary(*CLOCK, "--runs=1", "--threads=1")
        self.assertEqual(document["run"]["threads"], 1)

    def test_every_form_has_the_decimals_and_can_be_shown_again(self):
        saved = self.folder / "saved.json"
        result = runner.run(*CLOCK, *ASKED, f"--output={saved},{self.folder}/saved.pb",
                            "--format=json,binary")
        self.assertEqual(result.status, 0, result.err)
        document = json.loads(saved.read_text())
        for name in ("saved.json", "saved.pb"):
            again = runner.run("show", self.folder / name, "--format=json")
            self.assertEqual(json.loads(again.out), document)
        rows = csv.DictReader(io.StringIO(
            runner.run("show", saved, "--format=csv", "--columns=latency_us").out))
        for row, layer in zip(rows, document["layers"]):
            wanted = layer["metrics"].get("latency_us", {}).get("total")
            self.assertEqual(float(row["latency_us"]) if row["latency_us"] else None, wanted)
        table = runner.run("show", saved).out
        self.assertRegex(table, r"four \(Spin\).* \d+,\d{3}")
        self.assertRegex(table, r"never \(Spin\).*\?")
        self.assertRegex(table, r"Runs: +7 after 2 to warm up")

    def test_without_a_device_that_computes_it_is_left_out(self):
        for device in ([], ["--device=shape"]):
            result = runner.run(runner.LENET, "--input_size=1x1x28x28",
                                "--metrics=latency,params", "--format=json", *device)
            self.assertEqual(result.status, 0, result.err)
            document = json.loads(result.out)
            self.assertRegex(" ".join(document["warnings"]),
                             "metric 'latency' is left out: it needs a real run.*--device=cpu")
            self.assertEqual([column["id"] for column in document["columns"]
                              if not column.get("on_request")], ["params"])


class OtherDevicesTest(unittest.TestCase):
    def test_without_cuda_its_memory_is_left_out_and_the_rest_is_there(self):
        for device in ("shape", "cpu"):
            result = runner.run(runner.LENET, "--input_size=1x1x28x28", f"--device={device}",
                                "--metrics=params,cuda_memory")
            self.assertEqual(result.status, 0, result.err)
            self.assertIn("no CUDA device: column left out", result.out)
            self.assertIn("61,706", result.out)
            self.assertNotIn("Kept", result.out)

    def test_a_device_that_is_not_there(self):
        for device, why in (("cuda:9", "built without CUDA|finds no such|there (is|are)"),
                            ("gpu", "there is no device 'gpu'; expected shape, cpu, or"),
                            ("meta", "there is no device 'meta'"),
                            ("cuda:x", "there is no device")):
            result = runner.run(runner.LENET, "--input_size=1x1x28x28", f"--device={device}")
            self.assertEqual(result.status, 1)
            self.assertEqual(result.out, "")
            self.assertRegex(result.err, r"^strata: error: cannot run model \(.*lenet\.pt\): ")
            self.assertRegex(result.err, why)


class BadRunsTest(runner.TempFolderTest):
    def test_wrong_options(self):
        for option, why in (("--runs=0", "expected 1 or more"),
                            ("--runs=-3", "expected 1 or more"),
                            ("--runs=1.5", "expected a whole number"),
                            ("--warmup=-1", "expected 0 or more"),
                            ("--min_time=0", "expected seconds, more than 0"),
                            ("--min_time=-1", "expected seconds, more than 0"),
                            ("--min_time=nan", "expected seconds, more than 0"),
                            ("--threads=0", "expected 1 or more")):
            result = runner.run(*CLOCK, option)
            self.assertEqual(result.status, 2, option)
            self.assertIn(f"{option.split('=')[0]}=", result.err)
            self.assertIn(why, result.err)

    def test_a_model_that_changes_from_run_to_run(self):
        document = runner.summary(FOREIGN / "sometimes.pt", "--input_size=2x8",
                                  f"--op_library={LIBRARY}", "--device=cpu",
                                  "--metrics=latency", "--runs=30", "--warmup=0")
        self.assertIn("the timed runs did not all call the same modules",
                      " ".join(document["warnings"]))
        # Of the runs that had it, and not of all.
        self.assertGreaterEqual(figures(document, "latency_us")["sometimes"], 100)

    def test_no_memory(self):
        result = runner.run(FOREIGN / "hungry.pt", "--input_size=2", "--device=cpu")
        self.assertEqual(result.status, 1)
        self.assertRegex(result.err, r"out of memory on cpu in 'layer' \(Greedy\), given \[2 "
                         rf"float32\].*{4 << 46} bytes")

    def test_a_run_that_takes_too_long(self):
        result = runner.run(*CLOCK, "--timeout=0.004")
        self.assertEqual(result.status, 1)
        self.assertIn("it was not done after 4ms", result.err)

    def interrupt(self, *options):
        """Runs until counted runs are told on a terminal, presses Ctrl-C, gives what came."""
        main, terminal = pty.openpty()
        process = subprocess.Popen([str(runner.STRATA), *map(str, CLOCK), "--runs=5000",
                                    "--warmup=0", "--format=json", *options],
                                   stdout=subprocess.PIPE, stderr=terminal,
                                   stdin=subprocess.DEVNULL)
        os.close(terminal)
        told = b""
        while not re.search(rb"run \d+ of 5000", told):
            told += os.read(main, 4096)
        process.send_signal(signal.SIGINT)
        out = process.communicate(timeout=120)[0]
        try:
            while piece := os.read(main, 4096):
                told += piece
        except OSError:  # The other end is closed.
            pass
        os.close(main)
        return process.returncode, out.decode(), told.decode()

    def test_ctrl_c_ends_cleanly(self):
        status, out, told = self.interrupt()
        self.assertEqual((status, out), (1, ""))
        self.assertRegex(told, r"\rstrata: run \d+ of 5000, about .* left")
        self.assertRegex(told, r"\r *\rstrata: error: cannot run model \(.*clock\.pt\): it was "
                         "interrupted")

    def test_ctrl_c_leaves_what_was_measured_if_that_is_wanted(self):
        status, out, told = self.interrupt("--partial")
        self.assertEqual(status, 1)
        self.assertIn("it was interrupted", told)
        document = json.loads(out)
        self.assertTrue(document["run"]["incomplete"])
        self.assertIn("interrupted", document["run"]["error"])
        self.assertGreaterEqual(document["run"]["timing"]["counted_runs"], 2)
        self.assertGreaterEqual(figures(document, "latency_us")["four"], 4000)

    def test_quiet_says_nothing_of_it(self):
        main, terminal = pty.openpty()
        process = subprocess.run([str(runner.STRATA), *map(str, CLOCK), "--runs=2", "--quiet"],
                                 stdout=subprocess.DEVNULL, stderr=terminal, check=False,
                                 stdin=subprocess.DEVNULL)
        os.write(terminal, b"end")
        os.close(terminal)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(os.read(main, 4096), b"end")
        os.close(main)


if __name__ == "__main__":
    unittest.main()
