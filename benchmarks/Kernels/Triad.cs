using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace OrleansSgd.Benchmarks.Kernels;

/// <summary>STREAM's triad, a ← b + s · c, in f32: what memory gives to loops of vectors as long, on one thread or several.</summary>
/// <remarks>
/// 12 bytes a coordinate are counted, as STREAM does; the processor also reads the lines of a before it writes them. Threads beyond the first
/// wait at a barrier between passes, so that their start is not in the time.
/// </remarks>
internal sealed class Triad : IDisposable
{
    /// <summary>Bytes counted for a coordinate.</summary>
    public const int BytesPerCoordinate = 3 * sizeof(float);

    private readonly float[] _a;
    private readonly float[] _b;
    private readonly float[] _c;
    private readonly Barrier _barrier;
    private readonly int _threads;
    private volatile bool _ends;

    public Triad(int length, int threads)
    {
        _a = new float[length];
        _b = new float[length];
        _c = new float[length];
        Array.Fill(_b, 1f);
        Array.Fill(_c, 2f);
        _threads = threads;
        _barrier = new Barrier(threads);
        for (int part = 1; part < threads; part++)
        {
            int mine = part;
            new Thread(() => Help(mine)) { IsBackground = true }.Start();
        }
    }

    public void Run()
    {
        _barrier.SignalAndWait();
        RunPart(0);
        _barrier.SignalAndWait();
    }

    public void Dispose()
    {
        _ends = true;
        _barrier.SignalAndWait();
    }

    private void Help(int part)
    {
        while (true)
        {
            _barrier.SignalAndWait();
            if (_ends)
            {
                return;
            }

            RunPart(part);
            _barrier.SignalAndWait();
        }
    }

    private void RunPart(int part)
    {
        int start = (int)((long)_a.Length * part / _threads);
        int end = (int)((long)_a.Length * (part + 1) / _threads);
        Pass(_a.AsSpan(start..end), _b.AsSpan(start..end), _c.AsSpan(start..end), 3f);
    }

    private static void Pass(Span<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, float s)
    {
        ref float to = ref MemoryMarshal.GetReference(a);
        ref float first = ref MemoryMarshal.GetReference(b);
        ref float second = ref MemoryMarshal.GetReference(c);
        int step = Vector256<float>.Count;
        Vector256<float> factors = Vector256.Create(s);
        nuint i = 0;
        for (; i + (nuint)(4 * step) <= (nuint)a.Length; i += (nuint)(4 * step))
        {
            for (int part = 0; part < 4; part++)
            {
                nuint at = i + (nuint)(part * step);
                (Vector256.LoadUnsafe(ref first, at) + (factors * Vector256.LoadUnsafe(ref second, at))).StoreUnsafe(ref to, at);
            }
        }

        for (; i < (nuint)a.Length; i++)
        {
            a[(int)i] = b[(int)i] + (s * c[(int)i]);
        }
    }
}
