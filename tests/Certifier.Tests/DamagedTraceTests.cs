using System.Text;
using OrleansSgd.Certifier.Tests.Traces;

namespace OrleansSgd.Certifier.Tests;

/// <summary>A trace that is not as it was written is refused, and the message says where and what to do.</summary>
public sealed class DamagedTraceTests
{
    private static readonly List<string> Lines = Whole();

    [Fact]
    public void Missing_file_is_refused()
    {
        Certification again = TraceCertifier.Certify(new CertifyRequest(["/nowhere/trace.jsonl"]));
        Assert.Equal(CertifyVerdict.Unreadable, again.Verdict);
        Assert.Contains("/nowhere/trace.jsonl", again.Damage, StringComparison.Ordinal);
    }

    [Fact]
    public void File_without_ledger_is_refused() => AssertRefused(["{\"resourceSpans\":[]}"], "no ledger spans");

    [Fact]
    public void Cut_off_file_is_refused()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Join('\n', Lines));
        AssertRefused(TraceFiles.Certify(bytes[..^100]), "cut off");
    }

    [Fact]
    public void File_without_its_end_is_refused() => AssertRefused(Lines.Where(line => !Has(line, "ledger.close")), "no ledger.close");

    [Fact]
    public void Missing_line_is_refused() => AssertRefused(Lines.Where((line, at) => at != Find("ledger.rows")), "is missing");

    [Fact]
    public void Missing_line_of_a_log_is_refused() => AssertRefused(Lines.Where((line, at) => at != Find("ledger.applied")), "is missing");

    [Fact]
    public void Doubled_line_is_refused() => AssertRefused([.. Lines, Lines[Find("ledger.rows")]], "twice");

    [Fact]
    public void Same_file_given_twice_is_refused()
    {
        using var files = new TraceFiles();
        string path = files.Add(Lines);
        AssertRefused(TraceCertifier.Certify(new CertifyRequest([path, path])), "twice");
    }

    [Theory]
    [InlineData("ledger.open", "\"confidence\"")]
    [InlineData("ledger.open", "0.9", "0.8")]
    [InlineData("ledger.cut", "0.001", "0.002")]
    [InlineData("ledger.close", "\"completed\"", "\"cancelled\"")]
    [InlineData("ledger.applied", "\"boolValue\":false", "\"boolValue\":true")]
    public void Changed_value_is_refused(string span, string from, string to = "\"confidance\"")
    {
        int at = Lines.FindIndex(line => Has(line, span) && Has(line, from));
        if (at < 0)
        {
            from = from.Trim('"');
            to = to.Trim('"');
            at = Lines.FindIndex(line => Has(line, span) && Has(line, from));
        }

        List<string> changed = [.. Lines];
        changed[at] = changed[at].Replace(from, to, StringComparison.Ordinal);
        Certification again = TraceFiles.Certify(changed);
        Assert.Equal(CertifyVerdict.Unreadable, again.Verdict);
        Assert.Contains(" line ", again.Damage, StringComparison.Ordinal);
    }

    [Fact]
    public void Digest_that_does_not_fit_names_the_span()
    {
        List<string> changed = [.. Lines];
        int at = Find("ledger.cut");
        changed[at] = changed[at].Replace("0.001", "0.002", StringComparison.Ordinal);
        Certification again = TraceFiles.Certify(changed);
        AssertRefused(again, "was changed");
        Assert.Contains($"line {at + 1}: ledger.cut number", again.Damage, StringComparison.Ordinal);
    }

    [Fact]
    public void Foreign_job_is_refused_unless_one_is_chosen()
    {
        RandomRun other = RandomRun.Of(9, RunShape.Plain());
        other.Model.Job = "job-2";
        using var files = new TraceFiles();
        string path = files.Add([.. Lines, .. TraceText.Lines(other.Model)]);
        Certification again = TraceCertifier.Certify(new CertifyRequest([path]));
        AssertRefused(again, "job-1, job-2");
        AssertRefused(TraceCertifier.Certify(new CertifyRequest([path], "job-3")), "job-1, job-2");
        Assert.Equal("job-2", TraceCertifier.Certify(new CertifyRequest([path], "job-2")).Job);
        CleanRunTests.AssertClean(TraceCertifier.Certify(new CertifyRequest([path], "job-1")), 1);
    }

    [Theory]
    [InlineData("gradientSquared")]
    [InlineData("rate")]
    [InlineData("normSquared")]
    public void Negative_or_unknown_number_is_refused(string field)
    {
        RandomRun run = RandomRun.Of(4, RunShape.Plain());
        ModelRow row = run.Model.Rows.First(one => (one.Flags & 1) != 0);
        switch (field)
        {
            case "gradientSquared":
                row.GradientSquared = -1;
                break;
            case "rate":
                row.Rate = double.NaN;
                break;
            default:
                row.Slices[0].NormSquared = double.NaN;
                break;
        }

        Certification again = TraceFiles.Certify(run.Model);
        AssertRefused(again, field);
        Assert.Contains($"ticket {row.Ticket}", again.Damage, StringComparison.Ordinal);
    }

    [Fact]
    public void Layout_of_another_version_is_refused()
    {
        int at = Find("ledger.open");
        List<string> changed = [.. Lines];
        changed[at] = changed[at].Replace("\"intValue\":\"1\"", "\"intValue\":\"2\"", StringComparison.Ordinal);
        AssertRefused(changed, "reads layout 1");
    }

    [Fact]
    public void Unknown_event_is_refused()
    {
        RandomRun run = RandomRun.Of(4, RunShape.Plain());
        run.Model.Ledger.Add(new ModelBreak("something"));
        List<string> lines = TraceText.Lines(run.Model);
        int at = lines.FindIndex(line => Has(line, "\"break\""));
        lines[at] = lines[at].Replace("\"break\"", "\"bend\"", StringComparison.Ordinal);
        AssertRefused(lines, "'bend'");
    }

    [Fact]
    public void Unknown_attribute_is_ignored_and_counted()
    {
        // Its digest is that of the span with it, so only a span at the end of its chain can be changed without writing the rest anew.
        RandomRun run = RandomRun.Of(4, RunShape.Plain());
        PlainFigures.Of(run.Model);
        run.Model.Figures["surprise"] = 3;
        Certification again = TraceFiles.Certify(run.Model);
        CleanRunTests.AssertClean(again, 4);
        Assert.Contains(again.Warnings, warning => Has(warning, "1 attributes"));
    }

    [Fact]
    public void Clock_that_jumps_is_a_note_and_no_more()
    {
        List<string> changed = [.. Lines];
        int at = Find("ledger.cut");
        changed[at] = changed[at].Replace("1700000000000000000", "1600000000000000000", StringComparison.Ordinal);
        Certification again = TraceFiles.Certify(changed);
        CleanRunTests.AssertClean(again, 1);
        Assert.Contains(again.Warnings, warning => Has(warning, "clock"));
    }

    [Fact]
    public void Run_that_the_theory_does_not_cover_is_void()
    {
        RandomRun run = RandomRun.Of(4, RunShape.Plain());
        run.Model.NotCovered = "Adam is not covered.";
        Certification again = TraceFiles.Certify(run.Model);
        Assert.Equal((CertifyVerdict.Void, "Adam is not covered."), (again.Verdict, again.Certificate!.Reason));
        run.Model.NotCovered = null;
        run.Model.Smoothness = 1000;
        again = TraceFiles.Certify(run.Model);
        Assert.Equal(CertifyVerdict.Void, again.Verdict);
        Assert.Contains("α·L is", again.Certificate!.Reason, StringComparison.Ordinal);
        run.Model.Smoothness = 1;
        run.Model.Ledger.Add(new ModelBreak("A disk was lost."));
        Assert.Equal("A disk was lost.", TraceFiles.Certify(run.Model).Certificate!.Reason);
    }

    [Fact]
    public void No_flipped_byte_leaves_a_verdict_that_holds_with_other_figures()
    {
        byte[] whole = Encoding.UTF8.GetBytes(string.Join('\n', Lines) + "\n");
        string expected = Figures(TraceFiles.Certify(whole));
        var random = new Random(20_251);
        int refused = 0;
        for (int i = 0; i < 1000; i++)
        {
            byte[] flipped = [.. whole];
            int at = random.Next(flipped.Length);
            flipped[at] ^= (byte)(1 << random.Next(8));
            Certification again = TraceFiles.Certify(flipped);
            if (again.Verdict is CertifyVerdict.Unreadable or CertifyVerdict.Violated)
            {
                refused++;
                continue;
            }

            Assert.True(expected == Figures(again), $"Byte {at}, flip {i}: {Figures(again)}\n{expected}");
        }

        Assert.True(refused > 500, $"Only {refused} of 1000 flips were refused: the trial tests little.");
    }

    private static List<string> Whole()
    {
        RandomRun run = RandomRun.Of(1, new RunShape { Tickets = 40 });
        PlainFigures.Of(run.Model);
        return TraceText.Lines(run.Model);
    }

    // Notes about clocks and ignored attributes are not figures.
    private static string Figures(Certification again) => CertificationJson.Line(again with { Warnings = [] });

    private static int Find(string span) => Lines.FindIndex(line => Has(line, span));

    private static bool Has(string line, string part) => line.Contains(part, StringComparison.Ordinal);

    private static void AssertRefused(IEnumerable<string> lines, string words) => AssertRefused(TraceFiles.Certify(lines), words);

    private static void AssertRefused(Certification again, string words)
    {
        Assert.Equal(CertifyVerdict.Unreadable, again.Verdict);
        Assert.Contains(words, again.Damage, StringComparison.Ordinal);
    }
}
