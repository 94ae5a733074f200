using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace OrleansSgd.Benchmarks.Kernels;

/// <summary>Each loop in turn with the triad of vectors as long, and with <c>torch.topk</c> where there is one: ratios of medians.</summary>
/// <remarks>
/// A ratio to the triad is bytes per second to bytes per second, each loop's bytes counted once; 1 is the speed of memory, and a loop that
/// writes where it reads may be faster, because the triad's third vector is read too before it is written.
/// </remarks>
internal sealed class QuickRun(int rounds, string only, bool asJson, TopKPeer? peer)
{
    // A turn is at least so long, so that the clock does not matter and the caches are those of the loop itself.
    private const double TurnMilliseconds = 2;

    public void Measure()
    {
        if (!asJson)
        {
            Console.WriteLine($"{"ratio to triad",14} {"to torch.topk",14} {"ms",9} {"least",9} {"most",9} {"GB/s",7}  loop");
        }

        foreach (IGrouping<int, KernelCase> size in KernelCases.All
            .Where(one => one.ToString().Contains(only, StringComparison.OrdinalIgnoreCase)).GroupBy(one => one.Length))
        {
            using Triad one = new(size.Key, 1);
            using Triad two = new(size.Key, 2);
            double bytes = (double)size.Key * Triad.BytesPerCoordinate;
            (double[] single, double[] both) = (new double[rounds], new double[rounds]);
            for (int round = 0; round < rounds; round++)
            {
                single[round] = Time(one.Run);
                both[round] = Time(two.Run);
            }

            Print(new($"triad, one thread, d = {size.Key}", single, bytes, 1, double.NaN));
            Print(new($"triad, two threads, d = {size.Key}", both, bytes, Median(single) / Median(both), double.NaN));
            foreach (KernelCase item in size)
            {
                Measure(item, one.Run, bytes);
                GC.Collect();
            }
        }
    }

    private void Measure(KernelCase item, Action triad, double triadBytes)
    {
        Action loop = item.Prepare();
        int count = (int)(item.Peer * item.Length);
        bool isPaired = peer is not null && count > 0;
        double[] ours = new double[rounds];
        double[] limits = new double[rounds];
        double[] theirs = new double[rounds];
        for (int round = 0; round < rounds; round++)
        {
            ours[round] = Time(loop);
            limits[round] = Time(triad);
            theirs[round] = isPaired ? peer!.Measure(item.Length, count) : double.NaN;
        }

        double toTriad = item.Bytes / Median(ours) / (triadBytes / Median(limits));
        Print(new(item.ToString(), ours, item.Bytes, toTriad, isPaired ? Median(theirs) / Median(ours) : double.NaN));
    }

    // Milliseconds of one call: the first of a turn is not counted.
    private static double Time(Action loop)
    {
        loop();
        int calls = 0;
        long start = Stopwatch.GetTimestamp();
        double elapsed;
        do
        {
            loop();
            calls++;
            elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        while (elapsed < TurnMilliseconds);
        return elapsed / calls;
    }

    private void Print(Result result)
    {
        double median = Median(result.Milliseconds);
        double gigabytes = result.Bytes / median / 1e6;
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                system = "orleans-sgd",
                workload = result.Name,
                ratioToTriad = result.ToTriad,
                ratioToTopK = double.IsNaN(result.ToPeer) ? (double?)null : result.ToPeer,
                milliseconds = median,
                millisecondsMin = result.Milliseconds.Min(),
                millisecondsMax = result.Milliseconds.Max(),
                gigabytesPerSecond = gigabytes,
            }));
            return;
        }

        string toPeer = double.IsNaN(result.ToPeer) ? "-" : result.ToPeer.ToString("F1", CultureInfo.InvariantCulture);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.ToTriad,14:F2} {toPeer,14} {median,9:F3} {result.Milliseconds.Min(),9:F3} {result.Milliseconds.Max(),9:F3} {gigabytes,7:F1}  {result.Name}"));
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private sealed record Result(string Name, double[] Milliseconds, double Bytes, double ToTriad, double ToPeer);
}
