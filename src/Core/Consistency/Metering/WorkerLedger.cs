using OrleansSgd.Core.Consistency.Ledger;

namespace OrleansSgd.Core.Consistency.Metering;

/// <summary>What each worker holds back (its residual) and how old its views can still be.</summary>
/// <remarks>
/// x is the parameters as if every residual had been applied, so Σ of the residuals is part of every distance. A residual that is lost with its
/// worker moves x itself; that is reported once, as a distance.
/// </remarks>
internal sealed class WorkerLedger
{
    // Sorted, so that sums do not depend on the order in which workers were heard of.
    private readonly SortedList<int, Note> _notes = [];
    private readonly List<(int Worker, long From)> _leaving = [];
    private double[] _sketchSum = [];
    private int _sketchedCount;
    private int _heldCount;

    /// <summary>True when every residual that is not 0 was sketched.</summary>
    public bool IsSketched => _sketchedCount == _heldCount;

    /// <summary>Σ‖εᵢ‖.</summary>
    public double NormSum
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < _notes.Count; i++)
            {
                sum += _notes.GetValueAtIndex(i).Norm;
            }

            return sum;
        }
    }

    /// <summary>Adds Σ of the residuals' sketches to <paramref name="sketch"/>, times <paramref name="scale"/>.</summary>
    public void AddSketchTo(Span<float> sketch, double scale)
    {
        for (int i = 0; i < _sketchSum.Length && i < sketch.Length; i++)
        {
            sketch[i] += (float)(scale * _sketchSum[i]);
        }
    }

    /// <summary>A worker showed a view; its later ones are not older.</summary>
    public void Saw(int worker, int incarnation, long ticket, long viewWatermark)
    {
        Note note = NoteOf(worker);
        if (ticket >= note.LastTicket && incarnation > note.IncarnationLeft)
        {
            note.LastTicket = ticket;
            note.IncarnationSeen = Math.Max(note.IncarnationSeen, incarnation);
            note.ViewWatermark = viewWatermark;
        }
    }

    /// <summary>The lowest watermark that a view still to come can have.</summary>
    public long ViewWatermarkMin()
    {
        long min = long.MaxValue;
        for (int i = 0; i < _notes.Count; i++)
        {
            min = Math.Min(min, _notes.GetValueAtIndex(i).ViewWatermark);
        }

        return min;
    }

    /// <summary>The worker takes no ticket from this one on, and will not pull again; a later life of it may.</summary>
    public void Leave(int worker, long fromTicket, int incarnation)
    {
        _leaving.Add((worker, fromTicket));
        Note note = NoteOf(worker);
        note.IncarnationLeft = Math.Max(note.IncarnationLeft, incarnation < 0 ? note.IncarnationSeen : incarnation);
        if (note.IncarnationSeen <= note.IncarnationLeft)
        {
            note.ViewWatermark = long.MaxValue;
        }
    }

    /// <summary>Lets go of workers that left at or before this ticket; answers the norms of the residuals lost with them.</summary>
    public double Release(long ticket)
    {
        double lost = 0;
        for (int i = _leaving.Count - 1; i >= 0; i--)
        {
            (int worker, long from) = _leaving[i];
            if (from > ticket)
            {
                continue;
            }

            _leaving.RemoveAt(i);
            if (_notes.TryGetValue(worker, out Note? note))
            {
                lost += note.Norm;
                Hold(note, 0, default);
                if (note.IncarnationSeen <= note.IncarnationLeft)
                {
                    _notes.Remove(worker);
                }
            }
        }

        return lost;
    }

    /// <summary>How far a record moves x beside its step: by the residual that a new life of the worker has lost, or by a message that no shard has.</summary>
    /// <remarks>What a void message carried is neither in the shards nor held back any more: x moves by the difference of the residuals.</remarks>
    public double LossOf(TicketRecord record, bool isVoid)
    {
        Note note = NoteOf(record.Worker);
        if (isVoid)
        {
            return note.Norm + Math.Sqrt(record.ResidualNormSquared);
        }

        return record.Incarnation > note.Incarnation && !record.ResidualCarried ? note.Norm : 0;
    }

    /// <summary>Takes up the residual after a ticket.</summary>
    public void Update(TicketRecord record)
    {
        Note note = NoteOf(record.Worker);
        if (record.Incarnation < note.Incarnation)
        {
            return;
        }

        note.Incarnation = record.Incarnation;
        ReadOnlySpan<float> sketch = record.HasResidualSketches
            ? record.AllSketches[(record.ShardCount * record.SketchWidth)..]
            : default;
        Hold(note, Math.Sqrt(record.ResidualNormSquared), sketch);
    }

    private void Hold(Note note, double norm, ReadOnlySpan<float> sketch)
    {
        Count(note, -1);
        if (sketch.IsEmpty && note.Sketch.Length > 0)
        {
            Accumulate(note.Sketch, -1);
            note.Sketch.AsSpan().Clear();
        }
        else if (!sketch.IsEmpty)
        {
            if (note.Sketch.Length != sketch.Length)
            {
                note.Sketch = new float[sketch.Length];
            }

            Accumulate(note.Sketch, -1);
            sketch.CopyTo(note.Sketch);
            Accumulate(note.Sketch, 1);
        }

        note.Norm = norm;
        note.IsSketched = !sketch.IsEmpty;
        Count(note, 1);
    }

    private void Count(Note note, int change)
    {
        if (note.Norm > 0)
        {
            _heldCount += change;
            _sketchedCount += note.IsSketched ? change : 0;
        }
    }

    private void Accumulate(ReadOnlySpan<float> sketch, int sign)
    {
        if (_sketchSum.Length < sketch.Length)
        {
            Array.Resize(ref _sketchSum, sketch.Length);
        }

        for (int i = 0; i < sketch.Length; i++)
        {
            _sketchSum[i] += sign * sketch[i];
        }
    }

    private Note NoteOf(int worker)
    {
        if (!_notes.TryGetValue(worker, out Note? note))
        {
            _notes.Add(worker, note = new Note());
        }

        return note;
    }

    private sealed class Note
    {
        public int Incarnation { get; set; }

        public int IncarnationSeen { get; set; } = -1;

        public int IncarnationLeft { get; set; } = -1;

        public long LastTicket { get; set; } = -1;

        public long ViewWatermark { get; set; } = long.MaxValue;

        public double Norm { get; set; }

        public bool IsSketched { get; set; }

        public float[] Sketch { get; set; } = [];
    }
}
