namespace OrleansSgd.Models.Kernels;

/// <summary>Floats on a 64-byte boundary that never move, so that no vector load straddles two cache lines.</summary>
/// <remarks>Pinned memory of the garbage collector: nothing to free, and alignment never changes a result.</remarks>
internal sealed unsafe class AlignedBuffer
{
    private const int Alignment = 64;

    private readonly float[] _array;
    private readonly int _start;

    /// <param name="length">Floats; all zero at first.</param>
    public AlignedBuffer(long length)
    {
        Length = checked((int)length);
        _array = GC.AllocateArray<float>(checked(Length + (Alignment / sizeof(float))), pinned: true);
        fixed (float* first = _array)
        {
            nuint misplaced = (nuint)first % Alignment;
            _start = misplaced == 0 ? 0 : (int)((Alignment - misplaced) / sizeof(float));
        }
    }

    /// <summary>Floats in the buffer.</summary>
    public int Length { get; }

    /// <summary>The buffer; valid as long as this object is reachable.</summary>
    public Span<float> Span => _array.AsSpan(_start, Length);
}
