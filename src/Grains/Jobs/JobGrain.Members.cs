using OrleansSgd.Core.Membership;
using OrleansSgd.Core.Runs;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Grains.Jobs;

/// <content>Who lives where, for those who draw a map.</content>
public sealed partial class JobGrain
{
    /// <inheritdoc/>
    public Task<JobMembers> Members()
    {
        RunCoordinator? coordinator = _phase == JobPhase.Running ? _run?.Coordinator : null;
        return Task.FromResult(new JobMembers(
            silo.SiloAddress.ToParsableString(),
            coordinator is null ? [] : PlacesOf(coordinator.Shards),
            coordinator is null ? [] : PlacesOf(coordinator.Workers)));
    }

    private static MemberPlace[] PlacesOf(ReadOnlySpan<Member> members)
    {
        var places = new MemberPlace[members.Length];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = MemberPlace.Of(members[i]);
        }

        return places;
    }
}
