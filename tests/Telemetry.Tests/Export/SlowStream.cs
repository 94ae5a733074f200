namespace OrleansSgd.Telemetry.Tests.Export;

/// <summary>A disk that takes nothing until it is released, or that fails once so many bytes are on it.</summary>
internal sealed class SlowStream(long sizeMax = long.MaxValue) : MemoryStream
{
    private readonly ManualResetEventSlim _isReleased = new();
    private readonly ManualResetEventSlim _isWriting = new();

    /// <summary>Waits until the writer stands before the disk.</summary>
    public void WaitForWriter() => Assert.True(_isWriting.Wait(TimeSpan.FromMinutes(1)), "Nothing was written within a minute.");

    public void Release() => _isReleased.Set();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _isWriting.Set();
        _isReleased.Wait();
        if (Length + buffer.Length > sizeMax)
        {
            throw new IOException("No space left on device.");
        }

        base.Write(buffer);
    }
}
