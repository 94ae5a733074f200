using System.Diagnostics;
using System.Globalization;
using OrleansSgd.Benchmarks.Telemetry;

// First the parts alone, then whole steps of 25 µs of work, traced and not in turn. Processor time counts all threads, the writer's too, so that a
// busy neighbour and a second core hide nothing. 40 000 tickets a second are 25 µs each on one core, and 50 µs of processor time on two.
const int TicketsPerSecond = 40_000;
const double Share = 1e9 / TicketsPerSecond;
const int Tickets = TicketsPerSecond;
const int Rounds = 15;

using (var run = new TracedRun(isTraced: true))
{
    run.Fill();
    Part("row of 4 shards", run.Row);
    Part("entries of 4 shards", run.NextShards);
    Part("step: clock, decision, spans", run.Marks);
    Part("metrics, unheard", run.Metrics);
}

float[] numbers = new float[4096];
int passes = Calibrate();
double[] off = new double[Rounds];
double[] on = new double[Rounds];
long size = 0;
for (int round = -1; round < Rounds; round++)
{
    double without = Round(isTraced: false, out _);
    double with = Round(isTraced: true, out size);
    if (round >= 0)
    {
        (off[round], on[round]) = (without, with);
    }
}

double[] costs = [.. on.Zip(off, (with, without) => with - without).Order()];
double least = on.Min() - off.Min();
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"processor time of a step: {Median(off):F0} ns untraced, {Median(on):F0} ns traced; file {(double)size / Tickets:F0} bytes a ticket"));
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"cost of tracing: {Median(costs):F0} ns a ticket (quartiles {costs[Rounds / 4]:F0} to {costs[3 * Rounds / 4]:F0}; least against least {least:F0})"));
Tell("median", Median(costs));
Tell("least against least", least);

static void Tell(string name, double nanoseconds) => Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture,
    $"at {TicketsPerSecond} tickets a second, {name}: {100 * nanoseconds / Share:F2} % of one core, {50 * nanoseconds / Share:F2} % of two"));

double Round(bool isTraced, out long bytes)
{
    TimeSpan begin = Process.GetCurrentProcess().TotalProcessorTime;
    var run = new TracedRun(isTraced);
    for (int ticket = 0; ticket < Tickets; ticket++)
    {
        run.Step(Work);
    }

    bytes = run.Size;
    run.Dispose(); // until the last byte is on the disk
    return (Process.GetCurrentProcess().TotalProcessorTime - begin).TotalNanoseconds / Tickets;
}

void Work()
{
    for (int pass = 0; pass < passes; pass++)
    {
        System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(numbers, 0.5f, numbers, numbers);
    }
}

int Calibrate()
{
    passes = 1000;
    double best = double.MaxValue;
    for (int i = 0; i < 50; i++)
    {
        long begin = Stopwatch.GetTimestamp();
        Work();
        best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalNanoseconds / passes);
    }

    return (int)Math.Max(1, Share / best);
}

static void Part(string name, Action part)
{
    // Short pieces: most are not interrupted, whatever else the machine does. The mean is over all, chunks being handed on included.
    const int Count = 128;
    double[] nanoseconds = new double[4001];
    for (int i = 0; i < nanoseconds.Length; i++)
    {
        long begin = Stopwatch.GetTimestamp();
        for (int one = 0; one < Count; one++)
        {
            part();
        }

        nanoseconds[i] = Stopwatch.GetElapsedTime(begin).TotalNanoseconds / Count;
    }

    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{name,-30}{Median(nanoseconds),8:F0} ns median, {nanoseconds.Min(),6:F0} least, {nanoseconds.Average(),6:F0} mean"));
}

static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);
