using System.Text.Json;
using OrleansSgd.Core.Scheduling;
using OrleansSgd.Grains.Contracts;

namespace OrleansSgd.Client.Pages;

/// <summary>Reads the events of a run: those that a run's folder keeps, or what <c>--json</c> printed.</summary>
internal sealed class RunStoryReader
{
    private static readonly Dictionary<string, string> Reasons =
        Enum.GetValues<SampleReason>().ToDictionary(SampleReasons.NameOf, SampleReasons.SentenceOf);

    private readonly List<ProgressPoint> _progress = [];
    private readonly List<JobEvent> _evaluations = [];
    private readonly List<Happening> _happenings = [];
    private readonly List<string> _silos = [];
    private readonly string? _wanted;
    private RunStory _story = new();
    private string? _job;

    private RunStoryReader(string? job) => _wanted = job;

    /// <summary>Makes the story.</summary>
    /// <param name="lines">One event each. A last line that was cut off is left out: its writer was killed.</param>
    /// <param name="source">Name of the file, for errors.</param>
    /// <param name="job">Which job, when the events are of several; null for the only one.</param>
    /// <exception cref="InvalidDataException">A line is no event, no event is of such a job, or there are several jobs and none was named.</exception>
    public static RunStory Read(IEnumerable<string> lines, string source, string? job = null)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var reader = new RunStoryReader(job);
        int number = 0;
        string? damage = null;
        foreach (string line in lines)
        {
            number++;
            if (damage is not null)
            {
                throw new InvalidDataException(damage);
            }

            if (line.Length > 0 && !reader.TryTake(line, source))
            {
                damage = $"{source}:{number}: this is no event; name a run's folder, its events.jsonl, or what --json printed.";
            }
        }

        return number > 0 && (damage is null || number > 1) && (job is null || reader._job is not null)
            ? reader.Finish()
            : throw new InvalidDataException(damage ?? (number == 0 ? $"{source} is empty: no run has begun there."
                : $"{source} has no event of job {job}; leave --job out to see which it has."));
    }

    private bool TryTake(string line, string source)
    {
        JsonElement fields;
        string? name;
        try
        {
            fields = JsonDocument.Parse(line).RootElement;
            name = RunStory.Text(fields, "event");
        }
        catch (JsonException)
        {
            return false;
        }

        if (name is not null && IsOfJob(RunStory.Text(fields, "job"), source))
        {
            Take(name, fields);
        }

        return name is not null;
    }

    private bool IsOfJob(string? job, string source)
    {
        if (job is null)
        {
            return true;
        }

        if (_wanted is not null && job != _wanted)
        {
            return false;
        }

        if (_job is not null && _job != job)
        {
            throw new InvalidDataException($"{source} tells of several jobs, {_job} and {job} among them; name one with --job.");
        }

        _job = job;
        return true;
    }

    private void Take(string name, JsonElement fields)
    {
        switch (name)
        {
            case "about":
                _story = _story with { About = fields };
                break;
            case "started":
                _story = _story with { Started = fields };
                break;
            case "progress":
                _progress.Add(Point(fields));
                break;
            case "evaluated":
                _evaluations.Add(Evaluation(fields));
                break;
            case "delays":
                _story = _story with
                {
                    DelayWidth = Math.Max(1, HappeningText.Whole(fields, "width")),
                    DelayCounts = [.. RunStory.Field(fields, "counts")?.EnumerateArray().Select(count => count.GetInt64()) ?? []],
                    IsDelaySampled = RunStory.Field(fields, "sampled") is { ValueKind: JsonValueKind.True },
                };
                break;
            case "churned":
                _story = _story with { Churn = fields };
                break;
            case "completed" or "cancelled" or "failed":
                _story = _story with { Closing = fields, Outcome = name };
                break;
            default:
                if (RunStory.Text(fields, "silo") is { } silo && !_silos.Contains(silo))
                {
                    _silos.Add(silo);
                }

                if (HappeningText.Of(name, fields) is { } happening)
                {
                    _happenings.Add(happening);
                }

                break;
        }
    }

    private RunStory Finish() => _story with
    {
        Job = _job ?? "run",
        Progress = _progress,
        Evaluations = _evaluations,
        Happenings = _happenings,
        Silos = _silos,
    };

    private static ProgressPoint Point(JsonElement fields)
    {
        JsonElement certificate = RunStory.Field(fields, "certificate") ?? default;
        return new ProgressPoint(
            RunStory.Number(fields, "seconds"), RunStory.Number(fields, "loss"), RunStory.Number(fields, "samplesPerSecond"),
            RunStory.Number(fields, "gapMean"), RunStory.Number(fields, "boundPredicted"), RunStory.Number(certificate, "value"),
            RunStory.Number(certificate, "optimisation"), RunStory.Number(certificate, "staleness"), RunStory.Number(certificate, "noise"),
            RunStory.Number(certificate, "bias"));
    }

    private static JobEvent Evaluation(JsonElement fields)
    {
        SampleCounts? samples = null;
        if (RunStory.Field(fields, "samplesOnce") is not null)
        {
            JsonElement reasons = RunStory.Field(fields, "sampleReasons") ?? default;
            samples = new SampleCounts(
                HappeningText.Whole(fields, "samplesOnce"), HappeningText.Whole(fields, "samplesTwice"), HappeningText.Whole(fields, "samplesNone"),
                reasons.ValueKind == JsonValueKind.Object
                    ? [.. reasons.EnumerateObject().Select(one => new SampleRemark(one.Name, one.Value.GetInt64(), SentenceOf(one.Name)))]
                    : []);
        }

        return new JobEvent(
            "evaluated", RunStory.Number(fields, "seconds"), HappeningText.Whole(fields, "tickets"), (int)HappeningText.Whole(fields, "epoch"),
            RunStory.Number(fields, "testLoss"), RunStory.Number(fields, "testAccuracy"), Samples: samples);
    }

    /// <summary>What a reason for samples that are not once means; the reason itself where this build does not know it.</summary>
    public static string SentenceOf(string reason) =>
        Reasons.GetValueOrDefault(reason) ?? (reason == "unplaced" ? SampleRemark.Unplaced(0).Text : reason);
}
