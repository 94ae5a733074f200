namespace OrleansSgd.Certifier.Reading;

/// <summary>What a row says that became of one slice.</summary>
internal enum SliceFate : byte
{
    /// <summary>Not known yet; a settle event follows.</summary>
    Pending,

    /// <summary>The shard has it.</summary>
    Applied,

    /// <summary>The shard will never have it.</summary>
    Void,

    /// <summary>The shard had it, and lost it in a restore.</summary>
    Lost,
}

/// <summary>One ticket on one shard, as its row says.</summary>
internal struct RowSlice
{
    public SliceFate Fate;
    public int ViewIncarnation;
    public long ViewVersion;

    /// <summary>Every ticket below is in the view.</summary>
    public long ViewWatermark;

    /// <summary>Tickets above the watermark that are in the view as well, ascending.</summary>
    public long[] Exceptions;

    /// <summary>‖decoded update slice‖², in squared parameter units.</summary>
    public double NormSquared;

    /// <summary>Product with the shard's fixed random vector; NaN when not measured.</summary>
    public double Projection;

    public double SubstituteSquared;
    public double ViewErrorSquared;
}

/// <summary>One ticket, as its worker told it. Scalars that were not measured are NaN, those that do not apply 0.</summary>
internal sealed class LedgerRow
{
    public long Ticket { get; init; }

    public RowFlags Flags { get; init; }

    public int Worker { get; init; }

    public int Incarnation { get; init; }

    /// <summary>p.</summary>
    public int SlotCount { get; init; }

    /// <summary>x is taken just before this ticket.</summary>
    public long RoundTicket { get; init; }

    /// <summary>H.</summary>
    public int StepCount { get; init; }

    public long SampleCount { get; init; }

    /// <summary>What each gradient was multiplied by.</summary>
    public double Rate { get; init; }

    public double LossSum { get; set; } = double.NaN;

    public double GradientSquared { get; set; } = double.NaN;

    public double HalfDifferenceSquared { get; set; } = double.NaN;

    public double SecantGradient { get; set; } = double.NaN;

    public double SecantDistance { get; set; } = double.NaN;

    public double DroppedSquared { get; set; }

    public double HeldSquared { get; set; }

    public double LocalDistance { get; set; }

    public RowSlice[] Slices { get; init; } = [];

    /// <summary>α of the step the gradient belongs to.</summary>
    public double StepRate => Rate * SlotCount;

    /// <summary>Weight of the row in the certificate: gradients at their rate; 0 when it is no step of its own.</summary>
    public double Weight => IsPartial ? 0 : Rate * StepCount;

    public bool IsPartial => (Flags & RowFlags.Partial) != 0;

    /// <summary>Made up after its worker died; its view is the oldest it can have been, so it says less than the shard's log.</summary>
    public bool IsRebuilt => (Flags & RowFlags.Rebuilt) != 0;

    public bool IsHeldCarried => (Flags & RowFlags.HeldCarried) != 0;

    /// <summary>‖update‖² over all shards.</summary>
    public double NormSquared
    {
        get
        {
            double sum = 0;
            foreach (ref readonly RowSlice slice in Slices.AsSpan())
            {
                sum += slice.NormSquared;
            }

            return sum;
        }
    }

    /// <summary>The lowest ticket that must be known to measure this one: its round's, or one that some slice of its view lacks.</summary>
    public long TicketMin
    {
        get
        {
            long min = RoundTicket;
            foreach (ref readonly RowSlice slice in Slices.AsSpan())
            {
                min = Math.Min(min, slice.ViewWatermark);
            }

            return min;
        }
    }
}

/// <summary>What a row carries; the numbers are those of the format.</summary>
[Flags]
internal enum RowFlags
{
    None = 0,
    Noise = 1,
    Secant = 2,
    Dropped = 4,
    Held = 8,
    HeldCarried = 16,
    Partial = 32,
    Local = 64,
    Projections = 128,
    Substitutes = 256,
    ViewErrors = 512,
    Rebuilt = 1024,
    All = 2047,
}
