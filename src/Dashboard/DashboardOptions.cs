using OrleansSgd.Dashboard.Security;

namespace OrleansSgd.Dashboard;

/// <summary>What a dashboard shows, to whom, and how often it asks the grid.</summary>
public sealed record DashboardOptions
{
    /// <summary>Makes calls to grains. Asked anew for every question, since a silo that made calls may be gone.</summary>
    public required Func<IGrainFactory> Grains { get; init; }

    /// <summary>
    /// What a token is good for, compared in constant time; null when the host listens on loopback and everybody who reaches it may do everything.
    /// </summary>
    public Func<string?, DashboardRole>? RoleOf { get; init; }

    /// <summary>Clock of the polls.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Between two questions about something that somebody watches. However many watch, it is asked once.</summary>
    public TimeSpan WatchedPeriod { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Between two questions while nobody watches: what a page then opens with is that old at most, and has no gap.</summary>
    public TimeSpan IdlePeriod { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Open event streams at a time, over all pages; more are told to come later. Each is a connection and a few KB.</summary>
    public int WatchersMax { get; init; } = 512;

    /// <summary>Jobs whose history is kept at a time; the one that was looked at longest ago goes first.</summary>
    public int JobsMax { get; init; } = 64;
}
