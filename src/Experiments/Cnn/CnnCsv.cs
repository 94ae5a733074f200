using System.Globalization;
using System.Text;

namespace OrleansSgd.Experiments.Cnn;

/// <summary>The runs as a table for other programs: one line a run, comma-separated, empty where a figure is not known.</summary>
public static class CnnCsv
{
    private static readonly (string Name, Func<CnnRun, object> Value)[] Columns =
    [
        ("workers", run => run.Setting.Workers), ("share", run => run.Setting.Share),
        ("feedback", run => run.Setting.IsDense ? "" : run.Setting.Feedback ? "true" : "false"), ("seed", run => run.Seed),
        ("testAccuracy", run => run.TestAccuracy), ("testLoss", run => run.TestLoss), ("bound", run => run.Bound), ("gapMax", run => run.GapMax),
        ("delayMean", run => run.DelayMean), ("delayMax", run => run.DelayMax), ("bytesPushed", run => run.BytesPushed),
        ("bytesPulled", run => run.BytesPulled), ("updates", run => run.Updates), ("seconds", run => run.Seconds),
        ("certificateStatus", run => run.CertificateStatus), ("certificate", run => run.Certificate), ("error", run => run.Error ?? ""),
    ];

    /// <summary>The whole file.</summary>
    public static string Text(IEnumerable<CnnRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var text = new StringBuilder().AppendJoin(',', Columns.Select(column => column.Name)).Append('\n');
        foreach (CnnRun run in runs)
        {
            text.AppendJoin(',', Columns.Select(column => Cell(column.Value(run)))).Append('\n');
        }

        return text.ToString();
    }

    private static string Cell(object value) => value switch
    {
        double number => double.IsNaN(number) ? "" : number.ToString("R", CultureInfo.InvariantCulture),
        string words when words.AsSpan().ContainsAny(",\"\n") => $"\"{words.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
