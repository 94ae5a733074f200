using OrleansSgd.Core.Shards;

namespace OrleansSgd.Simulator.Faults.Facts;

/// <summary>What each life of each shard contains, told from what the shards answered, not from what they hold.</summary>
/// <remarks>
/// A life starts with what its source contained at the version it was copied at, and with what keepers had beyond it. An asynchronous push that is answered
/// "applied" is appended; pushes of a round are appended in slot order when the last one is answered "applied", the first
/// for each slot counting.
/// </remarks>
internal sealed class Lineage
{
    private readonly Dictionary<(int Shard, int Life), Life> _lives = [];

    private sealed class Life
    {
        public List<(long Version, Pushed Push)> Contents { get; init; } = [];

        public SortedDictionary<int, Pushed> Pending { get; } = [];
    }

    /// <summary>What the shard's life contained when it had the version, in the order it was applied.</summary>
    public IEnumerable<Pushed> Contents(int shard, int life, long version) => life == 0
        ? []
        : _lives[(shard, life)].Contents.Where(one => one.Version <= version).Select(one => one.Push);

    /// <summary>Takes one fact more.</summary>
    public void Take(Fact fact)
    {
        switch (fact)
        {
            case LifeBegan began:
                _lives[(began.Shard, began.Life)] = new Life
                {
                    Contents =
                    [
                        .. began.SourceLife == 0
                            ? []
                            : _lives[(began.Shard, began.SourceLife)].Contents.Where(one => one.Version <= began.SourceVersion),
                        .. began.Replayed.Select(push => (push.Outcome.Version, push)),
                    ],
                };
                break;
            case Pushed { Outcome.Kind: PushOutcomeKind.Applied or PushOutcomeKind.Pending } push:
                Accept(_lives[(push.Shard, push.Life)], push);
                break;
        }
    }

    public static Lineage Of(RunFacts facts)
    {
        var lineage = new Lineage();
        foreach (Fact fact in facts.All)
        {
            lineage.Take(fact);
        }

        return lineage;
    }

    private static void Accept(Life life, Pushed push)
    {
        if (push.Header.Round < 0)
        {
            life.Contents.Add((push.Outcome.Version, push));
            return;
        }

        life.Pending.TryAdd(push.Header.Slot, push);
        if (push.Outcome.Kind == PushOutcomeKind.Applied)
        {
            life.Contents.AddRange(life.Pending.Values.Select(one => (push.Outcome.Version, one)));
            life.Pending.Clear();
        }
    }
}
