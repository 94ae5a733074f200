using System.Net;
using System.Net.Sockets;
using Azure.Storage.Blobs;
using OrleansSgd.Core.Checkpoints;
using OrleansSgd.Storage.Blobs;

namespace OrleansSgd.Storage.Tests.Blobs;

/// <summary>Goal: publishing is atomic whatever becomes of the requests, and each trouble has its name. Method: each is lost in turn.</summary>
[Collection(AzuriteTests.Name)]
public sealed class BadServiceTests(Azurite azurite)
{
    // More than the requests of the story below; a longer one is noticed.
    private const int RequestsMax = 60;

    private readonly string _container = Azurite.FreeContainer;

    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_the_service_goes_away_at_any_request_the_newest_published_checkpoint_is_whole(bool wasSent)
    {
        int cuts = 0;
        for (bool isOver = false; !isOver; cuts++)
        {
            Assert.True(cuts < RequestsMax);
            isOver = await CutAsync($"job-{cuts}", cuts, wasSent);
        }

        Assert.True(cuts > 12, $"Only {cuts} requests were cut; the story is longer.");
    }

    [Fact]
    public async Task An_answer_that_is_lost_and_asked_for_again_does_not_make_an_enemy_of_oneself()
    {
        // Every conditional write is carried out, its answer lost, and the client's own second try then finds the condition broken by the first.
        HashSet<string> lost = [];
        RequestWatch watch = new(_ => Task.FromResult<HttpResponseMessage?>(null))
        {
            LosesAnswer = request => request.Method == HttpMethod.Put && lost.Add($"{request.RequestUri!.AbsolutePath} {lost.Count / 2}"),
        };
        BlobCheckpointStore store = new(azurite.Container(_container, watch, retries: 2));

        StoreClaim claim = await store.ClaimAsync(Checkpoints.Job, None);
        await Checkpoints.PublishAsync(store, claim, 1);

        Assert.True(lost.Count >= 4, $"Only {lost.Count} answers were lost.");
        Assert.Equal(1, claim.Generation);
        Assert.Equal(1, await Checkpoints.NewestAsync(store));
    }

