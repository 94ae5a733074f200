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
using OrleansSgd.Models.Torch;

namespace OrleansSgd.Client.Running;

/// <summary><c>grid export JOB --out FILE</c>: the trained model of a job that is over, from the grid into a file.</summary>
/// <remarks>Of a TorchScript model the module goes beside it, as in a run's folder: <c>model.pt</c> beside <c>model.safetensors</c>.</remarks>
internal static class ExportVerb
{
    public static Command Create(Terminal terminal)
    {
        var verb = new ClientVerb(
            terminal, "export", "Fetches the model of a job that is over, as a safetensors file; of a TorchScript model also the module, as .pt beside it.",
            "grid export mnist-1 --out model.safetensors");
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
            return Taken(file);
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
        float[] statistics = trained.Length == 0 ? [] : await TrainedModel.FetchStatisticsAsync(job);
        string text = await job.Plan();
        if (trained.Length == 0 || text.Length == 0)
        {
            return new Failure(ExitCodes.RunFailed, $"Job {id} has left no model ({JobVerbs.PhaseOf(progress.Phase)}). {progress.Error}".TrimEnd());
        }

        JobPlan plan = JobPlan.FromJson(text);
        string? script = plan.Model.Kind == ModelCatalog.TorchScript ? ScriptBeside(file) : null;
        if (script is not null && Unscriptable(id, plan.Model, script) is { } refused)
        {
            return refused;
        }

        try
        {
            IModel model = ModelOf(plan, progress, data);
            Write(file, part => SafetensorsWriter.Save(part, TrainedModel.Parts(model, trained, statistics), TrainedModel.Origin(id, plan, progress)));
            if (script is not null)
            {
                Write(script, part => TorchScriptFile.Save(plan.Model, model, trained, statistics, part));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new Failure(ExitCodes.RunFailed, $"The model of {id} could not be written to {file}: {error.Message}", "Name another file with --out.");
        }
        catch (ModelException error)
        {
            return new Failure(ExitCodes.RunFailed, $"{id}: {error.Message}", error.Hint);
        }

        string beside = script is null ? "" : $"; {script} is its TorchScript module";
        session.Say($"{file} has the model of {id}: {trained.Length.ToString(CultureInfo.InvariantCulture)} parameters{beside}.");
        session.Tell("completed", json =>
        {
            json.Text("job", id);
            json.Number("parameters", trained.Length);
            json.Text("model", file);
            json.Text("script", script);
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
        if (progress.Shape.Length > 0)
        {
            return ModelCatalog.Create(plan.Model, progress.Shape, progress.Classes);
        }

        DataSets sets = new DataCache().Open(plan.Data, data);
        return ModelCatalog.Create(plan.Model, sets.Train);
    }

    private static Failure Taken(string file) => new(ExitCodes.BadInput, $"{file} exists already; name a new file with --out.");

    // Never the file itself, whatever that is called.
    private static string ScriptBeside(string file) =>
        (Path.GetExtension(file) == Path.GetExtension(TrainedModel.FileName) ? file[..^Path.GetExtension(file).Length] : file)
        + Path.GetExtension(TrainedModel.ScriptName);

    // The module is the job's own with other values in it.
    private static Failure? Unscriptable(string id, ModelPlan model, string script) =>
        Path.Exists(script) ? Taken(script)
        : File.Exists(model.Path) ? null
        : new Failure(
            ExitCodes.BadInput, $"{id} trained the TorchScript module {model.Path}, which is not here, so nobody knows what its parameters are called.",
            "Put the file there, or export on a machine that has it.");

    // Under another name first, so that nobody takes half a file for a model.
    private static void Write(string file, Action<string> save)
    {
        string part = file + ".part";
        try
        {
            save(part);
            File.Move(part, file, overwrite: false);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }
}
