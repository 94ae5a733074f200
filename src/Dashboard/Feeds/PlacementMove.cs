using System.Globalization;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Dashboard.Feeds;

/// <summary>A worker or shard that is somewhere else than before, or has begun another life.</summary>
/// <param name="Number">Counts moves, from 1, so that a page knows which it has shown.</param>
/// <param name="Job">Its job.</param>
/// <param name="Member">Such as <c>worker 3</c>.</param>
/// <param name="From">Silo of its life before; null when it had none.</param>
/// <param name="To">Silo of its new life; null while it has none.</param>
/// <param name="Incarnation">Which life it has now.</param>
internal sealed record PlacementMove(long Number, string Job, string Member, string? From, string? To, int Incarnation)
{
    /// <summary>What moved between two pictures of one job.</summary>
    /// <param name="before">Null for the first picture: nothing has moved yet.</param>
    /// <param name="next">Number of the first move.</param>
    public static List<PlacementMove> Between(string job, JobMembers? before, JobMembers after, long next)
    {
        var moves = new List<PlacementMove>();
        if (before is not null)
        {
            if (before.Coordinator != after.Coordinator)
            {
                moves.Add(new(next, job, "coordinator", before.Coordinator, after.Coordinator, 0));
            }

            Compare(moves, job, "shard", before.Shards, after.Shards, next);
            Compare(moves, job, "worker", before.Workers, after.Workers, next);
        }

        return moves;
    }

    private static void Compare(List<PlacementMove> moves, string job, string kind, MemberPlace[] before, MemberPlace[] after, long next)
    {
        // A job that ends, or begins, has no members on one side: that is no move.
        for (int i = 0; i < Math.Min(before.Length, after.Length); i++)
        {
            bool isPlacedFirst = before[i].Incarnation == 0;
            if (!isPlacedFirst && (before[i].Silo != after[i].Silo || before[i].Incarnation != after[i].Incarnation))
            {
                string member = string.Create(CultureInfo.InvariantCulture, $"{kind} {i}");
                moves.Add(new(next + moves.Count, job, member, before[i].Silo, after[i].Silo, after[i].Incarnation));
            }
        }
    }
}
