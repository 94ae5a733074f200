using System.Globalization;
using OrleansSgd.Benchmarks.Training;

// training MODEL [--workers N] [--shards N] [--epochs N] [--codec dense|top-k] [--data DIR]   MODEL: softmax | mlp
// training push [--length N]
// training tolerance [--model MODEL] [--pairs N] [--workers N] [--shards N] [--epochs N]   with keepers and checkpoints / without
// Prints one line of JSON.
if (args.Length == 0 || args.Length % 2 == 0)
{
    Console.Error.WriteLine("usage: training softmax|mlp|push|tolerance [--model MODEL] [--pairs N] [--workers N] [--shards N] [--epochs N] [--codec KIND] [--data DIR] [--length N]");
    return 2;
}

var options = new Dictionary<string, string>(StringComparer.Ordinal);
for (int i = 1; i < args.Length; i += 2)
{
    options[args[i]] = args[i + 1];
}

int Number(string name, int otherwise) => options.TryGetValue(name, out string? text)
    ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

Console.WriteLine(args[0] switch
{
    "push" => await PushBenchmark.RunAsync(Number("--length", 1_000_000)),
    "tolerance" => await ToleranceBenchmark.RunAsync(
        options.GetValueOrDefault("--model", "mlp"), Number("--workers", 2), Number("--shards", 4), Number("--epochs", 3),
        Number("--pairs", 7), options.GetValueOrDefault("--data", "data")),
    _ => await TrainingBenchmark.RunAsync(
        args[0], Number("--workers", 2), Number("--shards", 4), Number("--epochs", 10),
        options.GetValueOrDefault("--codec", "dense"), options.GetValueOrDefault("--data", "data")),
});
return 0;
