namespace OrleansSgd.Core.Scheduling.Gates;

/// <summary>What a reading made the controller do.</summary>
public enum ControlMove : byte
{
    /// <summary>Nothing was concluded: gap, noise or smoothness is not known.</summary>
    Unknown = 0,

    /// <summary>Within the target, and nothing to let go, or not yet.</summary>
    Kept = 1,

    /// <summary>Beyond the target: a lever was tightened.</summary>
    Tightened = 2,

    /// <summary>Well within the target: a lever was let go a little.</summary>
    Released = 3,

    /// <summary>Beyond the target, and every lever that helps is at its end.</summary>
    Exhausted = 4,
}
