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

import cifar
import elastic
import environment
import ledger
import loss_curve
import mnist
import networks
import sparse_rows
import to_accuracy
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


def write_toy_colours(folder, each=26, test=100):
    """Ten classes, each with its own bright rows in one colour, in the six files of CIFAR-10."""
    chance = numpy.random.default_rng(SEED)
    for name, count in [*((name, each) for name in cifar.TRAIN), (cifar.TEST[0], test)]:
        labels = chance.integers(0, 10, count)
        images = chance.integers(0, 60, (count, 3, 32, 32))
        for image, label in zip(images, labels):
            image[label % 3, 3 * label:3 * label + 3] = 255
        records = numpy.concatenate([labels[:, None], images.reshape(count, -1)], axis=1)
        (folder / name).write_bytes(records.astype(numpy.uint8).tobytes())


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


class ReadingColours(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)
        write_toy_colours(self.folder)

    def refusal(self):
        with self.assertRaises(ValueError) as caught:
            cifar.load(self.folder)
        return str(caught.exception)

    def test_a_record_is_a_label_and_three_planes_row_by_row(self):
        pixels = numpy.zeros((3, 32, 32), numpy.uint8)
        pixels[1, 2, 3] = 255  # green, third row, fourth column
        (self.folder / cifar.TRAIN[0]).write_bytes(bytes([7]) + pixels.tobytes())
        (images, labels), (test_images, _) = cifar.load(self.folder)
        self.assertEqual((4 * 26 + 1, 3, 32, 32), tuple(images.shape))
        self.assertEqual((100, 3, 32, 32), tuple(test_images.shape))
        self.assertEqual((7, 1.0, 1.0), (int(labels[0]), float(images[0, 1, 2, 3]), float(images[0].sum())))

    def test_files_in_the_folder_of_the_official_archive_are_found(self):
        inner = self.folder / cifar.INNER
        inner.mkdir()
        for name in [*cifar.TRAIN, *cifar.TEST]:
            (self.folder / name).rename(inner / name)
        self.assertEqual(130, len(cifar.load(self.folder)[0][1]))

    def test_cut_file_is_refused(self):
        path = self.folder / "data_batch_3.bin"
        path.write_bytes(path.read_bytes()[:-1])
        self.assertIn(f"data_batch_3.bin has {26 * 3073 - 1} bytes", self.refusal())

    def test_label_out_of_range_is_named(self):
        path = self.folder / "test_batch.bin"
        path.write_bytes(path.read_bytes()[:3073] + bytes([10]) + path.read_bytes()[3074:])
        self.assertIn("test_batch.bin: label 1 is 10", self.refusal())


class Steps(unittest.TestCase):
    def difference_after_steps(self, model, plant=lambda parameters: None):
        chance = torch.Generator().manual_seed(SEED)
        images = torch.rand(64, 784, generator=chance)
        labels = torch.randint(0, 10, (64,), generator=chance)
        by_engine, by_hand = training.new_model(model, SEED), training.new_model(model, SEED)
        first, second = training.autograd_step(by_engine, 0.1), training.manual_step(by_hand, 0.1)
        for _ in range(5):
            first(images, labels)
            second(images, torch.eye(10)[labels])
        plant(by_hand.parameters)
        return max(float((a - b).abs().max()) for a, b in zip(by_engine.parameters, by_hand.parameters))

    def test_gradient_written_by_hand_is_autograds(self):
        for model in training.LAYERS:
            self.assertLess(self.difference_after_steps(model), 1e-6, model)  # values below 1, a few float roundings

    def test_a_bias_that_missed_one_update_would_be_seen(self):
        def plant(parameters):
            parameters[-1][0] += 1e-3

        self.assertGreater(self.difference_after_steps("mlp", plant), 1e-4)


