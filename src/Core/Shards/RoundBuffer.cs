using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Shards;

/// <summary>The contributions of one synchronous round, kept until all are here and then applied in slot order.</summary>
/// <remarks>
/// Order of arrival is chance; order of slots is not. Floating-point sums depend on order, so slot order is what makes
/// two runs of one seed bit-identical. Buffers are kept from round to round.
/// </remarks>
internal sealed class RoundBuffer
{
    private readonly SortedSet<long> _declined = [];
    private Contribution[] _slots = [];

    private struct Contribution
    {
        public bool IsHere;
        public PushHeader Header;
        public byte[]? Payload;
    }

    /// <summary>Slots filled.</summary>
    public int Count { get; private set; }

    /// <summary>Slots the round has; null before its first contribution.</summary>
    public int? SlotCount { get; private set; }

    /// <summary>Tickets that came for a slot that was filled: void once the round is applied.</summary>
    public IReadOnlyCollection<long> Declined => _declined;

    /// <summary>True when the slot of this round has its contribution.</summary>
    public bool Has(int slot) => slot < _slots.Length && _slots[slot].IsHere;

    /// <summary>What is known of a ticket that fills a slot; a report of nothing when it fills none.</summary>
    public FenceReport Find(long ticket)
    {
        foreach (ref readonly Contribution slot in _slots.AsSpan())
        {
            if (slot.IsHere && slot.Header.Ticket == ticket)
            {
                return AppliedRounds.ReportOf(slot.Header);
            }
        }

        return default;
    }

    /// <summary>Keeps a copy of one contribution.</summary>
    public void Add(in PushHeader header, ReadOnlySpan<byte> payload)
    {
        if (_slots.Length < header.SlotCount)
        {
            Array.Resize(ref _slots, header.SlotCount);
        }

        ref Contribution slot = ref _slots[header.Slot];
        slot.IsHere = true;
        slot.Header = header;
        if (slot.Payload is null || slot.Payload.Length < payload.Length)
        {
            slot.Payload = GC.AllocateUninitializedArray<byte>(payload.Length);
        }

        payload.CopyTo(slot.Payload);
        SlotCount = header.SlotCount;
        Count++;
    }

    /// <summary>Notes a contribution to a filled slot; the one that fills it may come again and is no other.</summary>
    public void Decline(in PushHeader header)
    {
        if (_slots[header.Slot].Header.Ticket != header.Ticket)
        {
            _declined.Add(header.Ticket);
        }
    }

    /// <summary>The kept contribution of a slot.</summary>
    public ReadOnlySpan<byte> Payload(int slot, out PushHeader header)
    {
        header = _slots[slot].Header;
        return _slots[slot].Payload.AsSpan(0, header.PayloadSize);
    }

    /// <summary>Forgets all contributions.</summary>
    public void Clear()
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            _slots[i].IsHere = false;
        }

        _declined.Clear();
        SlotCount = null;
        Count = 0;
    }
}
