using System.Diagnostics;
using OrleansSgd.Core.Consistency.Ledger;
using OrleansSgd.Telemetry.Metrics;

namespace OrleansSgd.Telemetry.Spans;

/// <summary>The parts of a worker's step, in their order.</summary>
public enum StepPart
{
    /// <summary>The view came in.</summary>
    Pull,

    /// <summary>The gradient was computed.</summary>
    Gradient,

    /// <summary>The update was encoded, and its ticket came.</summary>
    Encode,

    /// <summary>Every shard has answered.</summary>
    Push,
}

/// <summary>What a worker asks its coordinator during a step; it takes place beside the parts.</summary>
public enum StepQuestion
{
    /// <summary>For samples, before the first step that uses them.</summary>
    Lease,

    /// <summary>For the step's place in the global order.</summary>
    Ticket,
}

/// <summary>
/// Timed spans of one worker: <c>step</c>, with <c>pull</c>, <c>gradient</c>, <c>encode</c> and <c>push</c> inside, the last with a <c>push.shard</c>
/// for every shard; and beside them <c>lease</c> and <c>ticket</c>, what it asked its coordinator.
/// </summary>
/// <remarks>
/// A step's ticket is known late, and with it whether the step is picked. So the loop notes when each part ended, a clock reading each, and
/// the spans are made afterwards, of picked tickets only. None is the current activity while the loop makes its calls: nothing travels along
/// with them. Not thread-safe: one per worker.
/// </remarks>
public sealed class StepSpans
{
    private static readonly string[] PartNames = [TraceNames.Pull, TraceNames.Gradient, TraceNames.Encode, TraceNames.Push];

    private static readonly string[] QuestionNames = [TraceNames.Lease, TraceNames.TicketCall];

    private readonly JobTrace _job;
    private readonly SpanSampling _sampling;
    private readonly long[] _ends = new long[PartNames.Length];
    private readonly long[] _asked = new long[QuestionNames.Length];
    private readonly long[] _answered = new long[QuestionNames.Length];
    private long[] _shardEnds = [];
    private long _begin;

