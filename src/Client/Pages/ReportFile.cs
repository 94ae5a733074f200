using System.Text;
using OrleansSgd.Client.Training;

namespace OrleansSgd.Client.Pages;

/// <summary>Where a run's page lies, and from what it is made.</summary>
internal static class ReportFile
{
    /// <summary>Name of the page in a run's folder.</summary>
    public const string FileName = "report.html";

    /// <summary>The page in a folder; null when there is none.</summary>
    public static string? In(string? folder) => folder is not null && File.Exists(Path.Combine(folder, FileName)) ? Path.Combine(folder, FileName) : null;

    /// <summary>Makes the page of a run's folder, from the events it keeps.</summary>
    public static void Write(string folder) => Write(Read(folder, null), Path.Combine(folder, FileName));

    /// <summary>Writes a page: under another name first, so that nobody ever finds half of one.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(RunStory story, string path)
    {
        string unfinished = path + ".new";
        File.WriteAllText(unfinished, RunPage.Of(story), new UTF8Encoding(false));
        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Reads a run: a folder with its events or its trace, a file of events, or a trace.</summary>
    /// <param name="job">Which job, when there are several; null for the only one.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It tells of no run.</exception>
    public static RunStory Read(string path, string? job)
    {
        string source = Directory.Exists(path) ? Source(path) : path;
        string? first = File.ReadLines(source).FirstOrDefault();
        IEnumerable<string> events = first is not null && first.StartsWith("{\"resourceSpans\"", StringComparison.Ordinal)
            ? TraceEvents.Of(File.ReadLines(source), source, job)
            : File.ReadLines(source);
        return RunStoryReader.Read(events, source, job);
    }

    private static string Source(string folder)
    {
        string events = Path.Combine(folder, RunLog.FileName);
        string trace = Path.Combine(folder, TraceTarget.FileName);
        return File.Exists(events) || !File.Exists(trace) ? events : trace;
    }
}
