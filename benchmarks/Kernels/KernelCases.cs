using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Frames;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Shards;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Benchmarks.Kernels;

/// <summary>Every loop that is measured.</summary>
internal static class KernelCases
{
    private const int Small = 1_000_000;
    private const int Large = 25_000_000;
    private const int LineSize = 64;

    public static IEnumerable<KernelCase> All { get; } =
    [
        .. new[] { Small, Large }.SelectMany(d => new[]
        {
            TopK(d, 0.01), TopK(d, 0.001), Choice(d, 0.01), Choice(d, 0.001),
            new("dense axpy", d, 12.0 * d, () => Axpy(d)),
            SparseAdd(d, 0.01), SparseAdd(d, 0.001),
            new("norm", d, 4.0 * d, () => Norm(d)),
            new("check of dense values", d, 4.0 * d, () => Check(d)),
            new("dense encode", d, 12.0 * d, () => Encode(new(), d)),
            new("bfloat16 encode", d, 18.0 * d, () => Encode(new(Values: CodecPlan.Bfloat16), d)),
            new("bfloat16 decode", d, 6.0 * d, () => DecodeBfloat16(d)),
            Pull(d, 0.01), Pull(d, 0.001),
        }),
    ];

    // Gradient, old residual and new one; then k lines of the new one are touched again, read and written, and k entries written.
    private static KernelCase TopK(int d, double share)
    {
        int k = (int)(share * d);
        return new($"top-k with residual, {share:P1}, and its frame", d, (12.0 * d) + (k * ((2.0 * LineSize) + 8)), () => Encode(new(CodecPlan.TopK, share), d), share);
    }

    private static KernelCase Choice(int d, double share) =>
        new($"top-k with residual, {share:P1}, choice alone", d, 12.0 * d, () =>
        {
            IUpdateCodec codec = UpdateCodecs.Create(new(CodecPlan.TopK, share), d);
            codec.LoadResidual(Normal(d, 2));
            float[] gradient = Normal(d, 1);
            return () =>
            {
                codec.TryBegin(gradient, 0.1f);
                codec.TakeBack();
            };
        });

    private static Action Encode(CodecPlan plan, int d)
    {
        IUpdateCodec codec = UpdateCodecs.Create(plan, d);
        float[][] gradients = [Normal(d, 1), Normal(d, 2)];
        var whole = new ShardRange(0, d);
        byte[] payload = new byte[d * sizeof(float)];
        int turn = 0;
        return () =>
        {
            codec.TryBegin(gradients[turn++ % 2], 0.1f);
            codec.Write(whole, payload.AsSpan(0, codec.PayloadSize(whole)));
        };
    }

    private static Action Axpy(int d)
    {
        float[] parameters = new float[d];
        byte[] payload = Payload(new(), d, out _);
        return () => FramePayload.SubtractFrom(parameters, PayloadKind.Dense, payload, d);
    }

    // Each entry: its 8 bytes, and a line of parameters read and written; where entries are dense, each line once.
    private static KernelCase SparseAdd(int d, double share)
    {
        int k = (int)(share * d);
        double lines = d / 16.0 * (1 - Math.Pow(1 - share, 16));
        return new($"sparse add, {share:P1}", d, (8.0 * k) + (2.0 * LineSize * lines), () =>
        {
            float[] parameters = new float[d];
            byte[] payload = Payload(new(CodecPlan.TopK, share), d, out int count);
            return () => FramePayload.SubtractFrom(parameters, PayloadKind.Sparse, payload, count);
        });
    }

    private static Action Norm(int d)
    {
        byte[] payload = Payload(new(), d, out _);
        return () => FramePayload.NormSquared(PayloadKind.Dense, payload, d);
    }

    private static Action Check(int d)
    {
        byte[] payload = Payload(new(), d, out _);
        return () => FramePayload.Validate(PayloadKind.Dense, payload, d, d);
    }

    private static Action DecodeBfloat16(int d)
    {
        byte[] payload = Payload(new(Values: CodecPlan.Bfloat16), d, out _);
        float[] values = new float[d];
        return () => FramePayload.Decode(PayloadKind.DenseBfloat16, payload, d, values);
    }

    // A push of k entries and a pull of what it changed: entries read twice and written once, parameter lines read twice and written once.
    private static KernelCase Pull(int d, double share)
    {
        int k = (int)(share * d);
        double lines = d / 16.0 * (1 - Math.Pow(1 - share, 16));
        return new($"push and changed-coordinate pull, {share:P1}", d, (24.0 * k) + (3.0 * LineSize * lines), () =>
        {
            byte[] payload = Payload(new(CodecPlan.TopK, share), d, out int count);
            byte[] frame = [.. new byte[PushFrame.HeaderSize], .. payload];
            var shard = new ParameterShard(0, 1, new float[d]);
            byte[] view = new byte[shard.ViewSizeMax + 64];
            return () =>
            {
                long version = shard.Version;
                PushFrame.WriteHeader(frame, new PushHeader
                {
                    Kind = PayloadKind.Sparse,
                    ShardIncarnation = 1,
                    Incarnation = 1,
                    Sequence = version,
                    Ticket = version,
                    Round = -1,
                    SlotCount = 1,
                    ViewVersion = version,
                    Rate = 0.1f,
                    SampleCount = 1,
                    Length = d,
                    EntryCount = count,
                    PayloadSize = payload.Length,
                });
                PushOutcome outcome = shard.Push(frame);
                shard.WriteView(version, 1, outcome, view);
            };
        });
    }

    private static byte[] Payload(CodecPlan plan, int d, out int count)
    {
        IUpdateCodec codec = UpdateCodecs.Create(plan, d);
        var whole = new ShardRange(0, d);
        codec.TryBegin(Normal(d, 1), 0.001f);
        count = codec.EntryCount(whole);
        byte[] payload = new byte[codec.PayloadSize(whole)];
        codec.Write(whole, payload);
        return payload;
    }

    private static float[] Normal(int length, ulong seed)
    {
        var random = new SeededRandom(seed);
        float[] values = new float[length];
        foreach (ref float value in values.AsSpan())
        {
            value = (float)random.NextGaussian();
        }

        return values;
    }
}
