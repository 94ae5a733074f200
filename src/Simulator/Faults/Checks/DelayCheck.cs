using OrleansSgd.Core.Shards;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Checks;

/// <summary>A measured delay is the number of updates the shard applied between the view the update was computed at and the push.</summary>
/// <remarks>Views of an earlier life of the shard are not comparable; their delay is said to be 0.</remarks>
internal sealed class DelayCheck : Check
{
    public override string? Breach(RunFacts facts)
    {
        var applied = new Dictionary<(int Shard, int Life), List<long>>();
        var views = new Dictionary<(int Worker, int Incarnation, long Sequence), Computed>();
        foreach (Fact fact in facts.All)
        {
            if (fact is Computed computed)
            {
                views[(computed.Worker, computed.Incarnation, computed.Sequence)] = computed;
            }
            else if (fact is Pushed { Outcome.Kind: PushOutcomeKind.Applied, Header.Round: < 0 } push)
            {
                if (!applied.TryGetValue((push.Shard, push.Life), out List<long>? versions))
                {
                    applied[(push.Shard, push.Life)] = versions = [];
                }

                Computed view = views[(push.Header.Worker, push.Header.Incarnation, push.Header.Sequence)];
                long delay = view.Lives[push.Shard] == push.Life ? versions.Count(one => one > view.Versions[push.Shard]) : 0;
                if (delay != push.Outcome.Delay && !push.IsKept)
                {
                    return $"shard {push.Shard} measured delay {push.Outcome.Delay} for ticket {push.Header.Ticket}, but it is {delay}";
                }

                versions.Add(push.Outcome.Version);
            }
        }

        return null;
    }
}
