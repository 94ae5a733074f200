using OrleansSgd.Core.Shards;
using OrleansSgd.Simulator.Faults.Facts;

namespace OrleansSgd.Simulator.Faults.Checks;

/// <summary>A shard that was told to refuse lives of a worker takes nothing of them any more, but what a keeper has.</summary>
internal sealed class FenceCheck : Check
{
    public override string? Breach(RunFacts facts)
    {
        var lowest = new Dictionary<(int Shard, int Life, int Worker), int>();
        foreach (Fact fact in facts.All)
        {
            switch (fact)
            {
                case LifeBegan began:
                    for (int worker = 0; worker < began.IncarnationsMin.Length; worker++)
                    {
                        Raise(lowest, (began.Shard, began.Life, worker), began.IncarnationsMin[worker]);
                    }

                    break;
                case Fenced fence:
                    Raise(lowest, (fence.Shard, fence.Life, fence.Worker), fence.IncarnationMin);
                    break;
                case Pushed { IsKept: false, Outcome.Kind: PushOutcomeKind.Applied or PushOutcomeKind.Pending } push
                    when lowest.GetValueOrDefault((push.Shard, push.Life, push.Header.Worker)) > push.Header.Incarnation:
                    return $"shard {push.Shard}, life {push.Life}, took ticket {push.Header.Ticket} of life " +
                        $"{push.Header.Incarnation} of worker {push.Header.Worker} after its fence";
            }
        }

        return null;
    }

    private static void Raise(
        Dictionary<(int Shard, int Life, int Worker), int> lowest, (int, int, int) key, int incarnationMin) =>
        lowest[key] = Math.Max(lowest.GetValueOrDefault(key), incarnationMin);
}