class Networks(unittest.TestCase):
    def images(self, name, count):
        chance = torch.Generator().manual_seed(SEED)
        return torch.rand(count, *((784,) if name == "lenet5" else (3, 32, 32)), generator=chance)

    def test_parameters_are_as_many_as_the_papers_nets_have(self):
        counts = {name: sum(value.numel() for value in networks.new(name, SEED).parameters()) for name in networks.NETWORKS}
        self.assertEqual({"lenet5": 61706, "resnet20": 269722}, counts)

    def test_layout_of_images_does_not_change_what_a_network_says(self):
        for name in networks.NETWORKS:
            images = self.images(name, 4)
            said = [training.new_model(name, SEED, layout).answers(images) for layout in training.LAYOUTS]
            self.assertLess(float((said[0] - said[1]).detach().abs().max()), 1e-5, name)

    def test_a_step_in_shared_memory_is_that_of_torchs_own_optimiser(self):
        for name in networks.NETWORKS:
            model, plain = training.new_model(name, SEED, "contiguous"), networks.new(name, SEED)
            model.share()
            images, labels = model.prepared(self.images(name, 8)), torch.arange(8)
            training.autograd_step(model, 0.1)(images, labels)
            optimiser = torch.optim.SGD(plain.parameters(), 0.1)
            torch.nn.functional.cross_entropy(plain(images), labels).backward()
            optimiser.step()
            for ours, (key, theirs) in zip(model.state, plain.state_dict().items()):
                self.assertTrue(ours.is_shared(), key)
                self.assertLess(float((ours - theirs).abs().max()), 1e-5, f"{name} {key}")

    def test_state_that_a_process_of_its_own_trained_comes_back(self):
        for name in training.MODELS:
            model, other = training.new_model(name, SEED), training.new_model(name, SEED + 1)
            model.share()
            model.take(other.module())
            self.assertTrue(all(torch.equal(a, b) for a, b in zip(model.state, other.state)), name)


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
        answers = iter([False, False, True])
        self.assertEqual(16 * 64, training.run(lambda *_: None, batches, None, lambda: next(answers), clock_every=8))

    def test_size_of_batches_is_the_workloads(self):
        batches = training.Batches(torch.zeros(300, 1), torch.arange(300), "samples", SEED, size=128)
        self.assertEqual([128, 128], [len(targets) for _, targets in batches.epoch()])
        self.assertEqual(256, training.run(lambda *_: None, batches, 1, lambda: False))

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


class SparseRows(unittest.TestCase):
    def test_rows_are_distinct_sorted_of_unit_length_and_as_long_as_asked(self):
        pointers, indices, values, labels = sparse_rows.make(samples=200, features=500, entries=20, seed=SEED)
        lengths = numpy.diff(pointers)
        self.assertEqual((200, 200), (len(labels), len(lengths)))
        self.assertTrue(10 <= lengths.min() and lengths.max() <= 30, lengths)
        for start, end in zip(pointers, pointers[1:]):
            self.assertTrue((numpy.diff(indices[start:end]) > 0).all())
            self.assertAlmostEqual(1, float((values[start:end] ** 2).sum()), places=9)
        self.assertTrue(0 < labels.mean() < 1)

    def test_common_features_are_in_more_rows_than_rare_ones(self):
        _, indices, _, _ = sparse_rows.make(samples=500, features=1000, entries=20, seed=SEED)
        counts = numpy.sort(numpy.bincount(indices, minlength=1000))
        self.assertGreater(counts[-10:].mean(), 10 * counts[:500].mean())


class ToAccuracy(unittest.TestCase):
    def test_the_first_run_that_is_good_enough_is_the_answer(self):
        asked = []

        def run(epochs):
            asked.append(epochs)
            return {"testAccuracy": epochs / 10}

        self.assertEqual((4, {"testAccuracy": 0.4}), to_accuracy.first(0.35, run, most=9))
        self.assertEqual([1, 2, 3, 4], asked)
        self.assertEqual((None, None), to_accuracy.first(0.95, run, most=9))


class Elastic(unittest.TestCase):
    def test_gap_is_the_longest_after_the_kill_and_steps_of_two_lives_count_as_made_again(self):
        made = [(1, 0.0), (2, 5.0), (3, 5.1), (4, 5.2), (3, 7.2), (4, 7.3), (5, 7.4)]
        seconds, again = elastic.measure(made, killed=5.15)
        self.assertAlmostEqual(2.0, seconds)
        self.assertEqual(2, again)

    def test_nothing_is_made_again_when_nothing_is_lost(self):
        self.assertEqual(0, elastic.measure([(1, 0.0), (2, 1.0), (3, 3.0)], killed=0.5)[1])


