namespace OrleansSgd.Client.Bench;

/// <summary>Everything that is compared, and with whom.</summary>
/// <remarks>
/// Each peer has the settings it is fastest with (benchmarks/README.md), as many threads in all as the grid has, and the same batch. Lengths are such
/// that each run is some seconds; <c>--quick</c> has shorter ones, whose figures show that everything works and little else.
/// </remarks>
internal static class BenchCatalog
{
    private const string Mnist = "mnist";
    private const string Cifar10 = "cifar10";

    private static readonly Measure SamplesPerSecond = new("samplesPerSecond", "samples/s");
    private static readonly Measure UpdatesPerSecond = new("updatesPerSecond", "updates/s");
    private static readonly Measure Milliseconds = new("milliseconds", "ms", IsLessBetter: true);
    private static readonly Measure Microseconds = new("microseconds", "µs", IsLessBetter: true);

    /// <summary>What <c>--only</c> takes, in the order of the tables.</summary>
    public static IReadOnlyList<string> Workloads { get; } = [.. All(isQuick: false).Select(one => one.Workload).Distinct()];

    /// <summary>The comparisons of some workloads.</summary>
    /// <param name="only">Workloads; empty for all.</param>
    /// <param name="withPeers">False leaves the grid's own sides.</param>
    public static IReadOnlyList<Comparison> Of(IReadOnlyCollection<string> only, bool withPeers, bool isQuick) =>
    [
        .. All(isQuick).Where(one => only.Count == 0 || only.Contains(one.Workload))
            .Select(one => one with { Others = [.. one.Others.Where(other => withPeers || other.Script is null)] }),
    ];

    private static IEnumerable<Comparison> All(bool isQuick) =>
        [.. Networks(isQuick), .. SparseRegression(isQuick), .. PushAndPull(isQuick), .. TopK(), .. Loops(isQuick), .. Whole(isQuick)];

    private static IEnumerable<Comparison> Networks(bool isQuick)
    {
        (int softmax, int slow, int few) = isQuick ? (5, 1, 1) : (120, 5, 3);
        yield return new Comparison(
            "softmax", "softmax", "softmax regression on MNIST, batch 64, 2 workers", SamplesPerSecond,
            Contender.OfGrid($"softmax --workers 2 --shards 2 --epochs {softmax}"),
            [
                Contender.OfPeer("pytorch-hogwild", $"hogwild.py --model softmax --epochs {softmax}"),
                Contender.OfPeer("pytorch-hogwild-resampled", $"hogwild.py --model softmax --epochs {softmax} --order samples"),
                Contender.OfPeer("pytorch-ddp-gloo", $"ddp_gloo.py --model softmax --epochs {slow}"),
                Contender.OfPeer("pytorch-rpc-server", $"rpc_server.py --model softmax --epochs {slow}"),
            ])
        { Set = Mnist };
        yield return new Comparison(
            "mlp", "mlp", "784-256-10 with ReLU on MNIST, batch 64, 2 workers", SamplesPerSecond,
            Contender.OfGrid($"mlp --workers 2 --shards 4 --epochs {slow}"),
            [
                Contender.OfPeer("pytorch-hogwild", $"hogwild.py --model mlp --epochs {slow}"),
                Contender.OfPeer("pytorch-ddp-gloo", $"ddp_gloo.py --model mlp --epochs {few}"),
                Contender.OfPeer("pytorch-rpc-server", $"rpc_server.py --model mlp --epochs {few}"),
            ])
        { Set = Mnist };
        yield return new Comparison(
            "lenet5", "lenet5", "LeNet-5 on MNIST, batch 64, 2 workers", SamplesPerSecond,
            Contender.OfGrid($"lenet5 --workers 2 --shards 2 --epochs {few}"),
            [
                Contender.OfPeer("pytorch-hogwild", $"hogwild.py --model lenet5 --epochs {few} --order samples"),
                Contender.OfPeer("pytorch-ddp-gloo", $"ddp_gloo.py --model lenet5 --epochs {few} --order samples"),
                Contender.OfPeer("pytorch-rpc-server", $"rpc_server.py --model lenet5 --epochs {few} --order samples"),
            ])
        { Set = Mnist };

        if (!isQuick) // several runs for one figure
        {
            yield return new Comparison(
                "lenet5-to-98-percent", "lenet5", "LeNet-5 on MNIST to 98 % of the test set", new Measure("seconds", "s", IsLessBetter: true),
                Contender.OfGrid("to-accuracy --model lenet5 --accuracy 0.98 --workers 2 --shards 2"),
                [
                    Contender.OfPeer("pytorch-single-2-threads", "to_accuracy.py 0.98 single.py --model lenet5 --threads 2 --order samples"),
                ])
            { Set = Mnist };
        }

        // Two fifths of the set: a step takes as long whichever samples it is of, but a shorter run would be half start. One epoch: the grid evaluates after
        // each, and only what comes after the last is off the clock, as all of it is with the peers.
        int limit = isQuick ? 1280 : 20480;
        yield return new Comparison(
            "resnet20", "resnet20", "ResNet-20 on CIFAR-10, batch 128, 2 workers", SamplesPerSecond,
            Contender.OfGrid($"resnet20 --workers 2 --shards 2 --epochs 1 --limit {limit}"),
            [
                Contender.OfPeer("pytorch-ddp-gloo", $"ddp_gloo.py --model resnet20 --epochs 1 --limit {limit} --order samples"),
                Contender.OfPeer("pytorch-single-2-threads", $"single.py --model resnet20 --threads 2 --epochs 1 --limit {limit} --order samples"),
            ])
        { Set = Cifar10 };
    }

