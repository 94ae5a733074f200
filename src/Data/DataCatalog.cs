using OrleansSgd.Data.Cifar10;
using OrleansSgd.Data.Csv;
using OrleansSgd.Data.Fetch;
using OrleansSgd.Data.Files;
using OrleansSgd.Data.Idx;
using OrleansSgd.Data.LibSvm;
using OrleansSgd.Data.Synthetic;
using OrleansSgd.Data.Text;

namespace OrleansSgd.Data;

/// <summary>Opens what a plan names.</summary>
public static class DataCatalog
{
    private const string CheckPath = "Check the path in the job file; relative paths start at the data folder.";
    private const string FetchMnist = "Bring it with: grid data fetch mnist";

    /// <summary>Reads or generates the samples of <paramref name="plan"/> into memory.</summary>
    /// <param name="plan">Without mistakes.</param>
    /// <param name="dataFolder">Where relative paths start, and where fetched sets lie.</param>
    /// <exception cref="ArgumentException">The plan has mistakes; the message lists them.</exception>
    /// <exception cref="FileNotFoundException">A file is not there; names it and the remedy.</exception>
    /// <exception cref="IOException">A file may not be read.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or not what the plan says; names file, place and limit.</exception>
    public static DataSets Open(DataPlan plan, string dataFolder)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        string mistakes = string.Join(' ', plan.Mistakes("data"));
        if (mistakes.Length > 0)
        {
            throw new ArgumentException(mistakes, nameof(plan));
        }

        string folder = Path.GetFullPath(dataFolder);
        return plan.Kind switch
        {
            DataKinds.Mnist => OpenMnist(plan, folder),
            DataKinds.Idx => OpenIdx(plan, folder),
            DataKinds.LibSvm => OpenLibSvm(plan, folder),
            DataKinds.Csv => OpenCsv(plan, folder),
            DataKinds.Cifar10 => Cifar10Sets.Open(folder, plan),
            DataKinds.Text => OpenText(plan, folder),
            _ => Generate(plan),
        };
    }

    /// <summary>The full paths of the files the plan reads; empty for synthetic data. The files need not exist.</summary>
    public static IReadOnlyList<string> FilesOf(DataPlan plan, string dataFolder)
    {
        ArgumentNullException.ThrowIfNull(plan);
        string folder = Path.GetFullPath(dataFolder);
        if (plan.Kind == DataKinds.Mnist)
        {
            return [.. MnistFiles.Names.Select(name => MnistFiles.Find(folder, name))];
        }

        if (plan.Kind == DataKinds.Cifar10)
        {
            return [.. Cifar10Files.Names.Select(name => Cifar10Files.Find(folder, name))];
        }

        string?[] named = plan.Kind == DataKinds.Synthetic
            ? []
            : [plan.Path, plan.LabelPath, plan.TestPath, plan.TestLabelPath];
        return [.. named.OfType<string>().Select(path => Path.Combine(folder, path))];
    }

    private static DataSets OpenMnist(DataPlan plan, string folder)
    {
        int trainMax = plan.Limit ?? int.MaxValue;
        int testMax = plan.TestLimit ?? int.MaxValue;
        var train = new IdxPair(
            ReadMnist(folder, MnistFiles.TrainImages, trainMax), ReadMnist(folder, MnistFiles.TrainLabels, trainMax));
        var test = new IdxPair(
            ReadMnist(folder, MnistFiles.TestImages, testMax), ReadMnist(folder, MnistFiles.TestLabels, testMax));
        return IdxSets.Make(train, test, plan with { ClassCount = 10 });
    }

    private static IdxTensor ReadMnist(string folder, string name, int rowsMax) =>
        IdxReader.ReadFile(MnistFiles.Find(folder, name), rowsMax, FetchMnist);

    private static DataSets OpenIdx(DataPlan plan, string folder)
    {
        IdxPair train = ReadIdx(folder, plan.Path!, plan.LabelPath!, plan.Limit);
        IdxPair? test = plan.TestPath is null ? null : ReadIdx(folder, plan.TestPath, plan.TestLabelPath!, plan.TestLimit);
        return IdxSets.Make(train, test, plan);
    }

    private static IdxPair ReadIdx(string folder, string images, string labels, int? limit) => new(
        IdxReader.ReadFile(Path.Combine(folder, images), limit ?? int.MaxValue, CheckPath),
        IdxReader.ReadFile(Path.Combine(folder, labels), limit ?? int.MaxValue, CheckPath));

    private static DataSets OpenLibSvm(DataPlan plan, string folder)
    {
        SparseRows train = Read(folder, plan.Path!, plan.Limit);
        SparseRows? test = plan.TestPath is null ? null : Read(folder, plan.TestPath, plan.TestLimit);
        return LibSvmSets.Make(train, test, plan);

        SparseRows Read(string root, string file, int? limit)
        {
            string path = Path.Combine(root, file);
            using Stream stream = DataFile.OpenRead(path, CheckPath);
            return LibSvmReader.Read(stream, path, plan.FeatureCount, limit ?? int.MaxValue);
        }
    }

    private static DataSets OpenCsv(DataPlan plan, string folder)
    {
        CsvTable train = Read(folder, plan.Path!, plan.Limit);
        CsvTable? test = plan.TestPath is null ? null : Read(folder, plan.TestPath, plan.TestLimit);
        return CsvSets.Make(train, test, plan);

        CsvTable Read(string root, string file, int? limit)
        {
            string path = Path.Combine(root, file);
            using Stream stream = DataFile.OpenRead(path, CheckPath);
            return CsvTableReader.Read(stream, path, CsvLayout.Of(plan), limit ?? int.MaxValue);
        }
    }

    private static DataSets OpenText(DataPlan plan, string folder)
    {
        string path = Path.Combine(folder, plan.Path!);
        using Stream stream = DataFile.OpenRead(path, PublicSet.Of(plan) is { } set ? $"Bring it with: grid data fetch {set.Name}" : CheckPath);
        return TextSets.Make(TextTokens.Read(stream, path), path, plan);
    }

    private static DataSets Generate(DataPlan plan)
    {
        SyntheticOptions options = SyntheticOptions.Of(plan);
        return plan.Shape switch
        {
            SyntheticShapes.LeastSquares => LeastSquares.Generate(options),
            SyntheticShapes.SparseLogistic => SparseLogistic.Generate(options),
            _ => GaussianMixture.Generate(options),
        };
    }
}
