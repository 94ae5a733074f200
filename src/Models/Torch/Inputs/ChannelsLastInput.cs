using System.Runtime.InteropServices;
using OrleansSgd.Core.Samples;
using TorchSharp;

namespace OrleansSgd.Models.Torch.Inputs;

/// <summary>Images [count, channels, height, width] whose channels lie side by side in memory.</summary>
/// <remarks>
/// libtorch then keeps that order through convolutions, which are faster in it, and through everything between them. The
/// values are the same; only the place of each in memory differs. They are turned over while they are copied.
/// </remarks>
internal sealed class ChannelsLastInput : ITorchInput
{
    private readonly torch.Tensor _pixels;
    private readonly int _channels;
    private readonly int _pixelCount;

    /// <param name="shape">[channels, height, width].</param>
    public ChannelsLastInput(int batchMax, IReadOnlyList<int> shape)
    {
        _channels = shape[0];
        _pixelCount = shape[1] * shape[2];
        _pixels = torch.zeros([batchMax, shape[1], shape[2], shape[0]]);
    }

    public torch.Tensor Load(SampleBatch batch)
    {
        int sampleLength = _channels * _pixelCount;
        Span<float> values = MemoryMarshal.Cast<byte, float>(_pixels.bytes)[..(batch.Count * sampleLength)];
        if (batch.IsSparse)
        {
            float[] dense = new float[values.Length];
            DenseRows.Copy(batch, dense);
            Turn(dense, values);
        }
        else
        {
            Turn(batch.Dense, values);
        }

        using torch.Tensor rows = _pixels.narrow(0, 0, batch.Count);
        return rows.permute(0, 3, 1, 2);
    }

    public void Dispose() => _pixels.Dispose();

    private void Turn(ReadOnlySpan<float> samples, Span<float> turned)
    {
        int channels = _channels;
        int pixels = _pixelCount;
        if (channels == 1)
        {
            samples.CopyTo(turned);
            return;
        }

        for (int start = 0; start < samples.Length; start += channels * pixels)
        {
            Span<float> image = turned.Slice(start, channels * pixels);
            for (int c = 0; c < channels; c++)
            {
                ReadOnlySpan<float> plane = samples.Slice(start + (c * pixels), pixels);
                for (int i = 0, at = c; i < plane.Length; i++, at += channels)
                {
                    image[at] = plane[i];
                }
            }
        }
    }
}
