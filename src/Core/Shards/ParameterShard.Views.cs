using OrleansSgd.Core.Frames;

namespace OrleansSgd.Core.Shards;

/// <content>What readers are answered.</content>
public sealed partial class ParameterShard
{
    // One update adds one exception at most; room for a few, so that buffers fit for long.
    private const int ExceptionsStep = 64;

    private readonly AnswerBuffers _answers = new();
    private long[] _exceptions = [];
    private byte[] _joined = [];

    /// <summary>One push and its answer, for a worker: <see cref="Push(ReadOnlySpan{byte}, out PushHeader)"/> and then <see cref="WriteView"/>.</summary>
    /// <param name="frame">A push frame (docs/wire-format.md); the shard copies what it keeps.</param>
    /// <param name="sinceVersion">The version the worker has, of the life below; −1 for none.</param>
    /// <param name="sinceIncarnation">The life of the shard that version belongs to.</param>
    /// <param name="header">The header of the push.</param>
    /// <param name="outcome">What became of it; the answer says it too.</param>
    /// <returns>The view frame. It is not changed before the worker's next push, and nobody else may change it: the slice may lie in it.</returns>
    /// <remarks>A dense update goes through the caches once: checked, subtracted and answered in one pass. The bits are those of the two calls.</remarks>
    /// <exception cref="InvalidDataException">The frame is damaged, or made for another shard. Nothing was changed.</exception>
    public Memory<byte> PushAndView(ReadOnlySpan<byte> frame, long sinceVersion, int sinceIncarnation, out PushHeader header, out PushOutcome outcome) =>
        PushAndView(frame, [], sinceVersion, sinceIncarnation, out header, out outcome);

    /// <summary>As <see cref="PushAndView(ReadOnlySpan{byte}, long, int, out PushHeader, out PushOutcome)"/>, of values that may lie beside the frame.</summary>
    /// <param name="frame">A push frame; without its values where they lie beside it.</param>
    /// <param name="values">The values of a scaled payload, [length × 4 bytes]; empty where they are in the frame. The shard copies what it keeps.</param>
    /// <inheritdoc cref="PushAndView(ReadOnlySpan{byte}, long, int, out PushHeader, out PushOutcome)"/>
    public Memory<byte> PushAndView(
        ReadOnlySpan<byte> frame, ReadOnlySpan<byte> values, long sinceVersion, int sinceIncarnation, out PushHeader header, out PushOutcome outcome)
    {
        header = PushFrame.ReadHeader(frame, values.Length);
        PushOutcomeKind? refusal = Refusal(header);
        bool isNew = sinceIncarnation != Incarnation || sinceVersion <= Version;
        if (refusal is null && header.Round < 0 && header.Kind is PayloadKind.Dense or PayloadKind.DenseScaled && _readers is null && isNew)
        {
            return ApplyInto(header, frame[PushFrame.HeaderSize..], values, out outcome);
        }

        frame = Joined(frame, values);
        outcome = Take(header, frame, refusal);
        byte[] buffer = _answers.Take(header.Worker, header.Incarnation, header.Sequence, ViewSizeMax, _slice.Answer);
        int size = WriteView(sinceVersion, sinceIncarnation, outcome, buffer, header.Worker, header.Incarnation);
        return buffer.AsMemory(0, size);
    }

    // The values come first, at a place that leaves room for whatever will stand before them.
    private Memory<byte> ApplyInto(in PushHeader header, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> beside, out PushOutcome outcome)
    {
        int exceptionsMax = (_tickets.ExceptionCount / ExceptionsStep * ExceptionsStep) + ExceptionsStep;
        int valuesAt = ViewFrame.SizeOf(exceptionsMax, payloadSize: 0);
        int size = _slice.Length * sizeof(float);
        byte[] buffer = _answers.Take(
            header.Worker, header.Incarnation, header.Sequence, ViewFrame.SizeOf(exceptionsMax, size), _slice.Answer);
        SubtractInto(header.Kind, payload, beside, buffer, valuesAt);
        outcome = Applied(header, payload);
        Span<long> exceptions = Exceptions();
        int start = valuesAt - ViewFrame.SizeOf(exceptions.Length, payloadSize: 0);
        Span<byte> front = buffer.AsSpan(start, valuesAt - start);
        ViewFrame.WriteHeader(front, HeaderOf(PayloadKind.Dense, _slice.Length, outcome, exceptions.Length));
        ViewFrame.WriteExceptions(front, exceptions);
        return buffer.AsMemory(start, valuesAt - start + size);
    }

    private void SubtractInto(PayloadKind kind, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> beside, byte[] answer, int at)
    {
        bool isScaled = kind == PayloadKind.DenseScaled;
        float scale = isScaled ? FramePayload.Scale(payload) : 1;
        ReadOnlySpan<float> values = LittleEndian.Floats(beside.IsEmpty ? payload[FramePayload.ScaleSizeOf(kind)..] : beside);
        if (_slice.TrySubtractInto(values, scale, answer, at))
        {
            return;
        }

        // Names the byte.
        if (isScaled)
        {
            FramePayload.ValidateScaled(scale, values);
        }
        else
        {
            FramePayload.Validate(kind, payload, values.Length, values.Length);
        }
    }

