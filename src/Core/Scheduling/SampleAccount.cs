namespace OrleansSgd.Core.Scheduling;

/// <summary>Knows of every sample of every epoch how often it was used, and why if not once.</summary>
/// <remarks>
/// Kept as runs of equal positions: an epoch that went well is one span, one under way has about two for each lease that is held. An epoch costs
/// nothing before its first use.
/// </remarks>
public sealed class SampleAccount
{
    private readonly int _samples;
    private readonly int _epochs;
    private readonly Dictionary<int, List<SampleSpan>> _spans = [];

    /// <param name="samples">Samples of an epoch, 1 or more.</param>
    /// <param name="epochs">Passes over them, 1 or more.</param>
    public SampleAccount(int samples, int epochs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        _samples = samples;
        _epochs = epochs;
    }

    /// <summary>Goes on from what was saved.</summary>
    /// <param name="samples">Samples of an epoch.</param>
    /// <param name="epochs">Passes over them.</param>
    /// <param name="saved">What <see cref="Save"/> returned.</param>
    /// <param name="used">[epochs]; samples committed in each, from which follows what was not saved.</param>
    /// <exception cref="ArgumentException">The spans of an epoch do not cover its samples.</exception>
    public SampleAccount(int samples, int epochs, IReadOnlyList<EpochSpans> saved, IReadOnlyList<long> used)
        : this(samples, epochs)
    {
        ArgumentNullException.ThrowIfNull(saved);
        ArgumentNullException.ThrowIfNull(used);
        for (int epoch = 0; epoch < used.Count; epoch++)
        {
            if (used[epoch] == samples)
            {
                _spans[epoch] = [OnceAll];
            }
        }

        foreach (EpochSpans epoch in saved)
        {
            int position = 0;
            foreach (SampleSpan span in epoch.Spans)
            {
                position = span.Start == position && span.End > position ? span.End : samples + 1;
            }

            if (position != samples || epoch.Epoch < 0 || epoch.Epoch >= epochs)
            {
                throw new ArgumentException(
                    $"The saved spans of epoch {epoch.Epoch} do not cover samples 0 to {samples} of {epochs} epochs; they belong to another run.",
                    nameof(saved));
            }

            _spans[epoch.Epoch] = [.. epoch.Spans];
        }
    }

    /// <summary>A lease was used up to here: an update of each of its batches is on its way into every shard, or there.</summary>
    public void Used(int epoch, int start, int end) =>
        Change(epoch, start, end, span => span with { Uses = span.Uses + 1, IsOpen = false });

    /// <summary>A committed slot is offered again, because what was pushed for it is gone from a shard; another shard has it.</summary>
    public void Reopened(int epoch, int start, int end) =>
        Change(epoch, start, end, span => Worse(span with { IsOpen = true }, SampleReason.SlotRepeated));

    /// <summary>A committed slot is offered again, and no shard has anything of it: it counts as never used.</summary>
    public void Undone(int epoch, int start, int end) => Change(epoch, start, end, span => span with
    {
        Uses = 0,
        IsOpen = false,
        Reason = span.Reason > SampleReason.SlotRepeated ? span.Reason : SampleReason.Void,
    });

    /// <summary>A slot is offered again that was never committed, although some shard has an update for it.</summary>
    public void Repeated(int epoch, int start, int end) =>
        Change(epoch, start, end, span => Worse(span with { Uses = span.Uses + 1, IsOpen = true }, SampleReason.SlotRepeated));

    /// <summary>Something happened to the only update of some samples.</summary>
    /// <param name="epoch">Which pass over the data.</param>
    /// <param name="start">First position.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="reason">Void, Partial or Lost. Whatever is worse already stays.</param>
    public void Mark(int epoch, int start, int end, SampleReason reason)
    {
        if (reason is not (SampleReason.Void or SampleReason.Partial or SampleReason.Lost))
        {
            throw new ArgumentOutOfRangeException(nameof(reason), reason, "Use Void, Partial or Lost; the others follow from the uses.");
        }

        Change(epoch, start, end, span => Worse(span, reason));
    }

    /// <summary>The count of one epoch.</summary>
    /// <param name="epoch">Which pass over the data, from 0.</param>
    /// <param name="isOver">True when the run has ended: what is not used by now never will be.</param>
    public EpochSamples Of(int epoch, bool isOver)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(epoch, _epochs);
        SampleReason unused = isOver ? SampleReason.RunEnded : SampleReason.NotYet;
        long once = 0;
        long twice = 0;
        long none = 0;
        var ranges = new SortedDictionary<SampleReason, List<SampleRange>>();
        foreach (SampleSpan span in SpansOf(epoch))
        {
            int length = span.End - span.Start;
            (once, twice, none) = span.IsMissing ? (once, twice, none + length)
                : span.Uses > 1 ? (once, twice + length, none)
                : (once + length, twice, none);

            // An update that is gone explains more than that its lease is still held.
            bool isUnused = (span.Uses == 0 || span.IsOpen) && span.Reason is not (SampleReason.Partial or SampleReason.Lost);
            Note(ranges, isUnused ? unused : span.Reason, span.Start, span.End);
        }

