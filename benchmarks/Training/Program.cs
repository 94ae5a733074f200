using OrleansSgd.Benchmarks.Training;

// training MODEL [--workers N] [--shards N] [--threads N] [--epochs N] [--codec dense|top-k] [--limit SAMPLES] [--cuts SECONDS] [--trace on|off] [--data DIR]
// training push [--length N] [--fraction F]                                                push and pull of one shard, dense or F of it
// training topk [--length N] [--count K]                                                   one top-k update with its residual
// training sparse [--samples N] [--features N] [--batch N] [--local-steps N] [--lease N] [--schedule KIND] [--workers N] [--shards N] [--epochs N]     logistic regression, a sample an update
// training bytes [--model MODEL] [--codec KIND] [--fraction F] [--loss L]                  bytes of frames until the mean loss of all samples is L
// training sparse-to-loss [--loss L] [--rows FILE] [options of sparse]                    seconds until the mean loss of all rows is L
// training to-accuracy [--model MODEL] [--accuracy A] [--workers N] [--shards N]           seconds until so much of the test is right
// training recovery [--model MODEL] [--epochs N]                                           a silo killed in the middle
// training tolerance [--model MODEL] [--pairs N] [--workers N] [--shards N] [--epochs N]   with keepers and checkpoints / without
// training telemetry [--model MODEL] [--pairs N] [--workers N] [--shards N] [--epochs N]   with the trace / without
// training record [--model MODEL] [--steps N] [--rate R] [--threads N] [--out DIR]         for peers/loss_curve.py
// MODEL: softmax | mlp | lenet5 | resnet20. Prints one line of JSON.
string[] others = ["push", "topk", "sparse", "sparse-to-loss", "bytes", "to-accuracy", "recovery", "tolerance", "telemetry", "record"];
if (args.Length % 2 == 0 || (!others.Contains(args[0]) && !BenchmarkJob.Models.Contains(args[0])))
{
    Console.Error.WriteLine($"usage: training {string.Join('|', [.. BenchmarkJob.Models, .. others])} [--model MODEL] [--pairs N] [--workers N] [--shards N] "
        + "[--threads N] [--epochs N] [--codec KIND] [--limit SAMPLES] [--cuts SECONDS] [--trace on|off] [--steps N] [--rate R] "
        + "[--data DIR] [--out DIR] [--length N] [--fraction F] [--count K] [--samples N] [--features N] [--batch N] [--local-steps N] [--lease N] [--schedule KIND] "
        + "[--accuracy A] [--loss L] [--rows FILE]");
    return 2;
}

string model = args[0] switch { "push" or "tolerance" or "telemetry" or "recovery" or "bytes" => "mlp", "record" or "to-accuracy" => "lenet5", _ => args[0] };
var options = new BenchmarkOptions(model, args.AsSpan(1));
try
{
    Console.WriteLine(args[0] switch
    {
        "push" => await PushBenchmark.RunAsync(options.Length, options.Fraction),
        "topk" => TopKBenchmark.Run(options.Length, options.Count),
        "sparse" => await SparseBenchmark.RunAsync(options),
        "sparse-to-loss" => await SparseLossBenchmark.RunAsync(options),
        "bytes" => await BytesBenchmark.RunAsync(options),
        "to-accuracy" => await ToAccuracyBenchmark.RunAsync(options),
        "recovery" => await RecoveryBenchmark.RunAsync(options),
        "tolerance" => await ToleranceBenchmark.RunAsync(options),
        "telemetry" => await TelemetryBenchmark.RunAsync(options),
        "record" => await Recording.RunAsync(options),
        _ => await TrainingBenchmark.RunAsync(options),
    });
    return 0;
}
catch (Exception error) when (error is InvalidOperationException or IOException or InvalidDataException)
{
    Console.Error.WriteLine($"training {args[0]}: {error.Message}");
    return 1;
}
