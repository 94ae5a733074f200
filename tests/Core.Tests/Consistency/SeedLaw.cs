using FsCheck;
using FsCheck.Fluent;

namespace OrleansSgd.Core.Tests.Consistency;

/// <summary>Laws that hold for every seed, tried on a hundred of them; a failure names the seed that replays it.</summary>
internal static class SeedLaw
{
    public const int SeedCount = 100;

    public static void ForAll(Action<ulong> law) =>
        Prop.ForAll(Gen.Choose(1, 1_000_000).Select(seed => (ulong)seed).ToArbitrary(), law)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(SeedCount).WithReplay(20_251, 1));
}
