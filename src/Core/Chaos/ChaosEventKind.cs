namespace OrleansSgd.Core.Chaos;

/// <summary>What happens to a silo. Written to script files by name; values are only ever appended.</summary>
public enum ChaosEventKind
{
    /// <summary>A silo comes.</summary>
    Join = 0,

    /// <summary>A silo goes in good order, as on a termination signal.</summary>
    Leave = 1,

    /// <summary>A silo vanishes, as when its machine loses power.</summary>
    Kill = 2,

    /// <summary>A silo computes slower by a factor; factor 1 gives it its speed back.</summary>
    Slow = 3,

    /// <summary>A silo is declared dead and does not know it: it goes on, and its calls still reach the others.</summary>
    Partition = 4,

    /// <summary>A silo that was partitioned learns that it was declared dead, and stops.</summary>
    Heal = 5,
}
