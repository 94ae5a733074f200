using OrleansSgd.Certifier.Reading;

namespace OrleansSgd.Certifier.Replay;

/// <summary>What workers hold back (residuals, momentum), in the order of tickets: part of x, in no shard.</summary>
internal sealed class HeldMass
{
    private readonly SortedList<int, (int Incarnation, double Norm)> _held = [];
    private readonly List<RetireEvent> _retiring = [];

    /// <summary>Σ over workers of √heldSquared, in parameter units.</summary>
    public double NormSum
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < _held.Count; i++)
            {
                sum += _held.GetValueAtIndex(i).Norm;
            }

            return sum;
        }
    }

    /// <summary>A worker's life will take no ticket from this one on.</summary>
    public void Retire(RetireEvent retire) => _retiring.Add(retire);

    /// <summary>It is the turn of a ticket: lets go of workers that retired from it on.</summary>
    /// <returns>Σ of what they held, in parameter units.</returns>
    public double Release(long ticket)
    {
        double lost = 0;
        for (int i = _retiring.Count - 1; i >= 0; i--)
        {
            RetireEvent retire = _retiring[i];
            if (retire.Ticket > ticket)
            {
                continue;
            }

            _retiring.RemoveAt(i);
            if (_held.TryGetValue(retire.Worker, out (int Incarnation, double Norm) held))
            {
                lost += held.Norm;
                _held[retire.Worker] = (held.Incarnation, 0);
            }
        }

        return lost;
    }

    /// <summary>How far a row moves x beside its step, in parameter units.</summary>
    /// <remarks>By what an earlier life of its worker held and it did not take over; by a message that no shard has, which is in no residual either.</remarks>
    public double LossOf(LedgerRow row, bool isVoid)
    {
        (int Incarnation, double Norm) held = _held.GetValueOrDefault(row.Worker, (0, 0));
        return isVoid ? held.Norm + Math.Sqrt(row.HeldSquared)
            : row.Incarnation > held.Incarnation && !row.IsHeldCarried ? held.Norm
            : 0;
    }

    /// <summary>What a worker holds after a row.</summary>
    public void Update(LedgerRow row)
    {
        if (row.Incarnation >= _held.GetValueOrDefault(row.Worker, (0, 0)).Incarnation)
        {
            _held[row.Worker] = (row.Incarnation, Math.Sqrt(row.HeldSquared));
        }
    }
}