    private static IEnumerable<Comparison> SparseRegression(bool isQuick)
    {
        // Local steps, for what is measured is rows a second; an update is a worker's half of an epoch, and eight rows of weights stay in the nearest cache. Runs last seconds, as the peers' do.
        foreach ((string name, int factor, int steps, int epochs) in (IEnumerable<(string, int, int, int)>)
            [("sparse-logistic", 1, 1250, 1000), ("sparse-logistic-10x", 10, 12_500, 60)])
        {
            int samples = 20_000 * (isQuick ? 1 : factor);
            int peerEpochs = factor == 1 ? 50 : 10;
            string shape = $"--samples {samples} --features {47_236 * factor}";
            yield return new Comparison(
                name, name, $"logistic regression, {47_236 * factor} features, 74 non-zeros a row, {samples} rows, 2 workers", UpdatesPerSecond,
                Contender.OfGrid($"sparse {shape} --workers 2 --shards 2 --batch 8 --local-steps {(isQuick ? 1250 : steps)} --lease 1 --epochs {(isQuick ? 20 : epochs)}"),
                [
                    Contender.OfPeer("pytorch-hogwild", $"hogwild_sparse.py {shape} --epochs {peerEpochs}"),
                    Contender.OfPeer("scikit-learn", $"sklearn_sgd.py {shape} --processes 1 --epochs {peerEpochs}"),
                    Contender.OfPeer("scikit-learn-2-processes", $"sklearn_sgd.py {shape} --processes 2 --epochs {peerEpochs}"),
                ]);
        }

        yield return SparseToLoss();
    }

    // One worker, as the peers have one thread: two of them change x behind each other's backs for a quarter of the few rows that it takes.
    // The rows are those of one seed, and the loss is what LIBLINEAR reaches on them; the grid's side comes first and leaves them where the peers read them.
    private static Comparison SparseToLoss()
    {
        const string Goal = "--loss 0.4755 --rows artifacts/bench-rows";
        return new Comparison(
            "sparse-logistic-to-loss", "sparse-logistic", "logistic regression, 47236 features, 20000 rows, 1 worker, to the loss that LIBLINEAR reaches",
            new Measure("seconds", "s", IsLessBetter: true),
            Contender.OfGrid($"sparse-to-loss --samples 20000 --features 47236 --workers 1 --shards 1 --rate 1 --batch 1 --local-steps 5000 --lease 4 {Goal}"),
            [Contender.OfPeer("liblinear", $"liblinear_loss.py {Goal}"), Contender.OfPeer("scikit-learn", $"sklearn_loss.py {Goal}")]);
    }

    private static IEnumerable<Comparison> PushAndPull(bool isQuick)
    {
        yield return Between("push-pull", "push and pull of 1e6 floats, in process", "--length 1000000");
        yield return Between("push-pull-sparse", "push and pull of 1 % of 1e6 floats, in process", "--length 1000000 --fraction 0.01");
        yield return Between("push-pull-tenth", "push and pull of 0.1 % of 1e6 floats, in process", "--length 1000000 --fraction 0.001");
        yield return Between("push-pull-1e4", "push and pull of 1e4 floats, in process", "--length 10000");
        if (!isQuick) // a tenth of a second each
        {
            yield return Between("push-pull-25e6", "push and pull of 2.5e7 floats, in process", "--length 25000000");
            yield return Between("push-pull-25e6-sparse", "push and pull of 1 % of 2.5e7 floats, in process", "--length 25000000 --fraction 0.01");
            yield return Between("push-pull-25e6-tenth", "push and pull of 0.1 % of 2.5e7 floats, in process", "--length 25000000 --fraction 0.001");
        }

        yield return new Comparison(
            "push-pull-lenet5", "push-pull", "an update of 61 706 floats: push and pull, against a sum over 2 processes", Microseconds,
            Contender.OfGrid("push --length 61706"), [Contender.OfPeer("openmpi-all-reduce", "mpi_allreduce.py --length 61706")]);

        static Comparison Between(string name, string title, string size) => new(
            name, "push-pull", title, Microseconds, Contender.OfGrid($"push {size}"), [Contender.OfPeer("pytorch-rpc", $"push_pull.py {size}")]);
    }

