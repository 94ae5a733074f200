using System.Buffers.Binary;
using System.Text;

namespace OrleansSgd.Telemetry.Tests.Reading;

/// <summary>One protobuf message: its fields by number, as the encoding says, without any schema.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Number, ulong Scalar, byte[]? Bytes)> _fields = [];

    public ProtoMessage(byte[] message)
    {
        for (int at = 0; at < message.Length;)
        {
            ulong key = Varint(message, ref at);
            int number = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    _fields.Add((number, Varint(message, ref at), null));
                    break;
                case 1:
                    _fields.Add((number, BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(at, 8)), null));
                    at += 8;
                    break;
                case 2:
                    int length = (int)Varint(message, ref at);
                    _fields.Add((number, 0, message.AsSpan(at, length).ToArray()));
                    at += length;
                    break;
                case 5:
                    _fields.Add((number, BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(at, 4)), null));
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"Wire type {key & 7} at byte {at}.");
            }
        }
    }

    public bool Has(int number) => _fields.Any(field => field.Number == number);

    public IEnumerable<ProtoMessage> Messages(int number) => _fields.Where(field => field.Number == number).Select(field => new ProtoMessage(field.Bytes!));

    public ProtoMessage Message(int number) => Messages(number).Single();

    public byte[] Bytes(int number) => _fields.Single(field => field.Number == number).Bytes!;

    public string Text(int number) => Encoding.UTF8.GetString(Bytes(number));

    public long Integer(int number) => (long)_fields.Single(field => field.Number == number).Scalar;

    public double Real(int number) => BitConverter.UInt64BitsToDouble(_fields.Single(field => field.Number == number).Scalar);

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
