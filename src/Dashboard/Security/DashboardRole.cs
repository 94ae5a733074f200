namespace OrleansSgd.Dashboard.Security;

/// <summary>What somebody may do; each includes those before it. The same values as the roles of a silo's tokens.</summary>
public enum DashboardRole
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Look.</summary>
    Read = 1,

    /// <summary>Hand in jobs.</summary>
    Submit = 2,

    /// <summary>Pause, continue, scale and cancel.</summary>
    Operate = 3,
}
