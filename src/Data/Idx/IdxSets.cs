using OrleansSgd.Core.Samples;
using OrleansSgd.Data.Sources;

namespace OrleansSgd.Data.Idx;

/// <summary>Makes data sets of IDX images and labels.</summary>
internal static class IdxSets
{
    /// <param name="train">Training images and labels.</param>
    /// <param name="test">Test images and labels, or null.</param>
    /// <param name="plan">For classCount, normalise, testShare and seed.</param>
    /// <exception cref="InvalidDataException">The files do not belong together, or a label is out of range.</exception>
    public static DataSets Make(IdxPair train, IdxPair? test, DataPlan plan)
    {
        train.Check();
        test?.Check();
        if (test is not null
            && (!test.Images.RowShape.SequenceEqual(train.Images.RowShape) || test.Images.Type != train.Images.Type))
        {
            throw new InvalidDataException(
                $"{test.Images.Name} has {Extents(test.Images)} {test.Images.Type} a sample, but " +
                $"{train.Images.Name} has {Extents(train.Images)} {train.Images.Type}. Train and test must be alike.");
        }

        int classCount = ClassCount(train, test, plan.ClassCount);
        TestSplit? split = plan.TestShare is { } share
            ? TestSplit.Draw(train.Images.RowCount, share, plan.Seed ?? 1, train.Images.Name)
            : null;
        PixelScale scale = plan.Normalise == true
            ? Normalisation.OfAll(train.Images, split?.Train)
            : new(0, train.Images.Type == IdxType.Bytes ? 255 : 1);

        ISampleSource all = Source(train, classCount, scale);
        return split is null
            ? new(all, test is null ? null : Source(test, classCount, scale))
            : new(new RowSubset(all, split.Train), new RowSubset(all, split.Test));
    }

    private static int ClassCount(IdxPair train, IdxPair? test, int? stated)
    {
        int limit = stated ?? 256;
        int classMax = train.LabelMax(limit);
        if (test is not null)
        {
            classMax = Math.Max(classMax, test.LabelMax(limit));
        }

        return stated ?? Math.Max(2, classMax + 1);
    }

    private static string Extents(IdxTensor images) => string.Join(" × ", images.RowShape);

    private static ISampleSource Source(IdxPair pair, int classCount, PixelScale scale)
    {
        byte[] labels = pair.Labels.Bytes!;
        IReadOnlyList<int> shape = pair.Images.RowShape;
        if (pair.Images.Bytes is { } bytes)
        {
            return new ByteSource(bytes, labels, shape, classCount, scale);
        }

        float[] floats = pair.Images.Floats!;
        if (scale != new PixelScale(0, 1))
        {
            for (int i = 0; i < floats.Length; i++)
            {
                floats[i] = (floats[i] - scale.Centre) / scale.Spread;
            }
        }

        return new DenseSource(floats, Array.ConvertAll(labels, label => (float)label), pair.Images.RowLength, classCount, shape);
    }
}

/// <summary>The two files of one set.</summary>
internal sealed record IdxPair(IdxTensor Images, IdxTensor Labels)
{
    /// <exception cref="InvalidDataException">The files are not images and labels of as many samples.</exception>
    public void Check()
    {
        if (Images.Shape.Count < 2)
        {
            throw new InvalidDataException(
                $"{Images.Name} has rank 1, as labels have; images have rank 2 to 4. Are path and labelPath exchanged?");
        }

        if (Labels.Shape.Count != 1 || Labels.Bytes is null)
        {
            throw new InvalidDataException(
                $"{Labels.Name} has rank {Labels.Shape.Count} of {Labels.Type}; labels have rank 1 and are bytes. " +
                "Are path and labelPath exchanged?");
        }

        if (Images.RowsInFile != Labels.RowsInFile)
        {
            throw new InvalidDataException(
                $"{Images.Name} has {Images.RowsInFile} images but {Labels.Name} has {Labels.RowsInFile} labels. " +
                "The files are not of one set.");
        }
    }

    /// <summary>The largest label.</summary>
    /// <exception cref="InvalidDataException">A label is classCount or more.</exception>
    public int LabelMax(int classCount)
    {
        int max = 0;
        byte[] labels = Labels.Bytes!;
        for (int row = 0; row < labels.Length; row++)
        {
            if (labels[row] >= classCount)
            {
                throw new InvalidDataException(
                    $"{Labels.Name} has label {labels[row]} at byte {8 + row} (row {row}); with {classCount} classes a " +
                    $"label is 0 to {classCount - 1}. The file is damaged, or classCount is too small.");
            }

            max = Math.Max(max, labels[row]);
        }

        return max;
    }
}
