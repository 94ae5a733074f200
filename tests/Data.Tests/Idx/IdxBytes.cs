using System.Buffers.Binary;

namespace OrleansSgd.Data.Tests.Idx;

/// <summary>Writes IDX for tests.</summary>
internal static class IdxBytes
{
    public static byte[] Make(byte type, int[] shape, params byte[] elements)
    {
        byte[] bytes = new byte[4 + 4 * shape.Length + elements.Length];
        bytes[2] = type;
        bytes[3] = (byte)shape.Length;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 + 4 * axis), shape[axis]);
        }

        elements.CopyTo(bytes, 4 + 4 * shape.Length);
        return bytes;
    }

    public static byte[] Floats(int[] shape, params float[] elements)
    {
        byte[] bytes = new byte[4 * elements.Length];
        for (int i = 0; i < elements.Length; i++)
        {
            BinaryPrimitives.WriteSingleBigEndian(bytes.AsSpan(4 * i), elements[i]);
        }

        return Make(0x0D, shape, bytes);
    }

    public static byte[] Labels(params byte[] labels) => Make(0x08, [labels.Length], labels);
}
