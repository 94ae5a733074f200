using System.Diagnostics;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Files;

namespace OrleansSgd.Storage.Tests.Files;

/// <summary>Goal: two grids do not share a job. Method: a real second process, which is asked, told to end, or killed.</summary>
public sealed class TwoProcessTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken None => CancellationToken.None;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_that_a_living_process_has_claimed_is_held_and_its_death_by_kill_frees_it()
    {
        using Process other = Start();
        Assert.Equal($"{Program.Claimed} 1", await other.StandardOutput.ReadLineAsync());
        FileCheckpointStore store = new(_folder.Path);

        CheckpointStoreException error = await Checkpoints.TroubleAsync(StoreTrouble.Held, () => store.ClaimAsync(Checkpoints.Job, None));

        Assert.Contains($"process {other.Id} ", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsPassing);
        Assert.Equal(1, (await store.ClaimAsync("another job", None)).Generation);
        other.Kill(); // SIGKILL: nothing is tidied up
        await other.WaitForExitAsync();
        Assert.Equal(2, (await store.ClaimAsync(Checkpoints.Job, None)).Generation);
    }

    [Fact]
    public async Task A_process_that_lets_go_or_ends_its_job_frees_it_while_it_goes_on()
    {
        FileCheckpointStore store = new(_folder.Path);
        StoreClaim first = await store.ClaimAsync(Checkpoints.Job, None);
        StoreClaim claim = await new FileCheckpointStore(_folder.Path).ClaimAsync(Checkpoints.Job, None);
        await store.ReleaseAsync(first, None); // an older claim frees nothing
        Assert.Equal(nameof(StoreTrouble.Held), await AnswerOfOtherAsync());

        await store.ReleaseAsync(claim, None);
        Assert.Equal($"{Program.Claimed} 3", await AnswerOfOtherAsync());

        StoreClaim again = await store.ClaimAsync(Checkpoints.Job, None);
        Assert.Equal(nameof(StoreTrouble.Held), await AnswerOfOtherAsync());
        CheckpointPart[] parts = await Checkpoints.WriteAsync(store, again, 1);
        await store.PublishAsync(again, Checkpoints.Manifest(again, 1, parts) with { Outcome = "completed" }, None);
        Assert.Equal($"{Program.Claimed} 5", await AnswerOfOtherAsync());
    }

    private async Task<string?> AnswerOfOtherAsync()
    {
        using Process other = Start();
        string? answer = await other.StandardOutput.ReadLineAsync();
        other.StandardInput.Close();
        await other.WaitForExitAsync();
        return answer;
    }

    private Process Start() => Process.Start(new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, _folder.Path, Checkpoints.Job])
    {
        RedirectStandardOutput = true,
        RedirectStandardInput = true,
    })!;
}
