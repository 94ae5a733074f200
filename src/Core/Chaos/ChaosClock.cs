namespace OrleansSgd.Core.Chaos;

/// <summary>What a moment of a script is counted by.</summary>
public enum ChaosClock
{
    /// <summary>Seconds since the run began. Two runs are never equally fast, so such an event meets another state each time.</summary>
    Seconds = 0,

    /// <summary>Tickets given out. The event comes at the first moment at which the run is seen to have got so far.</summary>
    Tickets = 1,
}
