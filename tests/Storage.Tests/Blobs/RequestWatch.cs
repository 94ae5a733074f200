namespace OrleansSgd.Storage.Tests.Blobs;

/// <summary>Sees every request before it is sent, and may answer in the service's place.</summary>
/// <param name="before">Null lets the request through.</param>
internal sealed class RequestWatch(Func<HttpRequestMessage, Task<HttpResponseMessage?>> before) : DelegatingHandler(new SocketsHttpHandler())
{
    /// <summary>Loses the answer to a request that was carried out; asked after each.</summary>
    public Func<HttpRequestMessage, bool> LosesAnswer { get; init; } = _ => false;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (await before(request).WaitAsync(cancellationToken) is { } answer)
        {
            return answer;
        }

        HttpResponseMessage real = await base.SendAsync(request, cancellationToken);
        return LosesAnswer(request) ? throw new HttpRequestException("The answer was lost.") : real;
    }
}
