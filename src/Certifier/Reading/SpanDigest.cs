using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OrleansSgd.Certifier.Reading;

/// <summary>The digest that ties a span to the one before it in its chain (docs/trace-format.md).</summary>
internal static class SpanDigest
{
    /// <summary>Name of the attribute that holds it; it does not enter itself.</summary>
    public const string Field = "digest";

    /// <summary>Computes a span's digest.</summary>
    /// <param name="previous">Digest of the span before; empty for the first.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string Of(string previous, LedgerSpan span)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, previous);
        Append(hash, span.Name);
        foreach (ref readonly SpanAttribute attribute in span.Attributes)
        {
            if (attribute.Name == LedgerSpan.Prefix + Field)
            {
                continue;
            }

            Append(hash, "\n");
            Append(hash, attribute.Name);
            Append(hash, "=");
            Append(hash, attribute.Kind == AttributeKind.Real ? Bits(attribute.Real) : attribute.Text);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Bits(double value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        return Convert.ToHexStringLower(bytes);
    }

    private static void Append(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text));
}
