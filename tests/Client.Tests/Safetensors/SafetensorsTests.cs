using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OrleansSgd.Client.Safetensors;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Safetensors;
using OrleansSgd.Testing;

namespace OrleansSgd.Client.Tests.Safetensors;

public sealed class SafetensorsTests
{
    // 1.5 and -2 make a [1, 2] weight, 0.25 a [1] bias: 8 bytes of length, 136 of header (one space of padding), 12 of values.
    private const string GoldenHeader =
        """{"__metadata__":{"made":"by hand"},"weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"bias":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""";

    private static readonly ParameterTensor[] Tensors = [new("weight", [1, 2], 0), new("bias", [1], 2)];
    private static readonly float[] Values = [1.5f, -2f, 0.25f];
    private static readonly Dictionary<string, string> Metadata = new() { ["made"] = "by hand" };

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        byte[] header = Encoding.ASCII.GetBytes(GoldenHeader.PadRight((GoldenHeader.Length + 7) / 8 * 8));
        byte[] expected = [(byte)header.Length, 0, 0, 0, 0, 0, 0, 0, .. header, .. Convert.FromHexString("0000C03F000000C00000803E")];

        Golden.AssertEqual(expected, Write(Tensors, Values, Metadata), "model.safetensors");
    }

    [Fact]
    public void What_is_written_is_read_back_bit_for_bit()
    {
        Prop.ForAll<float[], byte>((numbers, cut) =>
        {
            float[] values = numbers ?? [];
            int first = values.Length == 0 ? 0 : cut % (values.Length + 1);
            ParameterTensor[] tensors = [new("a.0", [first], 0), new("b \"ü\"", [1, values.Length - first], first)];
            SafetensorsFile file = SafetensorsReader.Read(Write(tensors, values, Metadata), "test");
            float[] read = [.. file.Tensors.SelectMany(tensor => tensor.Values.ToArray())];
            return read.Select(BitConverter.SingleToInt32Bits).SequenceEqual(values.Select(BitConverter.SingleToInt32Bits))
                && file.Tensors.Select(tensor => tensor.Name).SequenceEqual(tensors.Select(tensor => tensor.Name))
                && file.Metadata["made"] == "by hand";
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_values_begin_at_a_multiple_of_eight()
    {
        for (int length = 1; length <= 8; length++)
        {
            byte[] bytes = Write([new(new string('n', length), [3], 0)], Values, new Dictionary<string, string>());

            Assert.Equal(0, (8 + BinaryPrimitives.ReadInt64LittleEndian(bytes)) % 8);
            Assert.Equal(3, SafetensorsReader.Read(bytes, "test").Tensors[0].Values.Length);
        }
    }

    [Fact]
    public void Tensors_that_are_not_those_of_the_vector_are_a_callers_bug()
    {
        Assert.Throws<ArgumentException>(() => Write([new("a", [2], 0)], Values, Metadata));
        Assert.Throws<ArgumentException>(() => Write([new("a", [2], 0), new("b", [1], 1)], Values, Metadata));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", "gaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "belong to none")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "cut short")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,12]}}""", "its shape [2] takes 8")]
    [InlineData("""{"a":{"dtype":"F8_E5M2","shape":[12],"data_offsets":[0,12]}}""", "dtype F8_E5M2")]
    [InlineData("""{"a":{"dtype":"F16","shape":[3],"data_offsets":[0,12]}}""", "its shape [3] takes 6")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-3],"data_offsets":[0,12]}}""", "extent -3")]
    [InlineData("""{"a":{"dtype":"F32","shape":[65536,65536,65536,65536,65536,65536,65536,65536],"data_offsets":[0,12]}}""", "takes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[12,0]}}""", "begin ≤ end")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3]}}""", "must have dtype, shape and data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "not JSON")]
    [InlineData("""{"__metadata__":{"n":1},"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "must be text")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "header")]
    [InlineData("""[1]""", "does not begin with")]
    public void A_header_that_does_not_fit_is_refused(string header, string why)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] bytes = [.. BitConverter.GetBytes((long)text.Length), .. text, .. new byte[12]];

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => SafetensorsReader.Read(bytes, "m.safetensors"));
        Assert.StartsWith("m.safetensors: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_longer_than_the_limit_is_refused_before_memory_is_taken()
    {
        byte[] bytes = [.. BitConverter.GetBytes(ulong.MaxValue), .. "{}"u8];

        Assert.Contains("above the limit 100000000", Assert.Throws<InvalidDataException>(() => SafetensorsReader.Read(bytes, "m")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_refused()
    {
        byte[] whole = Write(Tensors, Values, Metadata);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => SafetensorsReader.Read(whole.AsMemory(0, length), "m"));
        }
    }

    [Fact]
    public void Damaged_bytes_are_read_or_refused_and_nothing_else() => DecoderTrial.Run(
        [Write(Tensors, Values, Metadata), Write([new("x", [3], 0)], Values, new Dictionary<string, string>())],
        static bytes =>
        {
            // The true header length, so that damage inside the header is reached.
            int end = bytes.AsSpan().LastIndexOf("}}"u8);
            if (bytes.Length >= 8 && end > 8)
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes, end + 2 - 8);
            }
        },
        static bytes => SafetensorsReader.Read(bytes, "m"),
        seed: 41);

    [Fact]
    public void Saving_never_replaces_a_file_and_leaves_no_other_behind()
    {
        using var folder = new TempFolder();
        string path = folder.Text("m.safetensors", "earlier");

        Assert.Throws<IOException>(() => SafetensorsWriter.Save(path, [new(Tensors, Values)], Metadata));
        Assert.Equal("earlier", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));

        SafetensorsWriter.Save(folder["n.safetensors"], [new(Tensors, Values)], Metadata);
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
        Assert.Equal(Values, SafetensorsReader.ReadFile(folder["n.safetensors"]).Tensors.SelectMany(tensor => tensor.Values.ToArray()));
    }

    [Fact]
    public void Statistics_stand_beside_the_parameters_and_counts_are_whole_numbers_that_come_first()
    {
        ParameterTensor[] buffers = [new("bn.running_mean", [2], 0), new("bn.num_batches_tracked", [], 2)];
        using var stream = new MemoryStream();

        SafetensorsWriter.Write(stream, [new(Tensors, Values), new(buffers, new float[] { 4, 5, 32 })], Metadata);

        SafetensorsFile file = SafetensorsReader.Read(stream.ToArray(), "test");
        Assert.Equal(["bn.num_batches_tracked", "weight", "bias", "bn.running_mean"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal((SafetensorsLayout.I64, 0, 32L),
            (file.Tensors[0].Type, file.Tensors[0].Shape.Count, BinaryPrimitives.ReadInt64LittleEndian(file.Tensors[0].Bytes.Span)));
        Assert.Equal([4f, 5f], file.Tensors[3].Values.ToArray());
        Assert.Throws<InvalidOperationException>(() => file.Tensors[0].Values);
    }

    private static byte[] Write(ParameterTensor[] tensors, float[] values, Dictionary<string, string> metadata)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [new(tensors, values)], metadata);
        return stream.ToArray();
    }
}
