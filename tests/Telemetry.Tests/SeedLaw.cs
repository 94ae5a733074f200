using FsCheck;
using FsCheck.Fluent;

namespace OrleansSgd.Telemetry.Tests;

/// <summary>Laws that hold for every seed, tried on a hundred of them; a failure names the seed that replays it.</summary>
internal static class SeedLaw
{
    public static void ForAll(Action<int> law) => Prop.ForAll(Gen.Choose(1, 1_000_000).ToArbitrary(), law)
        .Check(Config.QuickThrowOnFailure.WithMaxTest(100).WithReplay(20_254, 1));
}
