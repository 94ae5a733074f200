using System.Globalization;
using TorchSharp;

namespace OrleansSgd.Torch.Tests.StandIn;

/// <summary>What a training step takes it gives back. No other test runs meanwhile: see OneAtATime.cs.</summary>
public sealed class MemoryTests
{
    /// <summary>A leak of one tensor of the step would be 10,000 × 64 KiB = 640 MB; what the process itself does stays far below a tenth of that.</summary>
    [Fact]
    public void Resident_memory_does_not_grow_over_ten_thousand_steps()
    {
        using var weights = torch.ones(new long[] { 128, 128 }, requires_grad: true);
        Steps(weights, 1_000);
        GC.Collect();
        var before = ResidentBytes();
        Steps(weights, 10_000);
        GC.Collect();
        var grown = ResidentBytes() - before;
        Assert.True(grown < 48 << 20, $"resident memory grew by {grown >> 20} MiB over 10,000 steps");
    }

    /// <summary>The measure itself: 64 tensors kept on purpose are seen.</summary>
    [Fact]
    public void Tensors_that_are_kept_are_seen_in_resident_memory()
    {
        var before = ResidentBytes();
        var kept = Enumerable.Range(0, 64).Select(_ => torch.ones(1024, 1024)).ToArray();
        var grown = ResidentBytes() - before;
        foreach (var tensor in kept)
        {
            tensor.Dispose();
        }

        Assert.True(grown > 64 << 20, $"256 MiB of tensors show as {grown >> 20} MiB");
    }

    /// <summary>Without a scope and without Dispose the collector frees; it knows only the handles, so it is asked.</summary>
    [Fact]
    public void Forgotten_tensors_are_freed_by_the_collector()
    {
        var before = torch.Tensor.TotalCount;
        Forget(1_000);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.InRange(torch.Tensor.TotalCount - before, long.MinValue, 10);
    }

    private static void Forget(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _ = torch.ones(16);
        }
    }

    private static void Steps(torch.Tensor weights, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var scope = torch.NewDisposeScope();
            var loss = weights.mm(weights).tanh().sum();
            loss.backward();
            weights.grad!.zero_();
        }
    }

    private static long ResidentBytes() =>
        long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
