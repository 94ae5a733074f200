using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Orleans.Runtime;

namespace Orleans.Gateway;

/// <summary>The first bytes of a connection: each side shows that it knows the secret, without showing the secret.</summary>
/// <remarks>
/// Silo: magic (4), version (u16 LE), nonce (32). Client: magic, version, nonce, length of the cluster's name (u8), the name,
/// HMAC-SHA256(secret, "client" ‖ silo's nonce ‖ client's nonce ‖ name). Silo: a verdict (u8) and, when it is 0, HMAC-SHA256(secret, "silo" ‖ the same).
/// </remarks>
internal static class Handshake
{
    public const ushort Version = 1;

    /// <summary>How long it may take; who knows the secret needs milliseconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const int NonceSize = 32;
    private const int HelloSize = 4 + sizeof(ushort) + NonceSize;

    private static ReadOnlySpan<byte> Magic => "OGW\u0001"u8;

    private enum Answer : byte
    {
        Welcome = 0,
        WrongVersion = 1,
        WrongCluster = 2,
        WrongSecret = 3,
    }

    /// <summary>The silo's part.</summary>
    /// <returns>Null when the client is welcome; otherwise why it is not.</returns>
    /// <exception cref="InvalidDataException">The other side is no client.</exception>
    public static async Task<string?> AcceptAsync(Stream stream, byte[] secret, string cluster, CancellationToken token)
    {
        var own = Hello();
        await stream.WriteAsync(own, token);
        var hello = new byte[HelloSize + 1];
        await ReadAsync(stream, hello, token);
        if (!hello.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            throw new InvalidDataException("It does not begin as clients do.");
        }

        var rest = new byte[hello[HelloSize] + HMACSHA256.HashSizeInBytes];
        await ReadAsync(stream, rest, token);
        var name = rest.AsMemory(0, hello[HelloSize]);
        var answer = BinaryPrimitives.ReadUInt16LittleEndian(hello.AsSpan(Magic.Length)) != Version ? Answer.WrongVersion
            : !CryptographicOperations.FixedTimeEquals(rest.AsSpan(name.Length), Proof(secret, "client", own, hello, name.Span)) ? Answer.WrongSecret
            : !name.Span.SequenceEqual(Encoding.UTF8.GetBytes(cluster)) ? Answer.WrongCluster
            : Answer.Welcome;
        byte[] reply = answer == Answer.Welcome ? [(byte)answer, .. Proof(secret, "silo", own, hello, name.Span)] : [(byte)answer];
        await stream.WriteAsync(reply, token);
        return answer == Answer.Welcome ? null : answer.ToString();
    }

    /// <summary>The client's part.</summary>
    /// <exception cref="SiloUnavailableException">The silo wants nothing of this client, or is none.</exception>
    public static async Task JoinAsync(Stream stream, byte[] secret, string cluster, CancellationToken token)
    {
        var theirs = new byte[HelloSize];
        await ReadAsync(stream, theirs, token);
        if (!theirs.AsSpan(0, Magic.Length).SequenceEqual(Magic))
        {
            throw new SiloUnavailableException("What listens there is no gateway of this runtime; name another port.");
        }

        var own = Hello();
        var name = Encoding.UTF8.GetBytes(cluster);
        if (name.Length > byte.MaxValue)
        {
            throw new OrleansConfigurationException($"The cluster id has {name.Length} bytes; use {byte.MaxValue} at most.");
        }

        await stream.WriteAsync((byte[])[.. own, (byte)name.Length, .. name, .. Proof(secret, "client", theirs, own, name)], token);
        var answer = new byte[1];
        await ReadAsync(stream, answer, token);
        if ((Answer)answer[0] != Answer.Welcome)
        {
            throw new SiloUnavailableException((Answer)answer[0] switch
            {
                Answer.WrongVersion => "Silo and client speak different versions; use the same build of both.",
                Answer.WrongCluster => $"The silo is not of cluster '{cluster}'; name the one it was started with.",
                Answer.WrongSecret => "The silo does not know this client's secret; it was started anew, or by somebody else.",
                _ => "The silo refuses this client.",
            });
        }

        var proof = new byte[HMACSHA256.HashSizeInBytes];
        await ReadAsync(stream, proof, token);
        if (!CryptographicOperations.FixedTimeEquals(proof, Proof(secret, "silo", theirs, own, name)))
        {
            throw new SiloUnavailableException("What listens there does not know the secret, so it is not the silo; see which process has the port.");
        }
    }

    private static byte[] Hello()
    {
        var hello = new byte[HelloSize];
        Magic.CopyTo(hello);
        BinaryPrimitives.WriteUInt16LittleEndian(hello.AsSpan(Magic.Length), Version);
        RandomNumberGenerator.Fill(hello.AsSpan(HelloSize - NonceSize));
        return hello;
    }

    private static byte[] Proof(byte[] secret, string side, ReadOnlySpan<byte> silo, ReadOnlySpan<byte> client, ReadOnlySpan<byte> cluster) =>
        HMACSHA256.HashData(secret, (byte[])
        [
            .. Encoding.UTF8.GetBytes(side), .. silo.Slice(HelloSize - NonceSize, NonceSize), .. client.Slice(HelloSize - NonceSize, NonceSize), .. cluster,
        ]);

    private static async ValueTask ReadAsync(Stream stream, Memory<byte> bytes, CancellationToken token)
    {
        try
        {
            await stream.ReadExactlyAsync(bytes, token);
        }
        catch (EndOfStreamException)
        {
            throw new IOException("The other side closed the connection before both knew each other.");
        }
    }
}
