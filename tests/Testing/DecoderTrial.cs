using Xunit;

namespace OrleansSgd.Testing;

/// <summary>Feeds a decoder with damaged bytes: whatever they are, it reads them or says InvalidDataException.</summary>
public static class DecoderTrial
{
    /// <summary>How many inputs a decoder must survive, of each sort.</summary>
    public const int InputCount = 100_000;

    /// <summary>Tries noise, then mutated samples, <see cref="InputCount"/> of each.</summary>
    /// <param name="samples">Whole inputs, which the decoder must accept as they are.</param>
    /// <param name="repair">
    /// Makes a mutated input look undamaged again (its checksum right), so that the checks behind the checksum are reached too; used on every
    /// other input.
    /// </param>
    /// <param name="decode">The decoder.</param>
    /// <param name="seed">Replays the same inputs.</param>
    public static void Run(IReadOnlyList<byte[]> samples, Action<byte[]> repair, Action<byte[]> decode, int seed)
    {
        foreach (byte[] sample in samples)
        {
            decode(sample);
        }

        Mutator mutator = new(seed);
        int refused = 0;
        for (int i = 0; i < InputCount; i++)
        {
            refused += Refuses(decode, mutator.Noise(256), seed, i);
            byte[] mutated = mutator.Mutate(samples[i % samples.Count]);
            if (i / samples.Count % 2 == 0)
            {
                repair(mutated);
            }

            refused += Refuses(decode, mutated, seed, i);
        }

        Assert.True(refused > InputCount, $"Only {refused} of {2 * InputCount} damaged inputs were refused (seed {seed}): the trial tests little.");
    }

    private static int Refuses(Action<byte[]> decode, byte[] input, int seed, int number)
    {
        try
        {
            decode(input);
            return 0;
        }
        catch (InvalidDataException)
        {
            return 1;
        }
        catch (Exception error)
        {
            Assert.Fail($"Seed {seed}, input {number} made {error.GetType().Name}: {error.Message}\n{Convert.ToHexString(input)}");
            return 0;
        }
    }
}
