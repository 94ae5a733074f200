using System.Net;
using System.Text.Json;

namespace OrleansSgd.Dashboard.Tests.Http;

/// <summary>One thing that a stream told.</summary>
internal sealed record StreamEvent(string Id, string Kind, JsonElement Json);

/// <summary>Reads server-sent events as a browser does.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _reader;

    private EventReader(HttpResponseMessage answer, Stream stream)
    {
        _answer = answer;
        _reader = new StreamReader(stream);
    }

    public HttpStatusCode Status => _answer.StatusCode;

    public HttpResponseMessage Answer => _answer;

    /// <param name="seen">Id of the event that was seen last; null for a page that is new.</param>
    public static async Task<EventReader> OpenAsync(HttpClient client, Uri address, string? seen = null)
    {
        using var question = new HttpRequestMessage(HttpMethod.Get, address);
        if (seen is not null)
        {
            question.Headers.Add("Last-Event-ID", seen);
        }

        HttpResponseMessage answer = await client.SendAsync(question, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
        return new EventReader(answer, await answer.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event.</summary>
    public async Task<StreamEvent> NextAsync()
    {
        string id = "";
        string kind = "";
        string text = "";
        while (await _reader.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.Length == 0 && text.Length > 0)
            {
                return new StreamEvent(id, kind, JsonDocument.Parse(text).RootElement);
            }

            id = line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : id;
            kind = line.StartsWith("event: ", StringComparison.Ordinal) ? line[7..] : kind;
            text = line.StartsWith("data: ", StringComparison.Ordinal) ? line[6..] : text;
        }

        throw new EndOfStreamException("The stream ended.");
    }

    public ValueTask DisposeAsync()
    {
        _answer.Dispose();
        _reader.Dispose();
        return default;
    }
}
