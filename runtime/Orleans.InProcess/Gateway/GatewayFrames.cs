using System.Buffers.Binary;

namespace Orleans.Gateway;

/// <summary>What a frame is about.</summary>
internal enum FrameKind : byte
{
    /// <summary>Client to silo: a call. Number, time, grain, method, context, arguments.</summary>
    Call = 1,

    /// <summary>Client to silo: nobody waits for the call of that number any more.</summary>
    Cancel = 2,

    /// <summary>Silo to client: the answer to a call. Number, then a value or an error.</summary>
    Answer = 3,
}

/// <summary>Frames of a gateway connection, once both sides know each other.</summary>
/// <remarks>A frame is its length (u32 LE, of what follows), its kind (u8) and its payload.</remarks>
internal static class GatewayFrames
{
    /// <summary>Most bytes of a frame: a piece of a model has 4 MB, so whatever is larger is a mistake or an attack.</summary>
    public const int SizeMax = 16 << 20;

    /// <summary>Bytes before a payload: length and kind.</summary>
    public const int HeaderSize = 5;

    /// <summary>A frame of that kind, to which the payload is written.</summary>
    public static WireWriter Begin(FrameKind kind)
    {
        var frame = new WireWriter(SizeMax);
        frame.Fixed32(0);
        frame.Byte((byte)kind);
        return frame;
    }

    /// <summary>The bytes of a frame that is complete.</summary>
    public static ReadOnlyMemory<byte> End(WireWriter frame)
    {
        frame.Patch32(0, (uint)(frame.Length - sizeof(uint)));
        return frame.Written;
    }

    /// <summary>Reads the next frame.</summary>
    /// <returns>Null when the other side has closed the connection between two frames.</returns>
    /// <exception cref="InvalidDataException">The length is out of bounds, the kind is not known, or the connection ends inside a frame.</exception>
    public static async ValueTask<(FrameKind Kind, byte[] Payload)?> ReadAsync(Stream stream, CancellationToken token)
    {
        var header = new byte[HeaderSize];
        var got = await stream.ReadAtLeastAsync(header, HeaderSize, throwOnEndOfStream: false, token);
        if (got == 0)
        {
            return null;
        }

        var size = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (got < HeaderSize || size is < 1 or > SizeMax)
        {
            throw new InvalidDataException(
                got < HeaderSize ? $"The connection ends after {got} bytes of a frame." : $"A frame of {size} bytes is announced; 1 to {SizeMax} are allowed.");
        }

        var kind = (FrameKind)header[4];
        if (kind is < FrameKind.Call or > FrameKind.Answer)
        {
            throw new InvalidDataException($"A frame has kind {header[4]}, which is not known.");
        }

        // Read as it comes: a length alone reserves no memory.
        return (kind, await ReadPayloadAsync(stream, (int)size - 1, token));
    }

    private static async ValueTask<byte[]> ReadPayloadAsync(Stream stream, int size, CancellationToken token)
    {
        const int FirstPart = 64 * 1024;
        var payload = new byte[Math.Min(size, FirstPart)];
        for (var read = 0; ;)
        {
            var got = await stream.ReadAtLeastAsync(payload.AsMemory(read), payload.Length - read, throwOnEndOfStream: false, token);
            read += got;
            if (read < payload.Length)
            {
                throw new InvalidDataException($"The connection ends after {read} of {size} bytes of a frame.");
            }

            if (read == size)
            {
                return payload;
            }

            Array.Resize(ref payload, (int)Math.Min(size, 2L * payload.Length));
        }
    }
}
