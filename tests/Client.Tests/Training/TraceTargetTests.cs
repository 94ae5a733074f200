using OrleansSgd.Client.Training;

namespace OrleansSgd.Client.Tests.Training;

public sealed class TraceTargetTests
{
    [Fact]
    public void A_trace_in_the_runs_folder_is_found_under_the_name_the_folder_got()
    {
        using var parent = new TempFolder();
        using RunFolder folder = RunFolder.Open(parent.Path, "tiny");
        TraceTarget trace = TraceTarget.Open(null, folder);
        File.WriteAllText(trace.WrittenTo, "{}");

        string kept = folder.Keep();

        Assert.Equal(Path.Combine(kept, "trace.jsonl"), trace.Find(kept));
    }

    [Fact]
    public void A_trace_goes_with_a_folder_that_is_not_kept()
    {
        using var parent = new TempFolder();
        RunFolder folder = RunFolder.Open(parent.Path, "tiny");
        TraceTarget trace = TraceTarget.Open(null, folder);
        File.WriteAllText(trace.WrittenTo, "{}");

        folder.Dispose();

        Assert.Null(trace.Find(null));
        Assert.Empty(Directory.GetFileSystemEntries(parent.Path));
    }

    [Fact]
    public void A_chosen_file_stays_where_it_was_asked_for_and_its_folder_is_made()
    {
        using var parent = new TempFolder();
        using RunFolder folder = RunFolder.Open(parent.Path, "tiny");
        TraceTarget trace = TraceTarget.Open(parent["new/one.jsonl"], folder);

        Assert.Null(trace.Find(null));
        File.WriteAllText(trace.WrittenTo, "{}");

        Assert.Equal((parent["new/one.jsonl"], parent["new/one.jsonl"]), (trace.WrittenTo, trace.Find(null)));
    }

    [Fact]
    public void A_file_that_exists_is_refused_and_stays_as_it_is()
    {
        using var parent = new TempFolder();
        using RunFolder folder = RunFolder.Open(parent.Path, "tiny");
        string earlier = parent.Text("earlier.jsonl", "earlier");

        Assert.Throws<IOException>(() => TraceTarget.Open(earlier, folder));
        Assert.Equal("earlier", File.ReadAllText(earlier));
    }
}
