using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrleansSgd.Telemetry.Ledger;

/// <summary>SHA-256 over the spans of one chain, each over the one before it: what was cut out, added or changed shows.</summary>
/// <remarks>What is hashed, byte for byte, stands in docs/trace-format.md under Digest.</remarks>
internal sealed class DigestChain : IDisposable
{
    // A multiple of 3, so that each piece but the last is whole base64 without padding.
    private const int PieceLength = 3 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _base64 = new byte[Base64.GetMaxEncodedToUtf8Length(PieceLength)];
    private string _last = "";

    /// <summary>A span begins; its attributes follow in their order.</summary>
    public void Begin(string name)
    {
        Hash(_last);
        Hash(name);
    }

    public void Add(string name, string value)
    {
        Field(name);
        Hash(value);
    }

    public void Add(string name, long value) => Add(name, value.ToString(CultureInfo.InvariantCulture));

    public void Add(string name, bool value) => Add(name, value ? "true" : "false");

    public void Add(string name, double value) =>
        Add(name, BitConverter.DoubleToUInt64Bits(double.IsNaN(value) ? double.NaN : value).ToString("x16", CultureInfo.InvariantCulture));

    public void Add(string name, ReadOnlySpan<byte> value)
    {
        Field(name);
        while (!value.IsEmpty)
        {
            ReadOnlySpan<byte> piece = value[..Math.Min(value.Length, PieceLength)];
            Base64.EncodeToUtf8(piece, _base64, out _, out int written);
            _hash.AppendData(_base64.AsSpan(0, written));
            value = value[piece.Length..];
        }
    }

    /// <summary>The span ends.</summary>
    /// <returns>Its digest, 64 lower-case hexadecimal digits.</returns>
    public string End() => _last = Convert.ToHexStringLower(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();

    private void Field(string name)
    {
        Hash("\n");
        Hash(name);
        Hash("=");
    }

    private void Hash(string text)
    {
        Span<byte> bytes = stackalloc byte[256];
        _hash.AppendData(Encoding.UTF8.TryGetBytes(text, bytes, out int written) ? bytes[..written] : Encoding.UTF8.GetBytes(text));
    }
}
