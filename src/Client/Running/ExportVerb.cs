using System.CommandLine;
using System.Globalization;
using OrleansSgd.Client.Safetensors;
using OrleansSgd.Client.Training;
using OrleansSgd.Client.Verbs;
using OrleansSgd.Core.Samples;
using OrleansSgd.Data;
using OrleansSgd.Grains.Contracts;
using OrleansSgd.Grains.Jobs;
using OrleansSgd.Models;

namespace OrleansSgd.Client.Running;

/// <summary><c>grid export JOB --out FILE</c>: the trained model of a job that is over, from the grid into a file.</summary>
internal static class ExportVerb
{
    public static Command Create(Terminal terminal)
    {
        var verb = new ClientVerb(
            terminal, "export", "Fetches the model of a job that is over, as a safetensors file.", "grid export mnist-1 --out model.safetensors");
        Argument<string> job = JobVerbs.JobArgument();
        var file = new Option<string>("--out") { Description = "The file to write; it must not exist.", HelpName = "FILE", Required = true };
        Option<string> data = SharedOptions.Data(terminal);
        verb.Command.Arguments.Add(job);
        verb.Command.Options.Add(file);
        verb.Command.Options.Add(data);
        return verb.Run(async (parsed, session, _) =>
        {
            string id = parsed.GetRequiredValue(job);
            return await JobVerbs.UnknownAsync(session, id)
                ?? await ExportAsync(session, id, parsed.GetRequiredValue(file), parsed.GetRequiredValue(data));
        });
    }

    private static async Task<Failure?> ExportAsync(ClientSession session, string id, string file, string data)
    {
        if (Path.Exists(file))
        {
            return new Failure(ExitCodes.BadInput, $"{file} exists already; name a new file with --out.");
        }

        IJobGrain job = session.Job(id);
        JobProgress progress = await EndedAsync(session, job);
        if (!progress.IsOver)
        {
            return new Failure(
                ExitCodes.BadInput, $"Job {id} is not over ({JobVerbs.PhaseOf(progress.Phase)}), so it has no model yet.",
                $"Wait for it with 'grid watch {id}', or end it with 'grid cancel {id}'.");
        }

        float[] trained = await TrainedModel.FetchAsync(job, progress.Parameters);
        string text = await job.Plan();
        if (trained.Length == 0 || text.Length == 0)
        {
            return new Failure(ExitCodes.RunFailed, $"Job {id} has left no model ({JobVerbs.PhaseOf(progress.Phase)}). {progress.Error}".TrimEnd());
        }

        try
        {
            JobPlan plan = JobPlan.FromJson(text);
            IModel model = ModelOf(plan, progress, data);
            Write(file, model, trained, id, plan, progress);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new Failure(ExitCodes.RunFailed, $"The model of {id} could not be written to {file}: {error.Message}", "Name another file with --out.");
        }

        session.Say($"{file} has the model of {id}: {trained.Length.ToString(CultureInfo.InvariantCulture)} parameters.");
        session.Tell("completed", json =>
        {
            json.Text("job", id);
            json.Number("parameters", trained.Length);
            json.Text("model", file);
        });
        return null;
    }

    // A coordinator that has just been found reads its store first.
    private static async Task<JobProgress> EndedAsync(ClientSession session, IJobGrain job)
    {
        JobProgress progress = await job.Progress(int.MaxValue);
        for (long since = session.Terminal.Time.GetTimestamp();
            progress.Phase == JobPhase.Starting && session.Terminal.Time.GetElapsedTime(since) < GridConnection.ResponseTimeout;)
        {
            await Task.Delay(JobWatch.PollPeriod, session.Terminal.Time);
            progress = await job.Progress(int.MaxValue);
        }

        return progress;
    }

    // A job that ended under an older build does not say what its samples were like; its data does.
    private static IModel ModelOf(JobPlan plan, JobProgress progress, string data)
    {
        if (progress.Features > 0)
        {
            return ModelCatalog.Create(plan.Model, progress.Features, progress.Classes);
        }

        DataSets sets = new DataCache().Open(plan.Data, data);
        return ModelCatalog.Create(plan.Model, sets.Train.FeatureCount, sets.Train.ClassCount);
    }

    // Under another name first, so that nobody takes half a file for a model.
    private static void Write(string file, IModel model, float[] trained, string id, JobPlan plan, JobProgress progress)
    {
        string part = file + ".part";
        try
        {
            SafetensorsWriter.Save(part, model.Tensors, trained, TrainedModel.Origin(id, plan, progress));
            File.Move(part, file, overwrite: false);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}
