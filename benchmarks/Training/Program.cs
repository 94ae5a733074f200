using OrleansSgd.Benchmarks.Training;

// training MODEL [--workers N] [--shards N] [--threads N] [--epochs N] [--codec dense|top-k] [--limit SAMPLES] [--cuts SECONDS] [--data DIR]
// training push [--length N]
// training tolerance [--model MODEL] [--pairs N] [--workers N] [--shards N] [--epochs N]   with keepers and checkpoints / without
// training record [--model MODEL] [--steps N] [--rate R] [--threads N] [--out DIR]         for peers/loss_curve.py
// MODEL: softmax | mlp | lenet5 | resnet20. Prints one line of JSON.
string[] others = ["push", "tolerance", "record"];
if (args.Length % 2 == 0 || (!others.Contains(args[0]) && !BenchmarkJob.Models.Contains(args[0])))
{
    Console.Error.WriteLine($"usage: training {string.Join('|', [.. BenchmarkJob.Models, .. others])} [--model MODEL] [--pairs N] [--workers N] [--shards N] "
        + "[--threads N] [--epochs N] [--codec KIND] [--limit SAMPLES] [--cuts SECONDS] [--steps N] [--rate R] [--data DIR] [--out DIR] [--length N]");
    return 2;
}

string model = args[0] switch { "push" or "tolerance" => "mlp", "record" => "lenet5", _ => args[0] };
var options = new BenchmarkOptions(model, args.AsSpan(1));
Console.WriteLine(args[0] switch
{
    "push" => await PushBenchmark.RunAsync(options.Length),
    "tolerance" => await ToleranceBenchmark.RunAsync(options),
    "record" => await Recording.RunAsync(options),
    _ => await TrainingBenchmark.RunAsync(options),
});
return 0;
