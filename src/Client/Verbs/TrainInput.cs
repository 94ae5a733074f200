using OrleansSgd.Client.JobFiles;
using OrleansSgd.Client.Training;
using OrleansSgd.Core.Samples;
using OrleansSgd.Data;
using OrleansSgd.Data.Fetch;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;

namespace OrleansSgd.Client.Verbs;

/// <summary>What a run needs before the first silo starts: its data, checked against its model, and a place for its result.</summary>
/// <param name="Cache">Holds the data weakly, for the silos to share.</param>
/// <param name="Data">The open data; held here for as long as the run needs it.</param>
/// <param name="Model">The tensors' names and shapes.</param>
/// <param name="Folder">For the result; the caller's to dispose.</param>
/// <param name="Trace">For the trace; null when none is wanted.</param>
internal sealed record TrainInput(DataCache Cache, DataSets Data, IModel Model, RunFolder Folder, TraceTarget? Trace)
{
    /// <summary>Brings and reads the data, and refuses what cannot be trained.</summary>
    /// <param name="say">Told what happens on the way.</param>
    public static async Task<(TrainInput? Input, Failure? Failure)> OpenAsync(
        TrainRequest request, JobFileOutcome job, Action<string> say, CancellationToken interrupted)
    {
        JobPlan plan = job.Plan!;
        if (PublicSet.Of(plan.Data) is { } set && !set.IsIn(request.Data))
        {
            say($"{set.Title} is not in {Path.GetFullPath(request.Data)} yet.");
            (_, Failure? absent) = await SetFetch.RunAsync(set, request.Data, say, interrupted);
            if (absent is not null)
            {
                return (null, absent);
            }
        }

        var cache = new DataCache();
        DataSets sets;
        IModel model;
        try
        {
            sets = cache.Open(plan.Data, request.Data);
            foreach (string note in sets.Notes)
            {
                say(note);
            }

            string[] misfits = [.. plan.MistakesWith(sets)];
            if (misfits.Length > 0)
            {
                return (null, Failure.OfMistakes(job.Locate(misfits)));
            }

            model = ModelCatalog.Create(plan.Model, sets.Train);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return (null, new Failure(ExitCodes.BadInput, error.Message));
        }

        RunFolder folder;
        try
        {
            folder = RunFolder.Open(request.Out, plan.Name);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, new Failure(
                ExitCodes.BadInput, $"Results cannot be written to {request.Out}: {error.Message}", "Name another folder with --out."));
        }

        try
        {
            return (new TrainInput(cache, sets, model, folder, request.IsTraced ? TraceTarget.Open(request.Trace, folder) : null), null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            return (null, new Failure(
                ExitCodes.BadInput, $"The trace cannot be written to {request.Trace}: {error.Message}", "Name a new file with --trace."));
        }
    }
}
