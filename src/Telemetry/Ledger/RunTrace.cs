using System.Buffers.Binary;
using System.Globalization;
using OrleansSgd.Core.Consistency.Certificates;
using OrleansSgd.Core.Consistency.Ledger;

namespace OrleansSgd.Telemetry.Ledger;

/// <summary>A job's ledger on its way into the trace: every ticket's scalars, packed, and what happened between them.</summary>
/// <remarks>
/// <para>Say things in the order in which the monitor took them. Rows wait until a chunk is full, something else is said, or
/// <see cref="Flush"/>; call that about once a second, so that a trace read while the run goes on is not old.</para>
/// <para>When nobody takes spans of the job at <see cref="Open"/>, it does nothing for its whole life: half a ledger proves nothing.</para>
/// <para>Adding a row allocates nothing in the steady state. One owner, not thread-safe.</para>
/// </remarks>
public sealed class RunTrace : IDisposable
{
    /// <summary>Number of the layout of docs/trace-format.md.</summary>
    public const int Layout = 1;

    /// <summary>Rows of a chunk, at most.</summary>
    public const int ChunkRowsMax = 1024;

    /// <summary>Bytes of rows at which a chunk is full: its copy stays below the size from which arrays are collected with the old ones.</summary>
    public const int ChunkSize = 64 * 1024;

    private readonly LedgerChain? _chain;
    private readonly RowPacker _rows = new();
    private readonly PackedBytes _tickets = new(64);
    private long _rowCount;

    private RunTrace(LedgerChain? chain) => _chain = chain;

    /// <summary>True when somebody took spans of the job when the ledger began, and it has not been closed.</summary>
    public bool IsOn { get; private set; }

    /// <summary>Begins a run's ledger.</summary>
    public static RunTrace Open(JobTrace job, RunOpening opening)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(opening);
        if (!JobTrace.IsHeard)
        {
            return new RunTrace(null);
        }

