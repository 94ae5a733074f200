using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace OrleansSgd.Storage.Tables;

/// <summary>Requests to a table service over its REST interface: signed, tried again when the service is busy, and bounded in time.</summary>
internal sealed class TableRequests
{
    private const string ServiceVersion = "2019-02-02";
    private const string Json = "application/json;odata=minimalmetadata";
    private const int RetryMax = 3;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RetryDelayMax = TimeSpan.FromSeconds(2);

    // A membership is small; who waits longer for it is taken for dead by the others.
    private static readonly TimeSpan TryTimeMax = TimeSpan.FromSeconds(5);

    private readonly TableConnection _connection;
    private readonly HttpPipeline _pipeline;

    public TableRequests(TableConnection connection, TimeProvider time)
    {
        _connection = connection;
        Options options = new();
        options.Retry.MaxRetries = RetryMax;
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.Delay = RetryDelay;
        options.Retry.MaxDelay = RetryDelayMax;
        options.Retry.NetworkTimeout = TryTimeMax;
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        _pipeline = connection.Key is { } key
            ? HttpPipelineBuilder.Build(options, new SharedKeyPolicy(connection.Account, key, time))
            : HttpPipelineBuilder.Build(options);
    }

    /// <summary>Sends one request.</summary>
    /// <param name="path">Behind the endpoint's address.</param>
    /// <param name="body">JSON; empty for none.</param>
    /// <param name="version">The version that must be there; null for no condition.</param>
    /// <exception cref="IOException">The service did not answer.</exception>
    public async Task<Response> SendAsync(
        RequestMethod method, string path, ReadOnlyMemory<byte> body, string? version, CancellationToken cancellation)
    {
        using HttpMessage message = _pipeline.CreateMessage();
        Request request = message.Request;
        request.Method = method;
        request.Uri.Reset(new Uri(_connection.Endpoint + path + (_connection.Signature is { } signature ? "?" + signature : "")));
        request.Headers.SetValue("x-ms-version", ServiceVersion);
        request.Headers.SetValue("DataServiceVersion", "3.0;NetFx");
        request.Headers.SetValue("Accept", Json);
        if (body.Length > 0)
        {
            request.Headers.SetValue("Content-Type", "application/json");
            request.Headers.SetValue("Prefer", "return-no-content");
            request.Content = RequestContent.Create(body);
        }

        if (version is not null)
        {
            request.Headers.SetValue("If-Match", version);
        }

        try
        {
            await _pipeline.SendAsync(message, cancellation).ConfigureAwait(false);
            return message.Response;
        }
        catch (Exception error) when (error is RequestFailedException or AggregateException or HttpRequestException)
        {
            throw new IOException($"The table service at {Where} did not answer ({Short(error)}); look at the network and at the connection string.", error);
        }
    }

    /// <summary>The error that an answer stands for.</summary>
    /// <param name="what">What was to be done.</param>
    public IOException Refused(string what, Response answer)
    {
        string code = CodeOf(answer);
        string remedy = answer.Status is 401 or 403 ? "renew the connection string" : "look at the account";
        return new IOException($"The table service at {Where} refused {what}: status {answer.Status}{(code.Length > 0 ? ", " + code : "")}; {remedy}.");
    }

    /// <summary>The code of an error, such as TableAlreadyExists; empty when the answer has none.</summary>
    public static string CodeOf(Response answer)
    {
        try
        {
            using JsonDocument body = JsonDocument.Parse(answer.Content.ToMemory());
            return body.RootElement.GetProperty("odata.error").GetProperty("code").GetString() ?? "";
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "";
        }
    }

    private string Where => new Uri(_connection.Endpoint).GetLeftPart(UriPartial.Authority);

    private static string Short(Exception error) =>
        (error is AggregateException { InnerExceptions: [.., var last] } ? last : error).Message.Split('\n')[0].Trim().TrimEnd('.');

    private sealed class Options : ClientOptions;
}
