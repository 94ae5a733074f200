using System.Runtime.InteropServices;
using TorchSharp;

namespace OrleansSgd.Models.Torch;

/// <summary>The statistics that batch normalisation evaluates with, measured batch by batch at one point.</summary>
/// <remarks>
/// <para>A module replaces r by (1 − m)·r + m·b when it sees a batch whose statistic is b. With r = 0 put in before, m·b comes
/// out, and b is that over m; the mean of b over the batches is what is kept, in double until it is put back.</para>
/// <para>The variance of a batch is the unbiased one, as PyTorch keeps it.</para>
/// </remarks>
internal sealed class RunningStatistics
{
    // Single precision leaves about six digits of a difference of numbers near 1.
    private const int DigitsKnown = 6;

    private readonly (string Name, torch.Tensor Value)[] _buffers;
    private readonly float[] _momenta;
    private readonly double[] _sums;
    private readonly float[] _means;
    private int _batchCount;

    /// <param name="network">Its statistics are read and written.</param>
    /// <param name="momenta">m of each of them, see <see cref="MomentaOf"/>; those with 0 are left alone.</param>
    public RunningStatistics(Network network, IReadOnlyList<float> momenta)
    {
        _buffers = [.. network.Statistics.Where((_, i) => momenta[i] > 0)];
        _momenta = [.. momenta.Where(momentum => momentum > 0)];
        int length = (int)_buffers.Sum(item => item.Value.numel());
        _sums = new double[length];
        _means = new float[length];
        Reset();
    }

    /// <summary>In the order of the network's statistics.</summary>
    public ReadOnlySpan<float> Means => _means;

    /// <summary>Back to mean 0, variance 1, no batches.</summary>
    public void Reset()
    {
        _batchCount = 0;
        Array.Clear(_sums);
        int offset = 0;
        foreach ((string name, torch.Tensor value) in _buffers)
        {
            int length = (int)value.numel();
            _means.AsSpan(offset, length).Fill(Network.IsVariance(name) ? 1 : 0);
            offset += length;
        }
    }

    /// <summary>Takes means that were measured elsewhere.</summary>
    public void Load(ReadOnlySpan<float> means)
    {
        if (means.Length != _means.Length)
        {
            throw new ArgumentException($"Statistics have {means.Length} coordinates, but the model has {_means.Length}.");
        }

        Reset();
        means.CopyTo(_means);
    }

    /// <summary>Puts zeros in, so that the next batch leaves m·b there.</summary>
    public void Open() => Fill(_buffers, 0);

    /// <summary>Adds what the batch left.</summary>
    public void Close()
    {
        _batchCount++;
        int offset = 0;
        for (int i = 0; i < _buffers.Length; i++)
        {
            (string name, torch.Tensor value) = _buffers[i];
            int length = (int)value.numel();
            if (Network.IsCount(name))
            {
                _means[offset] = _batchCount;
            }
            else
            {
                ReadOnlySpan<float> seen = MemoryMarshal.Cast<byte, float>(value.bytes);
                for (int j = 0; j < length; j++)
                {
                    _sums[offset + j] += seen[j] / (double)_momenta[i];
                    _means[offset + j] = (float)(_sums[offset + j] / _batchCount);
                }
            }

            offset += length;
        }
    }

    /// <summary>Writes the means to where the network evaluates with them.</summary>
    public void Apply()
    {
        int offset = 0;
        foreach ((string name, torch.Tensor value) in _buffers)
        {
            int length = (int)value.numel();
            if (Network.IsCount(name))
            {
                MemoryMarshal.Cast<byte, long>(value.bytes)[0] = (long)_means[offset];
            }
            else
            {
                _means.AsSpan(offset, length).CopyTo(MemoryMarshal.Cast<byte, float>(value.bytes));
            }

            offset += length;
        }
    }

    /// <summary>m of every statistic, measured by showing the network the same batch with r = 0 and with r = 1.</summary>
    /// <remarks>
    /// The difference of the outcomes is 1 − m. A count that is counted has 1. 0 is a statistic that no batch changes, as in a
    /// module that was traced while it evaluated: it stays what it is. The network's statistics are spoilt afterwards.
    /// </remarks>
    /// <param name="input">Any batch of two samples.</param>
    public static float[] MomentaOf(Network network, torch.Tensor input)
    {
        using IDisposable scope = torch.NewDisposeScope();
        using IDisposable quiet = torch.no_grad();
        network.Train(true);
        float[] fromZero = FirstOfEach(network, input, 0);
        float[] fromOne = FirstOfEach(network, input, 1);
        float[] momenta = new float[fromZero.Length];
        for (int i = 0; i < momenta.Length; i++)
        {
            double momentum = Network.IsCount(network.Statistics[i].Name) ? fromZero[i] : 1 - ((double)fromOne[i] - fromZero[i]);
            momenta[i] = (float)Math.Round(momentum, DigitsKnown);
        }

        return momenta;
    }

    private static float[] FirstOfEach(Network network, torch.Tensor input, float start)
    {
        Fill(network.Statistics, start);
        network.Forward(input);
        return
        [
            .. network.Statistics.Select(
                item => Network.IsCount(item.Name)
                    ? MemoryMarshal.Cast<byte, long>(item.Value.bytes)[0]
                    : MemoryMarshal.Cast<byte, float>(item.Value.bytes)[0]),
        ];
    }

    private static void Fill(IEnumerable<(string Name, torch.Tensor Value)> buffers, float number)
    {
        foreach ((string name, torch.Tensor value) in buffers)
        {
            value.fill_(Network.IsCount(name) ? 0 : number);
        }
    }
}
