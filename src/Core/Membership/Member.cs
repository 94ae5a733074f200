namespace OrleansSgd.Core.Membership;

/// <summary>One worker or shard of a run, as its coordinator knows it.</summary>
/// <param name="Silo">Where it lives or is meant to start; null before it is placed.</param>
/// <param name="Incarnation">Which life this is; 0 before the first.</param>
/// <param name="State">Whether it is up.</param>
public readonly record struct Member(string? Silo, int Incarnation, MemberState State)
{
    /// <summary>Until it is up, the silo whose life hands over to this one; null where none does.</summary>
    public string? From { get; init; }
}

/// <summary>Where a <see cref="Member"/> is in its life.</summary>
public enum MemberState : byte
{
    /// <summary>Not placed yet, or its last life is over and no silo is there to take the next.</summary>
    Absent,

    /// <summary>Placed; the silo has been asked to start it.</summary>
    Starting,

    /// <summary>Up.</summary>
    Live,

    /// <summary>Done: the run needs it no more.</summary>
    Finished,
}