    [Theory]
    [InlineData(403, "AuthorizationPermissionMismatch", StoreTrouble.ReadOnly)]
    [InlineData(403, "AuthorizationFailure", StoreTrouble.Denied)]
    [InlineData(401, "NoAuthenticationInformation", StoreTrouble.Denied)]
    [InlineData(404, "ContainerNotFound", StoreTrouble.Gone)]
    [InlineData(409, "ContainerBeingDeleted", StoreTrouble.Gone)]
    [InlineData(413, "RequestBodyTooLarge", StoreTrouble.Full)]
    [InlineData(507, "InsufficientStorage", StoreTrouble.Full)]
    [InlineData(503, "ServerBusy", StoreTrouble.Slow)]
    [InlineData(500, "OperationTimedOut", StoreTrouble.Slow)]
    [InlineData(429, "TooManyRequests", StoreTrouble.Slow)]
    public async Task Each_refusal_of_the_service_becomes_its_trouble_and_what_counted_still_counts(int status, string code, StoreTrouble trouble)
    {
        BlobCheckpointStore calm = new(azurite.Container(_container));
        StoreClaim claim = await calm.ClaimAsync(Checkpoints.Job, None);
        await Checkpoints.PublishAsync(calm, claim, 1);
        BlobCheckpointStore store = new(azurite.Container(_container, new RequestWatch(_ => Task.FromResult<HttpResponseMessage?>(Refusal(status, code)))));

        BlobCheckpointStore behindGateway = new(
            azurite.Container(_container, new RequestWatch(_ => Task.FromResult<HttpResponseMessage?>(Refusal(status, code, isByGateway: true)))));

        CheckpointStoreException error = await Checkpoints.TroubleAsync(trouble, () => store.WriteAsync(claim, "x", new byte[1], None));
        await Checkpoints.TroubleAsync(trouble, () => behindGateway.WriteAsync(claim, "x", new byte[1], None));
        await Checkpoints.TroubleAsync(trouble, () => store.PublishAsync(claim, Checkpoints.Manifest(claim, 2), None));

        Assert.Contains($"blob:{_container}: writing part x of job 'digits' failed", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, await Checkpoints.NewestAsync(calm));
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_slow()
    {
        ManualTime time = new();
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        RequestWatch watch = new(async _ =>
        {
            asked.TrySetResult();
            await new TaskCompletionSource().Task; // for ever; the client gives up
            return null;
        });
        BlobCheckpointStore store = new(azurite.Container(_container, watch), new() { Time = time, SlowAfter = TimeSpan.FromSeconds(7) });

        Task claiming = store.ClaimAsync(Checkpoints.Job, None);
        await asked.Task;
        time.Move(TimeSpan.FromSeconds(7));

        CheckpointStoreException error = await Checkpoints.TroubleAsync(StoreTrouble.Slow, () => claiming);
        Assert.Contains("no answer within 7 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Something_else_that_answers_is_no_service()
    {
        RequestWatch watch = new(_ => Task.FromResult<HttpResponseMessage?>(
            new(HttpStatusCode.BadGateway) { Content = new StringContent("", null, "application/xml") }));
        BlobCheckpointStore store = new(azurite.Container(_container, watch));

        await Checkpoints.TroubleAsync(StoreTrouble.Gone, () => store.WriteAsync(new(Checkpoints.Job, 1, "t"), "x", new byte[1], None));
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_gone()
    {
        using TcpListener closed = new(IPAddress.Loopback, 0);
        closed.Start();
        int port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        BlobClientOptions options = new();
        options.Retry.MaxRetries = 1;
        options.Retry.Delay = TimeSpan.Zero;
        string connection = $"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:{port}/a;";
        BlobCheckpointStore store = new(new BlobContainerClient(connection, "grid", options));

        CheckpointStoreException error = await Checkpoints.TroubleAsync(StoreTrouble.Gone, () => store.ClaimAsync(Checkpoints.Job, None));

        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", error.ToString(), StringComparison.Ordinal);
    }

    private static HttpResponseMessage Refusal(int status, string code, bool isByGateway = false)
    {
        string body = $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>planted</Message></Error>";
        HttpResponseMessage answer = new((HttpStatusCode)status)
        {
            Content = isByGateway ? new StringContent("<p>no", null, "text/html") : new StringContent(body, null, "application/xml"),
        };
        answer.Headers.Add("x-ms-error-code", code);
        return answer;
    }

    // From request number `cut` on nothing gets through; with `wasSent`, that one is still carried out. True when the story ended before.
    private async Task<bool> CutAsync(string job, int cut, bool wasSent)
    {
        BlobCheckpointStore calm = new(azurite.Container(_container));
        await Checkpoints.PublishAsync(calm, await calm.ClaimAsync(job, None), 1);

        int requests = 0;
        RequestWatch watch = new(_ => requests++ > cut || (requests > cut && !wasSent)
            ? throw new HttpRequestException("The line is cut.")
            : Task.FromResult<HttpResponseMessage?>(null))
        {
            LosesAnswer = _ => requests > cut,
        };
        BlobCheckpointStore store = new(azurite.Container(_container, watch));
        long published = 1;
        bool isOver = false;
        try
        {
            StoreClaim claim = await store.ClaimAsync(job, None);
            await Checkpoints.PublishAsync(store, claim, 2);
            published = 2;
            await Checkpoints.PublishAsync(store, claim, 3);
            published = 3;
            isOver = requests <= cut;
        }
        catch (CheckpointStoreException error)
        {
            Assert.True(error.Trouble == StoreTrouble.Gone, $"Cut {cut}: {error}");
        }

        StoreClaim next = await calm.ClaimAsync(job, None);
        long newest = await Checkpoints.NewestAsync(calm, job);
        Assert.True(newest >= published && newest <= published + 1, $"Cut {cut}: checkpoint {published} was published, but {newest} is found.");
        await Checkpoints.PublishAsync(calm, next, newest + 1);
        Assert.Equal(newest + 1, await Checkpoints.NewestAsync(calm, job));
        return isOver;
    }
}
