namespace OrleansSgd.Certifier.Reading;

/// <summary>One pass over the files: where every ledger span stands. Nothing else is kept, so a trace may be larger than memory.</summary>
internal sealed class TraceIndex
{
    private readonly SortedDictionary<string, JobIndex> _jobs = new(StringComparer.Ordinal);

    /// <summary>Ids of the jobs found, ascending.</summary>
    public IReadOnlyCollection<string> Jobs => _jobs.Keys;

    /// <summary>Reads all files.</summary>
    /// <exception cref="InvalidDataException">A line is damaged; the message names it.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static TraceIndex Of(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        var index = new TraceIndex();
        for (int i = 0; i < files.Count; i++)
        {
            index.AddFile(files[i], i, cancellation);
        }

        return index;
    }

    /// <summary>The job that is to be certified, with its chains in order.</summary>
    /// <param name="job">Its id; null when there is only one.</param>
    /// <exception cref="InvalidDataException">There is none, or there are several to choose from; the message names them.</exception>
    public JobIndex Choose(string? job, IReadOnlyList<string> files)
    {
        string found = _jobs.Count == 0 ? "none" : string.Join(", ", _jobs.Keys);
        JobIndex chosen = job is not null
            ? _jobs.GetValueOrDefault(job) ?? throw new InvalidDataException($"The trace has no ledger of job {job}; it has: {found}.")
            : _jobs.Count == 1
                ? _jobs.Values.First()
                : throw new InvalidDataException(_jobs.Count == 0
                    ? "The trace has no ledger spans; give the trace.jsonl that a run with tracing left."
                    : $"The trace holds {_jobs.Count} jobs: {found}. Choose one with --job.");
        chosen.Finish(files);
        return chosen;
    }

    private void AddFile(string file, int index, CancellationToken cancellation)
    {
        using FileStream stream = File.OpenRead(file);
        var lines = new LineReader(stream);
        while (lines.TryRead(out ReadOnlyMemory<byte> line))
        {
            cancellation.ThrowIfCancellationRequested();
            if (line.Span.Trim((byte)'\r').IsEmpty)
            {
                continue;
            }

            var place = new TracePlace(file, lines.Number);
            List<LedgerSpan> spans = OtlpLine.Read(line, place, lines.IsTerminated);
            for (int i = 0; i < spans.Count; i++)
            {
                string job = spans[i].Text("job");
                if (!_jobs.TryGetValue(job, out JobIndex? known))
                {
                    _jobs.Add(job, known = new JobIndex(job));
                }

                known.Add(spans[i], new SpanAddress(0, index, lines.Offset, line.Length, lines.Number, i));
            }
        }
    }
}
