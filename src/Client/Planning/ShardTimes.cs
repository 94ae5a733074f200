using System.Runtime.InteropServices;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Shards;

namespace OrleansSgd.Client.Planning;

/// <summary>What a shard of this machine takes for a dense push and its answer: so much, and so much more for each megabyte of frames.</summary>
/// <param name="Seconds">Whatever the size.</param>
/// <param name="SecondsPerMegabyte">For each 10⁶ bytes, in and out.</param>
internal readonly record struct ShardTimes(double Seconds, double SecondsPerMegabyte)
{
    private const int LengthShort = 64;
    private const int LengthLong = 65_536;
    private const int PushesMin = 200;

    /// <summary>Measures it on two sizes of shard. Takes about 0.1 s.</summary>
    public static ShardTimes Measure(TimeProvider time)
    {
        Of(time, LengthShort); // compiled and warm
        double shortSeconds = Of(time, LengthShort);
        double longSeconds = Of(time, LengthLong);
        double perMegabyte = Math.Max(0, (longSeconds - shortSeconds) / (BytesOf(LengthLong) - BytesOf(LengthShort)) * 1e6);
        return new ShardTimes(Math.Max(0, shortSeconds - (perMegabyte * BytesOf(LengthShort) / 1e6)), perMegabyte);
    }

    private static double Of(TimeProvider time, int length)
    {
        var shard = new ParameterShard(0, 1, new float[length]);
        float[] update = new float[length];
        Array.Fill(update, 1e-3f);
        byte[] frame = new byte[PushFrame.HeaderSize + (length * sizeof(float))];
        MemoryMarshal.AsBytes(update.AsSpan()).CopyTo(frame.AsSpan(PushFrame.HeaderSize));

        // The best of a few: what else the machine does only ever adds.
        double best = double.PositiveInfinity;
        for (int push = 0; push < PushesMin; push++)
        {
            PushFrame.WriteHeader(frame, Header(push, length));
            long begin = time.GetTimestamp();
            shard.PushAndView(frame, push, 1, out _, out _);
            best = Math.Min(best, time.GetElapsedTime(begin).TotalSeconds);
        }

        return best;
    }

    private static PushHeader Header(long push, int length) => new()
    {
        ShardIncarnation = 1,
        Incarnation = 1,
        Sequence = push,
        Ticket = push,
        Round = -1,
        SlotCount = 1,
        ViewVersion = push,
        SampleCount = 1,
        Kind = PayloadKind.Dense,
        Length = length,
        EntryCount = length,
        PayloadSize = length * sizeof(float),
    };

    private static double BytesOf(int length) => PushFrame.HeaderSize + ViewFrame.HeaderSize + (2.0 * length * sizeof(float));
}
