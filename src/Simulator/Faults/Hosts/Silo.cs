namespace OrleansSgd.Simulator.Faults.Hosts;

/// <summary>Which messages of a silo do not arrive.</summary>
[Flags]
internal enum SiloCut
{
    None = 0,
    Out = 1,
    In = 2,
    Both = Out | In,
}

/// <summary>A process that hosts shards, workers and keepers.</summary>
/// <param name="clock">How long its clock takes for one unit of time; 1 for a good one.</param>
internal sealed class Silo(string name, VirtualTime time, double clock)
{
    public string Name => name;

    /// <summary>False once it died: then nothing on it does or receives anything.</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>False once the others think it dead; it goes on with what it hosts until it hears of it.</summary>
    public bool IsMember { get; set; } = true;

    /// <summary>How many times longer everything takes on it.</summary>
    public double Slowness { get; set; } = 1;

    /// <summary>Which of its messages are lost at present.</summary>
    public SiloCut Cut { get; set; }

    /// <summary>The only one it is cut off from; null for everybody.</summary>
    public Silo? CutFrom { get; set; }

    /// <summary>True while it reaches nobody.</summary>
    public bool IsAlone => Cut != SiloCut.None && CutFrom is null;

    /// <summary>Plans an event by the silo's own clock; it does not happen on a silo that died before.</summary>
    public void After(double microseconds, Action happen) => time.After(microseconds * clock, () => WhileUp(happen));

    /// <summary>Plans the end of some work.</summary>
    public void Work(double microseconds, Action done) => time.After(microseconds * Slowness, () => WhileUp(done));

    /// <summary>Does something unless the silo is dead.</summary>
    public void WhileUp(Action action)
    {
        if (IsUp)
        {
            action();
        }
    }

    /// <summary>True when a message from one to the other does not arrive.</summary>
    public static bool IsCut(Silo from, Silo to) => from != to
        && ((from.Cut.HasFlag(SiloCut.Out) && (from.CutFrom ?? to) == to) || (to.Cut.HasFlag(SiloCut.In) && (to.CutFrom ?? from) == from));
}
