namespace OrleansSgd.Certifier.Tests.Traces;

/// <summary>A run as its trace tells it, before it becomes bytes: what tests build, spoil and write.</summary>
internal sealed class TraceModel
{
    public string Job { get; set; } = "job-1";

    public string Plan { get; set; } = "{}";

    public string Mode { get; set; } = "async";

    public int Workers { get; set; } = 1;

    public int Shards { get; set; } = 1;

    public bool IsBiased { get; set; }

    public string? NotCovered { get; set; }

    public double? Bound { get; set; }

    public double Confidence { get; set; } = 0.99;

    public int Window { get; set; } = 32;

    public double? Smoothness { get; set; } = 1;

    public long Tickets { get; set; }

    public string Outcome { get; set; } = "completed";

    /// <summary>Rows, events, cuts and audits in the order in which the coordinator took them.</summary>
    public List<object> Ledger { get; } = [];

    public List<ModelLife> Lives { get; } = [];

    /// <summary>Live figures by the names they have in the trace.</summary>
    public Dictionary<string, double> Figures { get; } = [];

    public string? Status { get; set; }

    public string? Condition { get; set; }

    public IEnumerable<ModelRow> Rows => Ledger.OfType<ModelRow>();

    public ModelRow RowOf(long ticket) => Rows.Single(row => row.Ticket == ticket);
}

internal sealed class ModelRow
{
    public long Ticket;
    public long RoundTicket;
    public int Flags;
    public int Worker;
    public int Incarnation;
    public int SlotCount = 1;
    public int StepCount = 1;
    public int SampleCount = 8;
    public double Rate;
    public double LossSum = 3;
    public double GradientSquared;
    public double HalfDifferenceSquared;
    public double SecantGradient;
    public double SecantDistance;
    public double DroppedSquared;
    public double HeldSquared;
    public double LocalDistance;
    public ModelSlice[] Slices = [];

    public double Norm(int shard) => Math.Sqrt(Slices[shard].NormSquared);

    public double NormSquared => Slices.Sum(slice => slice.NormSquared);
}

internal sealed class ModelSlice
{
    /// <summary>0 pending, 1 applied, 2 void.</summary>
    public int State = 1;

    public int ViewIncarnation;
    public long ViewVersion;

    /// <summary>Tickets in the view, as a plain set.</summary>
    public SortedSet<long> View = [];

    public double NormSquared;
    public double Projection;
    public double SubstituteSquared;
    public double ViewErrorSquared;

    public long Watermark
    {
        get
        {
            long watermark = 0;
            while (View.Contains(watermark))
            {
                watermark++;
            }

            return watermark;
        }
    }

    public long[] Exceptions
    {
        get
        {
            long watermark = Watermark;
            return [.. View.Where(ticket => ticket > watermark)];
        }
    }
}

internal sealed record ModelVoid(long Ticket);

internal sealed record ModelSettle(long Ticket, bool[] Applied);

internal sealed record ModelRetire(int Worker, long Ticket);

internal sealed record ModelRestore(int Shard, int Incarnation, long Version, SortedSet<long> Settled, long[] Lost);

internal sealed record ModelBreak(string Reason);

internal sealed record ModelCut(long Ticket, double Loss, double Error, double? GradientSquared, double[]? Projections);

internal sealed record ModelAudit(long Ticket, double StaleSquared);

/// <summary>One life of one shard: its log, and how much of it was written.</summary>
internal sealed class ModelLife
{
    public int Shard;
    public int Incarnation;
    public long Version;

    /// <summary>Ticket and kind: 0 applied, 1 in a round, 2 void.</summary>
    public List<(long Ticket, int Kind)> Entries = [];

    public bool IsWhole = true;
}
