using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using OrleansSgd.Benchmarks.Kernels;

// '--quick [--rounds N] [--only TEXT] [--no-peer] [--json]' has a stopwatch of its own and prints ratios; anything else goes to BenchmarkDotNet.
if (!args.Contains("--quick"))
{
    // In this process: a project made elsewhere would not have this checkout's settings.
    BenchmarkSwitcher.FromTypes([typeof(KernelBenchmarks)])
        .Run(args, DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
    return 0;
}

int rounds = 15;
string only = "";
bool asJson = false;
bool hasPeer = true;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--quick":
            break;
        case "--rounds" when i + 1 < args.Length && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out rounds) && rounds > 0:
            i++;
            break;
        case "--only" when i + 1 < args.Length:
            only = args[++i];
            break;
        case "--no-peer":
            hasPeer = false;
            break;
        case "--json":
            asJson = true;
            break;
        default:
            Console.Error.WriteLine($"kernels: '{args[i]}' is not understood; use --quick [--rounds N] [--only TEXT] [--no-peer] [--json].");
            return 2;
    }
}

int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
string reason = "left out";
using TopKPeer? peer = hasPeer ? TopKPeer.TryStart(out reason) : null;
Console.Error.WriteLine($"{Environment.ProcessorCount} processors, vectors of {bits} bits, {RuntimeInformation.FrameworkDescription}; peer: {peer?.Name ?? reason}");
new QuickRun(rounds, only, asJson, peer).Measure();
return 0;