        SampleNote[] notes =
        [
            .. ranges.Select(one => new SampleNote(one.Key, one.Value.Sum(range => (long)range.End - range.Start), one.Value)),
        ];
        return new EpochSamples(epoch, once, twice, none, notes);
    }

    /// <summary>The counts of all epochs together.</summary>
    /// <param name="isOver">True when the run has ended.</param>
    public SampleTotals InAll(bool isOver)
    {
        SampleReason unused = isOver ? SampleReason.RunEnded : SampleReason.NotYet;
        var notes = new SortedDictionary<SampleReason, long>();
        long untouched = (long)(_epochs - _spans.Count) * _samples;
        long once = 0;
        long twice = 0;
        long none = untouched;
        if (untouched > 0)
        {
            notes[unused] = untouched;
        }

        foreach ((int epoch, List<SampleSpan> spans) in _spans)
        {
            if (IsOnceAll(spans))
            {
                once += _samples;
                continue;
            }

            EpochSamples counts = Of(epoch, isOver);
            (once, twice, none) = (once + counts.Once, twice + counts.Twice, none + counts.None);
            foreach (SampleNote note in counts.Notes)
            {
                notes[note.Reason] = notes.GetValueOrDefault(note.Reason) + note.Count;
            }
        }

        return new SampleTotals(once, twice, none, [.. notes.Select(note => (note.Key, note.Value))]);
    }

    /// <summary>All that happened, for a checkpoint; nothing of epochs that went well.</summary>
    public EpochSpans[] Save() =>
    [
        .. _spans.Where(epoch => !IsOnceAll(epoch.Value)).OrderBy(epoch => epoch.Key)
            .Select(epoch => new EpochSpans(epoch.Key, [.. epoch.Value])),
    ];

    private SampleSpan OnceAll => new(0, _samples, 1, false, SampleReason.None);

    private bool IsOnceAll(List<SampleSpan> spans) => spans.Count == 1 && spans[0] == OnceAll;

    private static void Note(SortedDictionary<SampleReason, List<SampleRange>> ranges, SampleReason reason, int start, int end)
    {
        if (reason == SampleReason.None)
        {
            return;
        }

        if (!ranges.TryGetValue(reason, out List<SampleRange>? known))
        {
            ranges[reason] = known = [];
        }

        if (known.Count > 0 && known[^1].End == start)
        {
            known[^1] = known[^1] with { End = end };
        }
        else
        {
            known.Add(new SampleRange(start, end));
        }
    }

    private static SampleSpan Worse(in SampleSpan span, SampleReason reason) =>
        span with { Reason = span.Reason > reason ? span.Reason : reason };

    private List<SampleSpan> SpansOf(int epoch) =>
        _spans.TryGetValue(epoch, out List<SampleSpan>? spans) ? spans : [new SampleSpan(0, _samples, 0, false, SampleReason.None)];

    private void Change(int epoch, int start, int end, Func<SampleSpan, SampleSpan> change)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, _samples);
        if (start >= end)
        {
            return;
        }

        if (!_spans.TryGetValue(epoch, out List<SampleSpan>? spans))
        {
            _spans[epoch] = spans = [.. SpansOf(epoch)];
        }

        int first = CutAt(spans, start);
        int last = CutAt(spans, end);
        for (int i = first; i < last; i++)
        {
            spans[i] = change(spans[i]);
        }

        Merge(spans, Math.Max(0, first - 1), Math.Min(last, spans.Count - 1));
    }

    // The index of the span that begins at the position, which may be the end.
    private int CutAt(List<SampleSpan> spans, int position)
    {
        if (position == _samples)
        {
            return spans.Count;
        }

        int low = 0;
        int high = spans.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = spans[middle].Start <= position ? (middle, high) : (low, middle - 1);
        }

        SampleSpan span = spans[low];
        if (span.Start == position)
        {
            return low;
        }

        spans[low] = span with { End = position };
        spans.Insert(low + 1, span with { Start = position });
        return low + 1;
    }

    // Spans first to last, where two neighbours are alike, become one.
    private static void Merge(List<SampleSpan> spans, int first, int last)
    {
        int kept = first;
        for (int i = first + 1; i <= last; i++)
        {
            if (spans[i].IsLike(spans[kept]))
            {
                spans[kept] = spans[kept] with { End = spans[i].End };
            }
            else
            {
                spans[++kept] = spans[i];
            }
        }

        spans.RemoveRange(kept + 1, last - kept);
    }
}
