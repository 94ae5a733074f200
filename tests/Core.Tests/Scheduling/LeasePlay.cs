using OrleansSgd.Core.Scheduling;

namespace OrleansSgd.Core.Tests.Scheduling;

/// <summary>Workers in the hands of a test that lease, use, return, lose and repeat, beside a plain count for every sample.</summary>
internal sealed class LeasePlay
{
    private readonly int _workers;
    private readonly Lease?[] _held;
    private LeaseTable _table;

    public LeasePlay(LeaseTable table, int samples, int epochs, int workers)
    {
        _table = table;
        _workers = workers;
        _held = new Lease?[workers];
        Uses = new int[epochs, samples];
        Marks = new SampleReason[epochs, samples];
    }

    public LeaseTable Table => _table;

    /// <summary>[epochs, samples]; how often each was committed.</summary>
    public int[,] Uses { get; }

    /// <summary>[epochs, samples]; the worst that was said of each.</summary>
    public SampleReason[,] Marks { get; }

    /// <summary>[epochs, samples] positions that were offered again and not committed since.</summary>
    public HashSet<(int Epoch, int Position)> Open { get; } = [];

    /// <summary>One thing that happens, by a number.</summary>
    public void Do(int choice)
    {
        int worker = choice / 8 % _workers;
        if (_held[worker] is not { } lease)
        {
            _held[worker] = _table.Ask(worker, true, out Lease granted, 1 + (choice / 80 % 4)) == LeaseVerdict.Granted ? granted : null;
            return;
        }

        int used = lease.Round < 0 ? lease.Start + (choice / 80 % (lease.Length + 1)) : lease.Start;
        switch (choice % 8)
        {
            case 0 when !lease.IsFlush:
                Void(lease);
                Let(worker, lease);
                break;
            case 1 when lease.Round < 0 && used > lease.Start:
                _table.Split(lease.Id, used);
                _held[worker] = null;
                Count(lease.Epoch, lease.Start, used);
                _table.Return(lease.Id, used);
                break;
            case 2 when lease.Round < 0 && used > lease.Start:
                _held[worker] = null;
                Count(lease.Epoch, lease.Start, used);
                _table.Return(lease.Id, used);
                break;
            case 3 when _table.TryShorten(worker, used):
                _held[worker] = _table.HeldBy(worker);
                break;
            case 4 when lease.Round >= 0:
                Reopen(lease.Round, choice / 80 % _workers, isGone: choice / 800 % 2 == 0);
                break;
            case 5 when lease.Length > 0:
                Commit(worker, lease);
                Mark(lease, SampleReason.Lost);
                _table.Account.Mark(lease.Epoch, lease.Start, lease.End, SampleReason.Lost);
                break;
            default:
                Commit(worker, lease);
                break;
        }
    }

    /// <summary>Everybody uses whatever there is, until there is nothing.</summary>
    public void Finish()
    {
        for (int turn = 0, idle = 0; idle <= _workers; turn++)
        {
            int worker = turn % _workers;
            if (_held[worker] is { } lease)
            {
                Commit(worker, lease);
                idle = 0;
            }
            else if (_table.Ask(worker, out Lease granted) == LeaseVerdict.Granted)
            {
                _held[worker] = granted;
                idle = 0;
            }
            else
            {
                idle++;
            }
        }
    }

    /// <summary>All lives end; of each lease a part is in x. Another table goes on from what was saved.</summary>
    /// <param name="share">Chooses the parts.</param>
    /// <param name="travel">What the saved state goes through.</param>
    public void Resume(int share, Func<LeaseTableState, LeaseTableState> travel)
    {
        var used = new Dictionary<long, int>();
        for (int worker = 0; worker < _workers; worker++)
        {
            if (_held[worker] is { } lease)
            {
                used[lease.Id] = lease.Round < 0 ? lease.Start + ((share + worker) % (lease.Length + 1)) : share % 2 == 0 ? lease.End : -1;
                Count(lease.Epoch, lease.Start, used[lease.Id]);
                _held[worker] = null;
            }
        }

        _table = LeaseTable.Restore(travel(_table.Save(id => used[id])));
    }

    private void Commit(int worker, in Lease lease)
    {
        Assert.True(_table.Commit(lease.Id, worker));
        _held[worker] = null;
        Count(lease.Epoch, lease.Start, lease.End);
    }

    private void Let(int worker, in Lease lease)
    {
        Assert.True(_table.Return(lease.Id));
        _held[worker] = null;
    }

    private void Void(in Lease lease)
    {
        Mark(lease, SampleReason.Void);
        _table.Account.Mark(lease.Epoch, lease.Start, lease.End, SampleReason.Void);
    }

    private void Reopen(long round, int slot, bool isGone)
    {
        if (_table.ReopenSlot(round, slot, isGone) <= 0)
        {
            return;
        }

        // Where the slot is follows from the order alone.
        Lease at = SlotAt(round, slot);
        Mark(at, isGone ? SampleReason.Void : SampleReason.SlotRepeated);
        for (int position = at.Start; position < at.End; position++)
        {
            if (isGone)
            {
                SampleReason known = Marks[at.Epoch, position];
                Marks[at.Epoch, position] = known == SampleReason.SlotRepeated ? SampleReason.Void : known;
                Uses[at.Epoch, position] = 0;
                Open.Remove((at.Epoch, position));
            }
            else
            {
                Open.Add((at.Epoch, position));
            }
        }
    }

    private Lease SlotAt(long round, int slot)
    {
        LeaseTableState state = _table.Save(_ => -1);
        int batches = (state.Samples + state.Batch - 1) / state.Batch;
        int rounds = (batches + state.Slots - 1) / state.Slots;
        int start = ((int)(round % rounds) * state.Slots * state.Batch) + (slot * state.Batch);
        int epoch = (int)(round / rounds);
        Assert.True(Uses[epoch, start] > 0);
        return new Lease(-1, epoch, start, Math.Min(start + state.Batch, state.Samples), round, slot, state.Slots);
    }

    private void Count(int epoch, int start, int end)
    {
        for (int position = start; position < end; position++)
        {
            Uses[epoch, position]++;
            Open.Remove((epoch, position));
        }
    }

    private void Mark(in Lease lease, SampleReason reason)
    {
        for (int position = lease.Start; position < lease.End; position++)
        {
            SampleReason known = Marks[lease.Epoch, position];
            Marks[lease.Epoch, position] = known > reason ? known : reason;
        }
    }
}
