using OrleansSgd.Core.Membership;

namespace OrleansSgd.Grains.Contracts;

/// <summary>Where everything of a job lives, as its coordinator knows it at one moment.</summary>
/// <param name="Coordinator">Address of the silo that hosts the coordinator.</param>
/// <param name="Shards">By number; empty while the job is starting and once it is over.</param>
/// <param name="Workers">By number; empty while the job is starting and once it is over.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.JobMembers")]
public sealed record JobMembers(
    [property: Id(0)] string Coordinator, [property: Id(1)] MemberPlace[] Shards, [property: Id(2)] MemberPlace[] Workers);

/// <summary>Where one worker or shard lives.</summary>
/// <param name="Silo">Address of its silo; null before it is placed.</param>
/// <param name="Incarnation">Which life this is; 0 before the first.</param>
/// <param name="State">Whether it is up.</param>
[GenerateSerializer, Immutable, Alias("OrleansSgd.MemberPlace")]
public sealed record MemberPlace([property: Id(0)] string? Silo, [property: Id(1)] int Incarnation, [property: Id(2)] MemberState State)
{
    /// <summary>The member, as clients see it.</summary>
    public static MemberPlace Of(in Member member) => new(member.Silo, member.Incarnation, member.State);
}