    /// <param name="every">About one step in so many has spans; 1 for all, 0 for none.</param>
    public StepSpans(JobTrace job, int every = SpanSampling.EveryDefault)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentOutOfRangeException.ThrowIfNegative(every);
        _job = job;
        _sampling = new SpanSampling(every);
    }

    /// <summary>A step begins: it asks for its view. While nobody takes spans or durations, no clock is read for it.</summary>
    public void Begin()
    {
        _begin = JobTrace.IsHeard || GridMetrics.AreDurationsHeard ? Stopwatch.GetTimestamp() : 0;
        Array.Clear(_ends);
        Array.Clear(_shardEnds);
        _answered[(int)StepQuestion.Ticket] = 0;
    }

    /// <summary>A question leaves now. While nobody takes spans, no clock is read for it.</summary>
    public void Asks(StepQuestion question)
    {
        _asked[(int)question] = JobTrace.IsHeard ? Stopwatch.GetTimestamp() : 0;
        _answered[(int)question] = 0;
    }

    /// <summary>Its answer is here.</summary>
    public void Answered(StepQuestion question)
    {
        if (_asked[(int)question] != 0)
        {
            _answered[(int)question] = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>A shard has answered the step's push; said again, the later one counts.</summary>
    public void ShardAnswered(int shard)
    {
        if (_begin != 0 && _ends[(int)StepPart.Encode] != 0 && JobTrace.IsHeard)
        {
            if (_shardEnds.Length <= shard)
            {
                Array.Resize(ref _shardEnds, shard + 1);
            }

            _shardEnds[shard] = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>A part of the step ended just now; said again, the later one counts. A part that is not said has no span.</summary>
    public void Ended(StepPart part)
    {
        if (_begin != 0)
        {
            _ends[(int)part] = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Seconds that a part took; NaN when it has not ended, or the clock was not read.</summary>
    public double Seconds(StepPart part)
    {
        long end = _ends[(int)part];
        return end == 0 ? double.NaN : Stopwatch.GetElapsedTime(BeginOf(part), end).TotalSeconds;
    }

    /// <summary>The step is over; its spans are made when its ticket is picked and somebody takes them.</summary>
    /// <param name="record">What the worker tells the ledger of it.</param>
    /// <param name="delay">Largest delay that a shard measured; null when not known.</param>
    /// <param name="gap">D / α²; null when not known.</param>
    public void End(TicketRecord record, long? delay = null, double? gap = null)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (_begin != 0 && _sampling.Takes(record.Ticket) && JobTrace.IsHeard)
        {
            Make(record, delay, gap);
        }

        _answered[(int)StepQuestion.Lease] = 0; // it belongs to the first step that uses the lease
    }

    private void Make(TicketRecord record, long? delay, double? gap)
    {
        var clock = SpanClock.Now();
        if (_job.Start(TraceNames.Step, null, clock.At(_begin)) is not { } step)
        {
            return;
        }

        Describe(step, record, delay, gap);
        for (int part = 0; part < _ends.Length; part++)
        {
            if (_ends[part] != 0)
            {
                Activity? span = _job.Start(PartNames[part], step, clock.At(BeginOf((StepPart)part)));
                if (part == (int)StepPart.Push && span is not null)
                {
                    MakeShards(span, record, clock);
                }

                Finish(span, record, clock.At(_ends[part]));
            }
        }

        for (int question = 0; question < QuestionNames.Length; question++)
        {
            if (_asked[question] != 0 && _answered[question] != 0)
            {
                Finish(_job.Start(QuestionNames[question], step, clock.At(_asked[question])), record, clock.At(_answered[question]));
            }
        }

        step.SetEndTime(clock.At(Math.Max(_begin, _ends.Max())).UtcDateTime);
        step.Dispose();
    }

    private void MakeShards(Activity push, TicketRecord record, SpanClock clock)
    {
        for (int shard = 0; shard < _shardEnds.Length; shard++)
        {
            if (_shardEnds[shard] != 0)
            {
                Activity? span = _job.Start(TraceNames.PushShard, push, clock.At(BeginOf(StepPart.Push)));
                span?.SetTag(TraceNames.Shard, shard);
                Finish(span, record, clock.At(_shardEnds[shard]));
            }
        }
    }

    private static void Finish(Activity? span, TicketRecord record, DateTimeOffset end)
    {
        if (span is not null)
        {
            span.SetTag(TraceNames.Ticket, record.Ticket);
            span.SetTag(TraceNames.Worker, record.Worker);
            span.SetEndTime(end.UtcDateTime);
            span.Dispose();
        }
    }

    private static void Describe(Activity step, TicketRecord record, long? delay, double? gap)
    {
        Span<SliceRecord> slices = record.Slices;
        long[] versions = new long[slices.Length];
        long[] incarnations = new long[slices.Length];
        double normSquared = 0;
        for (int shard = 0; shard < slices.Length; shard++)
        {
            versions[shard] = slices[shard].ViewVersion;
            incarnations[shard] = slices[shard].ViewIncarnation;
            normSquared += slices[shard].NormSquared;
        }

        step.SetTag(TraceNames.Ticket, record.Ticket);
        step.SetTag(TraceNames.Worker, record.Worker);
        step.SetTag(TraceNames.Incarnation, record.Incarnation);
        step.SetTag(TraceNames.Rate, record.Rate);
        step.SetTag(TraceNames.Samples, record.SampleCount);
        step.SetTag(TraceNames.UpdateNorm, Math.Sqrt(normSquared));
        step.SetTag(TraceNames.ViewVersions, versions);
        step.SetTag(TraceNames.ViewIncarnations, incarnations);
        if (!double.IsNaN(record.GradientNormSquared))
        {
            step.SetTag(TraceNames.GradientSquared, record.GradientNormSquared);
        }

        if (delay is not null)
        {
            step.SetTag(TraceNames.Delay, delay);
        }

        if (gap is { } known && !double.IsNaN(known))
        {
            step.SetTag(TraceNames.Gap, known);
        }
    }

    // A part begins where the last one before it ended.
    private long BeginOf(StepPart part)
    {
        for (int before = (int)part - 1; before >= 0; before--)
        {
            if (_ends[before] != 0)
            {
                return _ends[before];
            }
        }

        return _begin;
    }
}