class Ledger(unittest.TestCase):
    def content(self):
        page = (HERE.parents[1] / "docs" / "trace-format.md").read_text(encoding="utf-8")
        block = page.split("```hex rows\n")[1].split("```")[0]
        return bytes.fromhex("".join(line.split("#")[0] for line in block.splitlines()))

    def test_rows_of_the_documents_example_are_read(self):
        first, second = ledger.rows(self.content(), 2, shards=1)
        self.assertEqual((300, 64, 0.125, 32.0, False), first)
        self.assertEqual((299, 128, 0.5, True), (second.ticket, second.sample_count, second.rate, second.halved))

    def test_rows_that_do_not_fill_their_span_are_refused(self):
        with self.assertRaisesRegex(ValueError, "1 bytes too many"):
            list(ledger.rows(self.content() + b"\0", 2, shards=1))

    def test_trace_without_its_end_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "trace.jsonl"
            path.write_text(json.dumps({"resourceSpans": []}) + "\n", encoding="utf-8")
            with self.assertRaisesRegex(ValueError, "did not end in order"):
                ledger.read(path)


class LossCurve(unittest.TestCase):
    def losses(self, steps):
        chance = torch.Generator().manual_seed(SEED)
        images, labels = torch.rand(24, 1, 28, 28, generator=chance), torch.randint(0, 10, (24,), generator=chance)
        return loss_curve.losses(networks.new("lenet5", SEED), images, labels, torch.arange(24).view(3, 8), steps)

    def steps(self, rate, halved=False):
        return [ledger.Row(ticket, 8, rate, 0.0, halved) for ticket in range(3)]

    def test_halves_of_a_batch_make_the_same_step_where_nothing_normalises(self):
        for whole, halves in zip(self.losses(self.steps(0.1)), self.losses(self.steps(0.1, halved=True))):
            self.assertAlmostEqual(whole, halves, delta=1e-5)

    def test_another_rate_would_be_seen(self):
        right, wrong = self.losses(self.steps(0.1)), self.losses(self.steps(0.11))
        self.assertEqual(right[0], wrong[0])
        self.assertGreater(abs(right[2] - wrong[2]) / right[2], 1e-4)


class Scripts(WithFolder):
    def start(self, script, *arguments):
        settings = {name: value for name, value in os.environ.items() if name != environment.MARK}
        command = [sys.executable, str(HERE / script), "--data", str(self.folder), *arguments]
        return subprocess.run(command, env=settings, capture_output=True, text=True, timeout=300)

    def test_each_script_prints_one_line_and_learns(self):
        available = len(os.sched_getaffinity(0))
        for script, processes in (("single.py", 1), ("hogwild.py", 2), ("ddp_gloo.py", 2), ("rpc_server.py", 2)):
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

    def test_network_is_measured_by_each_script(self):
        available = len(os.sched_getaffinity(0))
        for script, processes in (("single.py", 1), ("hogwild.py", 2), ("ddp_gloo.py", 2), ("rpc_server.py", 2)):
            if processes > available:
                continue
            done = self.start(script, "--model", "lenet5", "--epochs", "80", "--rate", "0.2", "--order", "samples")
            self.assertEqual(0, done.returncode, done.stderr)
            result = json.loads(done.stdout)
            self.assertEqual("mnist-lenet5-b64-resampled", result["workload"])
            self.assertGreater(result["testAccuracy"], 0.8, script)

    def test_network_with_batch_normalisation_is_measured_and_its_layout_said(self):
        write_toy_colours(self.folder)
        done = self.start("single.py", "--model", "resnet20", "--epochs", "1", "--limit", "128", "--layout", "contiguous")
        self.assertEqual(0, done.returncode, done.stderr)
        result = json.loads(done.stdout)
        self.assertEqual(("pytorch-single-contiguous", "cifar10-resnet20-b128"), (result["system"], result["workload"]))

    def test_what_does_not_go_together_is_refused(self):
        for script, *arguments in (("hogwild.py", "--model", "resnet20"), ("rpc_server.py", "--step", "manual"),
                                   ("single.py", "--model", "lenet5", "--step", "manual"), ("single.py", "--layout", "contiguous")):
            done = self.start(script, *arguments)
            self.assertEqual((2, ""), (done.returncode, done.stdout), arguments)

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