        var chain = new LedgerChain(job, opening.Generation);
        bool isTaken = chain.Begin(TraceNames.LedgerOpen);
        chain.AddSequence();
        chain.Add(TraceNames.Layout, Layout);
        chain.Add(TraceNames.Plan, opening.Plan);
        chain.Add(TraceNames.Seed, opening.Seed.ToString(CultureInfo.InvariantCulture));
        chain.Add(TraceNames.Mode, opening.Mode);
        chain.Add(TraceNames.Workers, opening.Workers);
        chain.Add(TraceNames.Shards, opening.Shards);
        chain.Add(TraceNames.Parameters, opening.Parameters);
        chain.Add(TraceNames.Form, opening.Form == CertificateForm.Biased ? "biased" : "unbiased");
        chain.AddKnown(TraceNames.NotCovered, opening.NotCovered);
        chain.Add(TraceNames.LossExact, opening.LossIsExact);
        chain.AddKnown(TraceNames.Bound, opening.Bound);
        chain.Add(TraceNames.Confidence, opening.Confidence);
        chain.Add(TraceNames.Window, opening.Window);
        chain.End();
        return new RunTrace(chain) { IsOn = isTaken };
    }

    /// <summary>A ticket's row.</summary>
    /// <param name="isRebuilt">Its worker died before it told the ledger; the view is the oldest it can have been.</param>
    public void Row(TicketRecord record, bool isRebuilt = false)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (!IsOn)
        {
            return;
        }

        _rows.Add(record, isRebuilt);
        if (_rows.Count >= ChunkRowsMax || _rows.Bytes.Length >= ChunkSize)
        {
            Flush();
        }
    }

    /// <summary>Something that only the coordinator knows. An orphan is no event: its row, rebuilt, tells of it.</summary>
    public void Fact(in LedgerFact fact)
    {
        if (fact.Kind == LedgerFactKind.Orphan || BeginEvent(fact.Kind) is not { } chain)
        {
            return;
        }

        switch (fact.Kind)
        {
            case LedgerFactKind.Void:
                chain.Add(TraceNames.Ticket, fact.Ticket);
                break;
            case LedgerFactKind.Settle:
                chain.Add(TraceNames.Ticket, fact.Ticket);
                chain.Add(TraceNames.Applied, Array.ConvertAll(fact.Applied, one => one ? (byte)1 : (byte)0));
                break;
            case LedgerFactKind.Retire:
                chain.Add(TraceNames.Worker, fact.Worker);
                chain.Add(TraceNames.Ticket, fact.Ticket);
                break;
            case LedgerFactKind.Restore:
                chain.Add(TraceNames.Shard, fact.Shard);
                chain.Add(TraceNames.Incarnation, fact.Incarnation);
                chain.Add(TraceNames.Version, fact.Version);
                chain.Add(TraceNames.Watermark, fact.Watermark);
                chain.Add(TraceNames.Exceptions, Packed(fact.Exceptions));
                chain.Add(TraceNames.Lost, Packed(fact.Lost));
                if (fact.Replayed.Length > 0)
                {
                    chain.Add(TraceNames.Replayed, Packed(fact.Replayed));
                }

                break;
            default:
                chain.Add(TraceNames.Reason, fact.Reason);
                break;
        }

        chain.End();
    }

    /// <summary>f was measured at a ticket-consistent cut, just before <paramref name="ticket"/>.</summary>
    /// <param name="loss">f there.</param>
    /// <param name="lossError">Its standard error and what residuals can add; 0 when exact.</param>
    /// <param name="gradientSquared">‖∇f‖² there; NaN when not measured.</param>
    /// <param name="projections">Per shard, x with the shard's fixed random vector; empty when not measured.</param>
    public void Cut(long ticket, double loss, double lossError, double gradientSquared = double.NaN, ReadOnlySpan<double> projections = default)
    {
        if (Begin(TraceNames.LedgerCut) is not { } chain)
        {
            return;
        }

        chain.Add(TraceNames.Ticket, ticket);
        chain.Add(TraceNames.Loss, loss);
        chain.Add(TraceNames.LossError, lossError);
        chain.AddKnown(TraceNames.GradientSquared, gradientSquared);
        if (!projections.IsEmpty)
        {
            byte[] bytes = new byte[projections.Length * sizeof(double)];
            for (int shard = 0; shard < projections.Length; shard++)
            {
                BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(shard * sizeof(double)), projections[shard]);
            }

            chain.Add(TraceNames.Projections, bytes);
        }

        chain.End();
    }

    /// <summary>The view of a ticket was compared with x itself.</summary>
    /// <param name="staleSquared">Σ over shards of the exact ‖x − v‖² without residuals.</param>
    public void Audit(long ticket, double staleSquared)
    {
        if (Begin(TraceNames.LedgerAudit) is { } chain)
        {
            chain.Add(TraceNames.Ticket, ticket);
            chain.Add(TraceNames.StaleSquared, staleSquared);
            chain.End();
        }
    }

    /// <summary>The run goes on from a checkpoint. What an earlier coordinator did from this ticket on is in no chain of this one.</summary>
    /// <param name="ticket">The first ticket that does not count.</param>
    /// <param name="livesBefore">Lives of shards up to this number are over, and what they did from the ticket on does not count.</param>
    public void Resume(long ticket, int livesBefore)
    {
        if (Begin(TraceNames.LedgerEvent) is { } chain)
        {
            chain.Add(TraceNames.Kind, "resume");
            chain.Add(TraceNames.Ticket, ticket);
            chain.Add(TraceNames.LivesBefore, livesBefore);
            chain.End();
        }
    }

    /// <summary>Hands on the rows that wait.</summary>
    public void Flush()
    {
        if (!IsOn || _chain is not { } chain || _rows.Count == 0)
        {
            return;
        }

        chain.Begin(TraceNames.LedgerRows);
        chain.AddSequence();
        chain.Add(TraceNames.FirstRow, _rowCount);
        chain.Add(TraceNames.Count, _rows.Count);
        chain.Add(TraceNames.Rows, _rows.Bytes);
        chain.End();
        _rowCount += _rows.Count;
        _rows.Clear();
    }

    /// <summary>Ends the ledger; whatever is said after it is not heard.</summary>
    public void Close(RunFigures figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        if (Begin(TraceNames.LedgerClose) is not { } chain)
        {
            return;
        }

        chain.Add(TraceNames.Tickets, figures.Tickets);
        chain.Add(TraceNames.Rows, _rowCount);
        chain.Add(TraceNames.Outcome, figures.Outcome);
        chain.AddKnown(TraceNames.Smoothness, figures.Smoothness);
        chain.AddKnown(TraceNames.DelayMean, figures.DelayMean);
        if (figures.DelayMax is { } delayMax)
        {
            chain.Add(TraceNames.DelayMax, delayMax);
        }

        chain.AddKnown(TraceNames.GapMean, figures.GapMean);
        chain.AddKnown(TraceNames.BoundPredicted, figures.BoundPredicted);
        chain.AddKnown(TraceNames.Condition, figures.Condition is { } condition ? RunFigures.NameOf(condition) : null);
        if (figures.Certificate is { } certificate)
        {
            chain.Add(TraceNames.CertificateStatus, certificate.Status.ToString().ToUpperInvariant());
            chain.Add(TraceNames.CertificateReason, certificate.Reason);
            chain.AddKnown(TraceNames.CertificateValue, certificate.Total);
            chain.AddKnown(TraceNames.CertificateOptimisation, certificate.Optimisation);
            chain.AddKnown(TraceNames.CertificateStaleness, certificate.Staleness);
            chain.AddKnown(TraceNames.CertificateNoise, certificate.Noise);
            chain.AddKnown(TraceNames.CertificateBias, certificate.Bias);
            chain.AddKnown(TraceNames.CertificateJump, certificate.Jump);
        }

        chain.End();
        IsOn = false;
    }

    /// <summary>Lets go of the ledger. Without <see cref="Close"/> before it, the trace is not whole.</summary>
    public void Dispose()
    {
        IsOn = false;
        _chain?.Dispose();
    }

    private LedgerChain? BeginEvent(LedgerFactKind kind)
    {
        LedgerChain? chain = Begin(TraceNames.LedgerEvent);
        chain?.Add(TraceNames.Kind, kind switch
        {
            LedgerFactKind.Void => "void",
            LedgerFactKind.Settle => "settle",
            LedgerFactKind.Retire => "retire",
            LedgerFactKind.Restore => "restore",
            _ => "break",
        });
        return chain;
    }

    // Rows that came before must stand before.
    private LedgerChain? Begin(string name)
    {
        if (!IsOn || _chain is not { } chain)
        {
            return null;
        }

        Flush();
        chain.Begin(name);
        chain.AddSequence();
        return chain;
    }

    private ReadOnlySpan<byte> Packed(long[] tickets)
    {
        _tickets.Clear();
        _tickets.Tickets(tickets);
        return _tickets.Span;
    }
}
