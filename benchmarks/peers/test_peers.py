"""Tests of the peers, with the standard library's unittest: python3 -m unittest discover benchmarks/peers"""

import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy
import torch

import environment
import mnist
import training

HERE = Path(__file__).resolve().parent
SEED = 7


def write_idx(path, magic, array):
    path.write_bytes(struct.pack(f">{1 + array.ndim}I", magic, *array.shape) + array.astype(numpy.uint8).tobytes())


def write_toy_set(folder, train=320, test=100):
    """Ten classes, each with its own two bright rows: any sound training separates them."""
    chance = numpy.random.default_rng(SEED)
    for prefix, count in (("train", train), ("t10k", test)):
        labels = chance.integers(0, 10, count)
        images = chance.integers(0, 60, (count, 28, 28))
        for image, label in zip(images, labels):
            image[2 * label:2 * label + 2] = 255
        write_idx(folder / f"{prefix}-images-idx3-ubyte", mnist.IMAGES, images)
        write_idx(folder / f"{prefix}-labels-idx1-ubyte", mnist.LABELS, labels)


class WithFolder(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        write_toy_set(self.folder)


class Reading(WithFolder):
    def refusal(self):
        with self.assertRaises(ValueError) as caught:
            mnist.load(self.folder)
        return str(caught.exception)

    def test_pixels_are_scaled_to_one_and_shapes_follow_the_header(self):
        (images, labels), (test_images, _) = mnist.load(self.folder)
        self.assertEqual((320, 784), tuple(images.shape))
        self.assertEqual((100, 784), tuple(test_images.shape))
        self.assertEqual(1.0, float(images.max()))
        self.assertEqual(torch.int64, labels.dtype)

    def test_cut_file_is_refused_with_both_lengths(self):
        path = self.folder / "train-images-idx3-ubyte"
        path.write_bytes(path.read_bytes()[:-1])
        self.assertIn("has 250895 bytes, but its header [320, 28, 28] makes 250896", self.refusal())

    def test_file_cut_inside_its_header_is_refused(self):
        (self.folder / "t10k-labels-idx1-ubyte").write_bytes(b"\0\0\x08")
        self.assertIn("ends at byte 3", self.refusal())

    def test_compressed_file_is_refused_by_its_magic(self):
        path = self.folder / "train-labels-idx1-ubyte"
        path.write_bytes(b"\x1f\x8b\x08\x00" + path.read_bytes()[4:])
        self.assertIn("begins with 0x1f8b0800", self.refusal())

    def test_label_out_of_range_is_named(self):
        write_idx(self.folder / "t10k-labels-idx1-ubyte", mnist.LABELS, numpy.array([3] * 99 + [10]))
        self.assertIn("t10k label 99 is 10", self.refusal())

    def test_differing_counts_are_refused(self):
        write_idx(self.folder / "t10k-labels-idx1-ubyte", mnist.LABELS, numpy.array([3] * 99))
        self.assertIn("100 images but 99 labels", self.refusal())


class Steps(unittest.TestCase):
    def difference_after_steps(self, model, plant=lambda parameters: None):
        chance = torch.Generator().manual_seed(SEED)
        images = torch.rand(64, 784, generator=chance)
        labels = torch.randint(0, 10, (64,), generator=chance)
        by_engine, by_hand = training.new_parameters(model, SEED), training.new_parameters(model, SEED)
        first, second = training.autograd_step(by_engine, 0.1), training.manual_step(by_hand, 0.1)
        for _ in range(5):
            first(images, labels)
            second(images, torch.eye(10)[labels])
        plant(by_hand)
        return max(float((a - b).abs().max()) for a, b in zip(by_engine, by_hand))

    def test_gradient_written_by_hand_is_autograds(self):
        for model in training.LAYERS:
            self.assertLess(self.difference_after_steps(model), 1e-6, model)  # values below 1, a few float roundings

    def test_a_bias_that_missed_one_update_would_be_seen(self):
        def plant(parameters):
            parameters[-1][0] += 1e-3

        self.assertGreater(self.difference_after_steps("mlp", plant), 1e-4)


class Order(unittest.TestCase):
    def test_every_sample_of_a_full_batch_comes_once_an_epoch_and_in_a_new_order(self):
        images = torch.arange(200.0).reshape(-1, 1)
        for order in ("batches", "samples"):
            batches = training.Batches(images, torch.arange(200), order, SEED)
            epochs = [torch.cat([targets for _, targets in batches.epoch()]) for _ in range(2)]
            for epoch in epochs:
                self.assertEqual(192, len(set(epoch.tolist())), order)  # 3 batches of 64; 8 are left out
            self.assertFalse(torch.equal(*epochs), order)

    def test_run_counts_what_it_trained_on_and_stops_when_told(self):
        batches = training.Batches(torch.zeros(70 * 64, 1), torch.zeros(70 * 64), "batches", SEED)
        seen = []
        self.assertEqual(140 * 64, training.run(lambda *_: seen.append(1), batches, 2, lambda: False))
        self.assertEqual(140, len(seen))
        answers = iter([False, False, True])
        self.assertEqual(70 * 64, training.run(lambda *_: None, batches, None, lambda: next(answers)))

    def test_share_smaller_than_a_batch_is_refused(self):
        with self.assertRaisesRegex(ValueError, "63 samples"):
            training.Batches(torch.zeros(63, 1), torch.zeros(63), "batches", SEED)


class Environment(unittest.TestCase):
    def test_steering_variables_are_set_aside_and_named(self):
        settings, aside = environment.tuned({"OPENBLAS_CORETYPE": "Haswell", "OMP_NUM_THREADS": "7", "HOME": "h"})
        self.assertEqual(["OMP_NUM_THREADS=7", "OPENBLAS_CORETYPE=Haswell"], aside)
        self.assertNotIn("OPENBLAS_CORETYPE", settings)
        self.assertEqual("h", settings["HOME"])

    def test_preloads_of_others_are_kept(self):
        settings, _ = environment.tuned({"LD_PRELOAD": "other.so"})
        self.assertEqual(f"{environment.ALLOCATOR} other.so", settings["LD_PRELOAD"])


class Scripts(WithFolder):
    def start(self, script, *arguments):
        settings = {name: value for name, value in os.environ.items() if name != environment.MARK}
        command = [sys.executable, str(HERE / script), "--data", str(self.folder), *arguments]
        return subprocess.run(command, env=settings, capture_output=True, text=True, timeout=120)

    def test_each_script_prints_one_line_and_learns(self):
        available = len(os.sched_getaffinity(0))
        for script, processes in (("single.py", 1), ("hogwild.py", 2), ("ddp_gloo.py", 2)):
            if processes > available:
                continue
            done = self.start(script, "--epochs", "20")
            self.assertEqual(0, done.returncode, done.stderr)
            line, = done.stdout.splitlines()
            result = json.loads(line)
            self.assertEqual(["system", "workload", "samplesPerSecond", "testAccuracy", "processes", "threads",
                              "torch", "blas"], list(result))
            self.assertEqual(processes, result["processes"])
            self.assertGreater(result["samplesPerSecond"], 0)
            self.assertGreater(result["testAccuracy"], 0.9, script)

    def test_seconds_end_a_run_of_several_processes_together(self):
        for script in ("hogwild.py", "ddp_gloo.py"):
            self.assertEqual(0, self.start(script, "--seconds", "0.2").returncode, script)

    def test_diverging_run_ends_with_one_line_and_code_1(self):
        done = self.start("single.py", "--rate", "1e38", "--epochs", "3")
        self.assertEqual(1, done.returncode)
        self.assertIn("the run diverged", done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        self.assertEqual("", done.stdout)

    def test_missing_data_is_named(self):
        (self.folder / "train-labels-idx1-ubyte").unlink()
        done = self.start("single.py")
        self.assertEqual(1, done.returncode)
        self.assertIn("train-labels-idx1-ubyte", done.stderr)
        self.assertNotIn("Traceback", done.stderr)


if __name__ == "__main__":
    unittest.main()
