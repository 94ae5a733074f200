using OrleansSgd.Data.Idx;

namespace OrleansSgd.Data.Sources;

/// <summary>Mean and standard deviation of training samples, summed in a fixed order so that they have fixed bits.</summary>
internal static class Normalisation
{
    /// <summary>One pair for all elements of the named rows (null: all rows).</summary>
    /// <returns>Mean and standard deviation in the file's own units; the deviation is 1 when all elements are equal.</returns>
    public static PixelScale OfAll(IdxTensor images, int[]? rows)
    {
        int length = images.RowLength;
        int count = rows?.Length ?? images.RowCount;
        (double sum, double squares) = images.Bytes is { } bytes
            ? ByteSums(bytes, rows, length, count)
            : FloatSums(images.Floats!, rows, length, count);
        return Scale(sum, squares, (double)count * length);
    }

    /// <summary>One pair a plane, such as red, green and blue, over all rows.</summary>
    /// <param name="pixels">[rows × planes × plane length].</param>
    /// <param name="rowLength">planes × plane length.</param>
    /// <param name="planeCount">Planes of a row.</param>
    public static PixelScale[] OfPlanes(byte[] pixels, int rowLength, int planeCount)
    {
        int planeLength = rowLength / planeCount;
        int rows = pixels.Length / rowLength;
        var scales = new PixelScale[planeCount];
        for (int plane = 0; plane < planeCount; plane++)
        {
            long[] histogram = new long[256];
            for (int row = 0; row < rows; row++)
            {
                Count(pixels.AsSpan((row * rowLength) + (plane * planeLength), planeLength), histogram);
            }

            (double sum, double squares) = Sums(histogram);
            scales[plane] = Scale(sum, squares, (double)rows * planeLength);
        }

        return scales;
    }

    private static PixelScale Scale(double sum, double squares, double count)
    {
        double mean = sum / count;
        double deviation = Math.Sqrt(Math.Max(0, (squares / count) - (mean * mean)));
        return new((float)mean, deviation > 0 && float.IsFinite((float)deviation) ? (float)deviation : 1f);
    }

    /// <summary>Subtracts mean and divides by deviation column by column, in place, by the statistics of the named rows.</summary>
    /// <param name="features">[rows × featureCount]: training and test alike.</param>
    /// <param name="featureCount">Columns.</param>
    /// <param name="trainFeatures">[train × featureCount], where the statistics come from; may be the same array.</param>
    /// <param name="trainRows">Rows of trainFeatures that count; null: all.</param>
    public static void Columns(float[][] features, int featureCount, float[] trainFeatures, int[]? trainRows)
    {
        int count = trainRows?.Length ?? trainFeatures.Length / featureCount;
        double[] means = new double[featureCount];
        double[] squares = new double[featureCount];
        for (int i = 0; i < count; i++)
        {
            int start = (trainRows?[i] ?? i) * featureCount;
            for (int j = 0; j < featureCount; j++)
            {
                means[j] += trainFeatures[start + j];
            }
        }

        for (int j = 0; j < featureCount; j++)
        {
            means[j] /= count;
        }

        for (int i = 0; i < count; i++)
        {
            int start = (trainRows?[i] ?? i) * featureCount;
            for (int j = 0; j < featureCount; j++)
            {
                double difference = trainFeatures[start + j] - means[j];
                squares[j] += difference * difference;
            }
        }

        foreach (float[] table in features)
        {
            for (int at = 0; at < table.Length; at += featureCount)
            {
                for (int j = 0; j < featureCount; j++)
                {
                    double deviation = Math.Sqrt(squares[j] / count);
                    table[at + j] = (float)((table[at + j] - means[j]) / (deviation > 0 ? deviation : 1));
                }
            }
        }
    }

    // Bytes are counted first: integer sums are exact, whatever the order.
    private static (double Sum, double Squares) ByteSums(byte[] bytes, int[]? rows, int length, int count)
    {
        long[] histogram = new long[256];
        for (int i = 0; i < count; i++)
        {
            Count(bytes.AsSpan((rows?[i] ?? i) * length, length), histogram);
        }

        return Sums(histogram);
    }

    private static void Count(ReadOnlySpan<byte> pixels, long[] histogram)
    {
        foreach (byte pixel in pixels)
        {
            histogram[pixel]++;
        }
    }

    private static (double Sum, double Squares) Sums(long[] histogram)
    {
        long sum = 0;
        long squares = 0;
        for (int value = 0; value < histogram.Length; value++)
        {
            sum += histogram[value] * value;
            squares += histogram[value] * value * value;
        }

        return (sum, squares);
    }

    private static (double Sum, double Squares) FloatSums(float[] floats, int[]? rows, int length, int count)
    {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < count; i++)
        {
            foreach (float value in floats.AsSpan((rows?[i] ?? i) * length, length))
            {
                sum += value;
                squares += (double)value * value;
            }
        }

        return (sum, squares);
    }
}