    private ReadOnlySpan<byte> Joined(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> values)
    {
        if (values.IsEmpty)
        {
            return frame;
        }

        int size = frame.Length + values.Length;
        _joined = _joined.Length < size ? GC.AllocateUninitializedArray<byte>(size) : _joined;
        frame.CopyTo(_joined);
        values.CopyTo(_joined.AsSpan(frame.Length));
        return _joined.AsSpan(0, size);
    }

    /// <summary>Bytes <see cref="WriteView"/> needs at most.</summary>
    public int ViewSizeMax =>
        ViewFrame.HeaderSize + _tickets.ExceptionCount * sizeof(long) + _slice.Length * sizeof(float);

    /// <summary>Writes what changed since a version, or the whole slice where that is smaller.</summary>
    /// <param name="sinceVersion">The version the reader has, of this life; −1 for none.</param>
    /// <param name="sinceIncarnation">The life of the shard that version belongs to.</param>
    /// <param name="outcome">Goes into the frame's header.</param>
    /// <param name="frame">Room for <see cref="ViewSizeMax"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    /// <remarks>
    /// Values, not differences: the reader's view becomes bit-equal to the slice at this version, or, where answers are compressed, as near as
    /// the header says.
    /// </remarks>
    /// <param name="reader">Number of the worker that reads; −1 for others, who get every change.</param>
    /// <param name="readerIncarnation">Its life.</param>
    public int WriteView(
        long sinceVersion, int sinceIncarnation, in PushOutcome outcome, Span<byte> frame, int reader = -1, int readerIncarnation = 0)
    {
        double errorSquared = 0;
        (PayloadKind kind, int count) = reader >= 0 && _readers is not null
            ? PlanCompressed(reader, readerIncarnation, sinceIncarnation == Incarnation ? sinceVersion : -1, out errorSquared)
            : PlanView(sinceVersion, sinceIncarnation);
        Span<long> exceptions = Exceptions();
        return ViewWriter.Write(
            HeaderOf(kind, count, outcome, exceptions.Length, errorSquared), exceptions, _slice.Values,
            _changed.AsSpan(0, kind == PayloadKind.Sparse ? count : 0), frame);
    }

    private ViewHeader HeaderOf(PayloadKind kind, int count, in PushOutcome outcome, int exceptionCount, double errorSquared = 0) => new()
    {
        Kind = kind,
        Outcome = (byte)outcome.Kind,
        Shard = Shard,
        ShardIncarnation = Incarnation,
        Version = Version,
        Delay = outcome.Delay,
        TicketWatermark = _tickets.Watermark,
        ExceptionCount = exceptionCount,
        Length = _slice.Length,
        EntryCount = count,
        PayloadSize = FramePayload.SizeOf(kind, count, _slice.Length),
        ErrorNorm = errorSquared > 0 ? MathF.BitIncrement((float)Math.Sqrt(errorSquared)) : 0,
    };

    private Span<long> Exceptions()
    {
        if (_exceptions.Length < _tickets.ExceptionCount)
        {
            _exceptions = new long[Math.Max(_tickets.ExceptionCount, _exceptions.Length * 2)];
        }

        Span<long> exceptions = _exceptions.AsSpan(0, _tickets.ExceptionCount);
        _tickets.CopyExceptionsTo(exceptions);
        return exceptions;
    }

    private (PayloadKind Kind, int Count) PlanCompressed(int reader, int incarnation, long sinceVersion, out double errorSquared) =>
        _readers!.TryAnswer(
            reader, incarnation, sinceVersion, Version, _slice.Values, _changed, out int count, out errorSquared)
            ? (count == 0 ? PayloadKind.None : PayloadKind.Sparse, count)
            : (PayloadKind.Dense, _slice.Length);

    private (PayloadKind Kind, int Count) PlanView(long sinceVersion, int sinceIncarnation)
    {
        if (sinceIncarnation != Incarnation || !_changes.Covers(sinceVersion))
        {
            return (PayloadKind.Dense, _slice.Length);
        }

        if (sinceVersion == Version)
        {
            return (PayloadKind.None, 0);
        }

        int count = _changes.Collect(sinceVersion, _changed);
        return count switch
        {
            0 => (PayloadKind.None, 0),
            _ when FramePayload.SizeOf(PayloadKind.Sparse, count, _slice.Length)
                >= FramePayload.SizeOf(PayloadKind.Dense, _slice.Length, _slice.Length)
                => (PayloadKind.Dense, _slice.Length),
            _ => (PayloadKind.Sparse, count),
        };
    }
}