    private static IEnumerable<Comparison> TopK()
    {
        yield return Of("top-k", "top-k with residual, 1 % of 1e6", "--length 1000000 --count 10000");
        yield return Of("top-k-25e6", "top-k with residual, 1 % of 2.5e7", "--length 25000000 --count 250000");
        yield return Of("top-k-25e6-tenth", "top-k with residual, 0.1 % of 2.5e7", "--length 25000000 --count 25000");

        static Comparison Of(string name, string title, string size) => new(
            name, "top-k", title, Milliseconds, Contender.OfGrid($"topk {size}"), [Contender.OfPeer("torch-topk", $"topk.py {size}")]);
    }

    // Each in turn with STREAM's triad of vectors as long, by the program itself.
    private static IEnumerable<Comparison> Loops(bool isQuick)
    {
        (int length, string size) = isQuick ? (1_000_000, "1e6") : (25_000_000, "2.5e7");
        yield return Of("sparse-add", $"sparse add of 1 % of {size}, bytes per second over those of STREAM's triad", $"sparse add, 1.0 %, d = {length}");
        yield return Of("dense-axpy", $"dense axpy of {size}, bytes per second over those of STREAM's triad", $"dense axpy, d = {length}");

        static Comparison Of(string name, string title, string loop) => new(
            name, "loops", title, new Measure("ratioToTriad", "× of the triad"),
            new Contender(Contender.GridName, null, ["--quick", "--no-peer", "--json", "--only", loop]) { Program = "Kernels" }, []);
    }

    // What a run costs or gains as a whole.
    private static IEnumerable<Comparison> Whole(bool isQuick)
    {
        var ofWithout = new Measure("ratioMedian", "× of without");
        (int pairs, int epochs) = isQuick ? (1, 1) : (6, 3);
        yield return new Comparison(
            "checkpoint", "checkpoint", "LeNet-5 with keepers and checkpoints, speed against neither", ofWithout,
            Contender.OfGrid($"tolerance --model lenet5 --pairs {pairs} --epochs {epochs}"), [])
        { Set = Mnist };
        yield return new Comparison(
            "checkpoint-mlp", "checkpoint", "MLP with keepers and checkpoints, speed against neither", ofWithout,
            Contender.OfGrid($"tolerance --model mlp --pairs {pairs} --epochs {2 * epochs}"), [])
        { Set = Mnist };
        yield return new Comparison(
            "bytes-to-equal-loss", "bytes", "MLP on MNIST to one training loss: bytes of all frames, the largest 0.5 % in bfloat16 against all",
            new Measure("bytes", "bytes", IsLessBetter: true), Contender.OfGrid($"bytes {Equal(isQuick)} --codec top-k --fraction 0.005"),
            [new Contender("dense", null, $"bytes {Equal(isQuick)}".Split(' '))])
        { Set = Mnist };
        string killed = $"recovery --model mlp --epochs {(isQuick ? 2 : 10)}";
        yield return new Comparison(
            "recovery-worker", "recovery", "MLP, a silo with nothing but a worker killed: seconds without an update",
            new Measure("secondsWithoutProgress", "s", IsLessBetter: true), Contender.OfGrid($"{killed} --shards 1"),
            [
                Contender.OfPeer("torchrun-elastic", "elastic.py"),
                Contender.OfPeer("torchrun-elastic-tuned", "elastic.py --tuned"),
            ])
        { Set = Mnist };
        yield return new Comparison(
            "recovery-silo", "recovery", "MLP, a silo with a worker and half the shards killed: seconds without an update",
            new Measure("secondsWithoutProgress", "s", IsLessBetter: true), Contender.OfGrid(killed),
            [
                Contender.OfPeer("torchrun-elastic", "elastic.py"),
                Contender.OfPeer("torchrun-elastic-tuned", "elastic.py --tuned"),
            ])
        { Set = Mnist };
        yield return new Comparison(
            "recovery-redone", "recovery", "the same: steps made again", new Measure("stepsRedone", "steps", IsLessBetter: true), Contender.OfGrid(killed),
            [
                Contender.OfPeer("torchrun-elastic", "elastic.py"),
                Contender.OfPeer("torchrun-elastic-tuned", "elastic.py --tuned"),
            ])
        { Set = Mnist };
        yield return new Comparison(
            "telemetry", "telemetry", "MLP, 2 workers, with the trace that certify reads, against without", ofWithout,
            Contender.OfGrid($"telemetry --model mlp --workers 2 --shards 4 --pairs {pairs} --epochs {2 * epochs}"), [])
        { Set = Mnist };
        string scaled = $"--shards 4 --epochs {(isQuick ? 1 : 20)}";
        yield return new Comparison(
            "scaling", "scaling", "MLP, 2 workers, against twice what one does and against more of them", SamplesPerSecond,
            Contender.OfGrid($"mlp --workers 2 {scaled}"),
            [
                new Contender("ideal", null, $"mlp --workers 1 {scaled}".Split(' '), Factor: 2),
                new Contender("4-workers", null, $"mlp --workers 4 {scaled}".Split(' ')),
                new Contender("16-workers", null, $"mlp --workers 16 {scaled}".Split(' ')),
            ])
        { Set = Mnist };
    }

    // Few samples do not get so far.
    private static string Equal(bool isQuick) => isQuick ? "--model mlp --loss 1 --limit 5000" : "--model mlp --loss 0.1";
}
