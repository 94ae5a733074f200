using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Safetensors;

namespace OrleansSgd.Models.Tests.Safetensors;

/// <summary>Goal: training starts from exactly the values of a file of the same model, and from no other file. Method: files by hand.</summary>
public sealed class StartFileTests : IDisposable
{
    // Softmax of three classes over two features: a [3, 2] weight and a [3] bias.
    private readonly IModel _model = ModelCatalog.Create(new ModelPlan(), [2], 3);
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    private string Weight => _model.Tensors[0].Name;

    private string Bias => _model.Tensors[1].Name;

    [Fact]
    public void Values_are_taken_by_name_whatever_their_order_in_the_file()
    {
        Write((Bias, "F32", [3], Floats(7, 8, 9)), (Weight, "F32", [3, 2], Floats(1, 2, 3, 4, 5, 6)));
        float[] parameters = new float[_model.ParameterCount];

        Assert.Empty(StartFile.Mistakes(_model, _path));
        StartFile.Read(_model, _path, parameters);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], parameters);
    }

    [Fact]
    public void Half_precision_of_either_kind_is_widened()
    {
        byte[] half = MemoryMarshal.AsBytes<Half>([(Half)0.5, (Half)(-2), (Half)65504]).ToArray();
        byte[] brain = [0x80, 0x3F, 0x00, 0xC0, 0x80, 0xBF, 0x80, 0x3F, 0x80, 0x3F, 0x80, 0x3F];
        Write((Bias, "F16", [3], half), (Weight, "BF16", [3, 2], brain));
        float[] parameters = new float[_model.ParameterCount];

        StartFile.Read(_model, _path, parameters);

        Assert.Equal([1, -2, -1, 1, 1, 1, 0.5f, -2, 65504], parameters);
    }

    [Fact]
    public void Missing_and_foreign_tensors_are_named()
    {
        Write((Weight, "F32", [3, 2], Floats(1, 2, 3, 4, 5, 6)), ("x", "F32", [1], Floats(1)), ("y", "F32", [1], Floats(1)));

        Assert.Equal(
            [
                $"start is '{_path}', which lacks tensor {Bias} of the softmax; name a file of the same model.",
                $"start is '{_path}', which has tensors x, y that the softmax does not have; name a file of the same model.",
            ],
            StartFile.Mistakes(_model, _path));
        var error = Assert.Throws<InvalidDataException>(() => StartFile.Read(_model, _path, new float[9]));
        Assert.StartsWith("model.start is ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_shapes_types_and_numbers_are_named()
    {
        Write((Weight, "F32", [2, 3], Floats(1, 2, 3, 4, 5, 6)), (Bias, "F32", [3], Floats(1, 2, 3)));
        AssertMistake($"{Weight} has shape [2, 3], but the model's has [3, 2]");

        Write((Weight, "F32", [3, 2], Floats(1, 2, 3, 4, 5, 6)), (Bias, "I32", [3], new byte[12]));
        AssertMistake($"{Bias} has dtype I32; use F32, F16 or BF16");

        Write((Weight, "F32", [3, 2], Floats(1, 2, float.NaN, 4, 5, 6)), (Bias, "F32", [3], Floats(1, 2, 3)));
        AssertMistake($"{Weight} is NaN at coordinate 2; use finite values");
    }

    [Fact]
    public void A_file_that_is_not_there_or_damaged_is_a_mistake_and_no_exception()
    {
        Assert.Contains("which cannot be read", Assert.Single(StartFile.Mistakes(_model, _path)), StringComparison.Ordinal);

        File.WriteAllText(_path, "weights");

        Assert.StartsWith("start is no whole safetensors file: ", Assert.Single(StartFile.Mistakes(_model, _path)), StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(_path);

    private static byte[] Floats(params float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private void AssertMistake(string expected) =>
        Assert.Equal($"start is '{_path}', whose tensor {expected}.", Assert.Single(StartFile.Mistakes(_model, _path)));

    private void Write(params (string Name, string Type, int[] Shape, byte[] Bytes)[] tensors)
    {
        var header = new StringBuilder("{");
        int at = 0;
        foreach ((string name, string type, int[] shape, byte[] bytes) in tensors)
        {
            header.Append(at == 0 ? "" : ",").Append(
                CultureInfo.InvariantCulture,
                $$"""
                "{{name}}":{"dtype":"{{type}}","shape":[{{string.Join(',', shape)}}],"data_offsets":[{{at}},{{at + bytes.Length}}]}
                """);
            at += bytes.Length;
        }

        byte[] text = Encoding.UTF8.GetBytes(header.Append('}').ToString());
        File.WriteAllBytes(_path, [.. BitConverter.GetBytes((long)text.Length), .. text, .. tensors.SelectMany(tensor => tensor.Bytes)]);
    }
}
