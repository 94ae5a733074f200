using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Storage.Layout;

namespace OrleansSgd.Storage.Tests.Layout;

/// <summary>Goal: nothing that is needed is let go, and nothing else stays for ever. Method: a checker of its own, on random stores.</summary>
public class RetentionTests
{
    [Fact]
    public void No_part_that_a_kept_manifest_names_is_ever_deleted()
    {
        Prop.ForAll<int, byte, byte>((seed, size, keep) =>
        {
            Store store = Store.Make(seed, size % 12, 1 + keep % 4);
            Retention plan = Retention.Plan(store.Manifests, store.Parts, store.Keep, store.Generation);
            return Violation(store, plan) is null;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_plan_that_lets_go_of_a_named_part_is_caught() => AssertCaught(
        "named", (_, plan) => plan with { Parts = [.. plan.Parts, "parts/0000000002/shared~00000000"] });

    [Fact]
    public void A_plan_that_keeps_too_few_is_caught() =>
        AssertCaught("whole", (store, plan) => plan with { Manifests = [.. store.Manifests.Where(one => one.IsWhole).Select(one => one.Order)] });

    [Fact]
    public void A_plan_that_lets_go_of_what_is_under_way_is_caught() =>
        AssertCaught("under way", (store, plan) => plan with { Parts = [.. plan.Parts, store.Parts[^1].Path] });

    [Fact]
    public void A_plan_that_lets_nothing_go_is_caught() => AssertCaught("stays", (_, _) => new([], []));

    private static void AssertCaught(string word, Func<Store, Retention, Retention> plant)
    {
        Store store = Store.Make(seed: 1, size: 6, keep: 2);
        Retention plan = Retention.Plan(store.Manifests, store.Parts, store.Keep, store.Generation);
        Assert.Null(Violation(store, plan));

        Assert.Contains(word, Violation(store, plant(store, plan)), StringComparison.Ordinal);
    }

    private static string? Violation(Store store, Retention plan)
    {
        StoredManifest[] kept = [.. store.Manifests.Where(one => !plan.Manifests.Contains(one.Order))];
        HashSet<string> named = [.. kept.SelectMany(one => one.Paths)];
        int whole = Math.Min(store.Keep, store.Manifests.Count(one => one.IsWhole));
        if (plan.Parts.FirstOrDefault(named.Contains) is { } lost)
        {
            return $"{lost} is named by a manifest that is kept.";
        }

        if (kept.Count(one => one.IsWhole) != whole)
        {
            return kept.Count(one => one.IsWhole) < whole ? "fewer whole checkpoints are kept than there could be." : "an old checkpoint stays.";
        }

        ManifestOrder oldest = kept.Where(one => one.IsWhole).Select(one => one.Order).DefaultIfEmpty().Min();
        if (plan.Manifests.Any(one => one.CompareTo(oldest) > 0))
        {
            return "a newer whole or damaged checkpoint is let go.";
        }

        if (plan.Parts.Intersect(store.UnderWay).Any())
        {
            return "a part of the checkpoint under way is let go.";
        }

        return store.Parts.Any(one => one.Generation < store.Generation && !named.Contains(one.Path) && !plan.Parts.Contains(one.Path))
            ? "a part of an old life that nothing names stays."
            : null;
    }

    // Three lives that published some checkpoints each, shared a part, left some unnamed; the last one has the next checkpoint under way.
    private sealed record Store(StoredManifest[] Manifests, StoredPart[] Parts, string[] UnderWay, int Keep, long Generation)
    {
        private const int Lives = 3;

        public static Store Make(int seed, int size, int keep)
        {
            Random random = new(seed);
            List<StoredManifest> manifests = [];
            List<StoredPart> parts = [new("parts/0000000002/shared~00000000", 2, 0), new("parts/0000000001/left~00000000", 1, 0)];
            long now = 1;
            for (int i = 0; i < size; i++)
            {
                long generation = 1 + i * Lives / size;
                StoredPart own = new($"parts/{generation:D10}/{i}~00000000", generation, ++now);
                parts.Add(own);
                string[] paths = random.Next(2) == 0 && generation >= 2 ? [own.Path, parts[0].Path] : [own.Path, parts[random.Next(parts.Count)].Path];
                manifests.Add(new(new(generation, i + 1), ++now, i == size - 1 ? [.. paths, parts[0].Path] : paths, random.Next(4) > 0));
            }

            string underWay = $"parts/{Lives:D10}/next~00000000";
            parts.Add(new(underWay, Lives, ++now));
            return new([.. manifests], [.. parts], [underWay], keep, Lives);
        }
    }
}
