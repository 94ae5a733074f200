using System.Runtime.Intrinsics.X86;
using OrleansSgd.Core.Codecs;

namespace OrleansSgd.Core.Tests.Codecs;

public class NonZeroLoopsTests
{
    private static readonly float[] Bits = [1, -0f, float.NaN, float.Epsilon];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(1000)]
    public void Both_forms_find_what_has_a_bit_set(int length)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            float[] values = [.. Enumerable.Range(0, length).Select(_ => random.Next(seed + 1) > 0 ? 0 : Bits[random.Next(Bits.Length)])];
            int[] expected = [.. Enumerable.Range(0, length).Where(i => BitConverter.SingleToInt32Bits(values[i]) != 0)];

            Assert.Equal(expected.Length, NonZeroLoops.Count(values));
            Assert.Equal(expected, Collected(NonZeroLoops.Collect, values));
            Assert.Equal(expected, Collected((from, to) => NonZeroLoops.CollectNarrow(from, 0, to), values));
            if (Avx512F.IsSupported)
            {
                Assert.Equal(expected, Collected(NonZeroLoops.CollectWide, values));
            }
        }
    }

    private delegate int Collect(ReadOnlySpan<float> values, Span<int> coordinates);

    private static int[] Collected(Collect collect, float[] values)
    {
        int[] room = new int[values.Length + CoordinateValues.Slack];
        return room[..collect(values, room)];
    }
}
