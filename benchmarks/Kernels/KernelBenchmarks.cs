using BenchmarkDotNet.Attributes;

namespace OrleansSgd.Benchmarks.Kernels;

/// <summary>Every loop through BenchmarkDotNet: times with their errors, and bytes allocated by a call, which are to be 0.</summary>
[MemoryDiagnoser]
public class KernelBenchmarks
{
    private Action _loop = () => { };

    public static IEnumerable<KernelCase> Cases => KernelCases.All;

    [ParamsSource(nameof(Cases))]
    public KernelCase Case { get; set; } = KernelCases.All.First();

    [GlobalSetup]
    public void Prepare() => _loop = Case.Prepare();

    [Benchmark]
    public void Run() => _loop();
}
