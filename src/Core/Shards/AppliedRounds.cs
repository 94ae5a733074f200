using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Shards;

/// <summary>Which tickets the two newest rounds of a shard are made of: no older contribution is ever asked about.</summary>
internal sealed class AppliedRounds
{
    private List<(long Ticket, FenceReport Report)> _newest = [];
    private List<(long Ticket, FenceReport Report)> _older = [];

    /// <summary>Another round begins; the oldest is forgotten.</summary>
    public void Open()
    {
        (_newest, _older) = (_older, _newest);
        _newest.Clear();
    }

    /// <summary>Notes one contribution of the newest round.</summary>
    public void Add(in PushHeader header) => _newest.Add((header.Ticket, ReportOf(header)));

    /// <summary>What is known of a ticket; a report of nothing when it is in neither round.</summary>
    public FenceReport Find(long ticket)
    {
        foreach ((long applied, FenceReport report) in _newest)
        {
            if (applied == ticket)
            {
                return report;
            }
        }

        return _older.Find(one => one.Ticket == ticket).Report;
    }

    /// <summary>The report of an update whose push was here.</summary>
    public static FenceReport ReportOf(in PushHeader header) => new(true, header.NormSquared, header.Rate, header.SampleCount);
}
