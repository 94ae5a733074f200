namespace System.IO.Hashing;

/// <summary>What Azure.Storage.Blobs derives its own checksums from; only the members that it calls.</summary>
/// <remarks>Remarks of the package's documentation hold: not thread-safe, and no protection against intent.</remarks>
public abstract class NonCryptographicHashAlgorithm
{
    private const int BlockSize = 64 * 1024;

    /// <param name="hashLengthInBytes">Bytes of the hash; 1 or more.</param>
    protected NonCryptographicHashAlgorithm(int hashLengthInBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hashLengthInBytes, 1);
        HashLengthInBytes = hashLengthInBytes;
    }

    /// <summary>Bytes of the hash.</summary>
    public int HashLengthInBytes { get; }

    /// <summary>Takes <paramref name="source"/> into the hash.</summary>
    public abstract void Append(ReadOnlySpan<byte> source);

    /// <summary>Begins anew.</summary>
    public abstract void Reset();

    /// <summary>Writes the hash of what was appended, [<see cref="HashLengthInBytes"/>].</summary>
    protected abstract void GetCurrentHashCore(Span<byte> destination);

    /// <inheritdoc cref="Append(ReadOnlySpan{byte})"/>
    public void Append(byte[] source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Append(source.AsSpan());
    }

    /// <summary>Takes the rest of a stream into the hash.</summary>
    public void Append(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] block = new byte[BlockSize];
        for (int read = stream.Read(block); read > 0; read = stream.Read(block))
        {
            Append(block.AsSpan(0, read));
        }
    }

    /// <inheritdoc cref="Append(Stream)"/>
    public async Task AppendAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] block = new byte[BlockSize];
        for (int read = await stream.ReadAsync(block, cancellationToken).ConfigureAwait(false);
            read > 0;
            read = await stream.ReadAsync(block, cancellationToken).ConfigureAwait(false))
        {
            Append(block.AsSpan(0, read));
        }
    }

    /// <summary>The hash of what was appended.</summary>
    public byte[] GetCurrentHash()
    {
        byte[] hash = new byte[HashLengthInBytes];
        GetCurrentHashCore(hash);
        return hash;
    }

    /// <inheritdoc cref="GetCurrentHash()"/>
    public int GetCurrentHash(Span<byte> destination)
    {
        GetCurrentHashCore(destination[..HashLengthInBytes]);
        return HashLengthInBytes;
    }

    /// <summary>The hash of what was appended; begins anew.</summary>
    public byte[] GetHashAndReset()
    {
        byte[] hash = GetCurrentHash();
        Reset();
        return hash;
    }

    /// <inheritdoc cref="GetHashAndReset()"/>
    public int GetHashAndReset(Span<byte> destination)
    {
        int written = GetCurrentHash(destination);
        Reset();
        return written;
    }
}
