using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using TorchSharp;

namespace OrleansSgd.Torch.Tests.Tensors;

/// <summary>Numbers in and out of tensors.</summary>
public sealed class MemoryOfTensorsTests
{
    [Fact]
    public void What_goes_in_comes_out_bit_for_bit() =>
        Prop.ForAll<float[]>(numbers =>
        {
            using var tensor = torch.tensor(numbers);
            var back = tensor.data<float>().ToArray();
            return MemoryMarshal.AsBytes<float>(numbers).SequenceEqual(MemoryMarshal.AsBytes<float>(back))
                && MemoryMarshal.AsBytes<float>(numbers).SequenceEqual(tensor.bytes);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bytes_are_the_tensor_itself_and_no_copy()
    {
        using var tensor = torch.zeros(4);
        using var part = tensor.narrow(0, 1, 2);
        MemoryMarshal.Cast<byte, float>(tensor.bytes)[2] = 5;
        Assert.Equal([0f, 5f], part.data<float>().ToArray());
        part.bytes = new byte[8];
        Assert.Equal(0f, tensor.sum().item<float>());
    }

    [Fact]
    public void Transposed_tensor_is_read_in_the_order_of_its_indices()
    {
        using var tensor = torch.tensor(new long[] { 1, 2, 3, 4, 5, 6 }, [2, 3]);
        using var turned = tensor.t();
        Assert.Equal([1L, 4, 2, 5, 3, 6], turned.data<long>().ToArray());
        Assert.Equal(5L, turned.data<long>()[1, 1]);
        turned.data<long>()[2, 0] = 30;
        Assert.Equal(30L, tensor.data<long>()[0, 2]);
        Assert.Throws<InvalidOperationException>(() => turned.bytes.Length);
        Assert.Throws<IndexOutOfRangeException>(() => turned.data<long>()[6]);
    }

    [Fact]
    public void Reading_another_type_than_the_tensors_is_refused()
    {
        using var tensor = torch.zeros(2);
        Assert.Throws<ArgumentException>(() => tensor.data<double>());
        Assert.Throws<ArgumentException>(() => tensor.item<float>());
        Assert.Throws<ArgumentException>(() => torch.tensor(new float[3], [2, 2]));
    }

    [Fact]
    public void Buffer_is_shared_with_the_array_for_as_long_as_a_tensor_needs_it()
    {
        var array = new float[] { 1, 2, 3 };
        var tensor = torch.frombuffer(array, torch.ScalarType.Float32, 2, 1);
        using var view = tensor.view(2, 1);
        tensor.Dispose();
        GC.Collect();
        array[2] = 7;
        Assert.Equal([2f, 7f], view.data<float>().ToArray());
        Assert.Throws<ArgumentException>(() => torch.frombuffer(array, torch.ScalarType.Float32, 3, 1));
    }

    [Fact]
    public void Disposed_tensor_is_refused_and_not_read()
    {
        var tensor = torch.zeros(2);
        tensor.Dispose();
        tensor.Dispose();
        Assert.True(tensor.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => tensor.sum());
        using var other = torch.zeros(2);
        Assert.Throws<InvalidOperationException>(() => other.add(tensor));
    }

    [Fact]
    public void Shapes_and_types_are_those_asked_for()
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal([2L, 3, 4], torch.empty(2, 3, 4).shape);
        Assert.Equal([12L, 4, 1], torch.empty(2, 3, 4).stride());
        Assert.Equal(torch.ScalarType.Int64, torch.arange(5).dtype);
        Assert.Equal(torch.ScalarType.Float32, torch.arange(0, 1, 0.25).dtype);
        Assert.Equal(torch.ScalarType.Float64, torch.tensor(1.5).dtype);
        Assert.Empty(torch.tensor(1.5).shape);
        Assert.Equal(2.5f, torch.full(2, 2, 2.5).mean().ToSingle());
        Assert.Equal("[2x3], type = Int64, device = cpu", torch.zeros(2, 3, dtype: torch.ScalarType.Int64).ToString());
    }

    [Fact]
    public void Indices_take_parts_as_in_Python()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.arange(24).view(2, 3, 4);
        Assert.Equal([20L, 21, 22, 23], x[1, 2].data<long>().ToArray());
        Assert.Equal([3L, 7, 11, 15, 19, 23], x[torch.TensorIndex.Ellipsis, 3].flatten().data<long>().ToArray());
        Assert.Equal([5L, 6], x[0, 1, 1..3].data<long>().ToArray());
        Assert.Equal([1L, 3], x[0, 0, torch.TensorIndex.Slice(1, null, 2)].data<long>().ToArray());
        Assert.Equal([2L, 1, 4], x[torch.TensorIndex.Colon, torch.TensorIndex.None, 0].shape);
        Assert.Equal([22L, 23], x[x > 21].data<long>().ToArray());
        x[0, 0] = torch.zeros(4, dtype: torch.ScalarType.Int64);
        Assert.Equal(24L * 23 / 2 - 6, x.sum().item<long>());
    }
}
