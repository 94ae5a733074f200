using OrleansSgd.Data.Files;

namespace OrleansSgd.Data.Fetch;

/// <summary>The answer of a web server to one question, with a bound on every silence.</summary>
internal sealed class Download : ForwardStream
{
    private static readonly TimeSpan AnswerTimeMaxDefault = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SilenceMaxDefault = TimeSpan.FromSeconds(10);

    private readonly HttpResponseMessage _answer;
    private readonly Stream _body;
    private readonly string _name;
    private readonly TimeSpan _silenceMax;
    private readonly CancellationTokenSource _patience;
    private readonly CancellationToken _caller;

    private Download(
        HttpResponseMessage answer, Stream body, string name, TimeSpan silenceMax, CancellationTokenSource patience, CancellationToken caller)
    {
        _answer = answer;
        _body = body;
        _name = name;
        _silenceMax = silenceMax;
        _patience = patience;
        _caller = caller;
    }

    /// <summary>Asks, and waits for the answer to begin.</summary>
    /// <param name="http">Stays open.</param>
    /// <param name="address">What is asked for; its last part names it in errors.</param>
    /// <param name="answerTimeMax">How long the server may take to begin; default 3 s, so that a machine without a network soon goes on.</param>
    /// <param name="silenceMax">How long the answer may pause; default 10 s.</param>
    /// <param name="caller">Ends the download.</param>
    /// <exception cref="FetchFailedException">No answer in time, or one that is not the file.</exception>
    public static async Task<Download> BeginAsync(
        HttpClient http, Uri address, TimeSpan? answerTimeMax, TimeSpan? silenceMax, CancellationToken caller)
    {
        string name = address.Segments[^1];
        var patience = CancellationTokenSource.CreateLinkedTokenSource(caller);
        HttpResponseMessage? answer = null;
        try
        {
            patience.CancelAfter(answerTimeMax ?? AnswerTimeMaxDefault);
            answer = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (!answer.IsSuccessStatusCode)
            {
                throw new FetchFailedException($"{name}: HTTP {(int)answer.StatusCode}.");
            }

            Stream body = await answer.Content.ReadAsStreamAsync(patience.Token);
            return new(answer, body, name, silenceMax ?? SilenceMaxDefault, patience, caller);
        }
        catch (Exception error)
        {
            answer?.Dispose();
            patience.Dispose();
            throw error switch
            {
                OperationCanceledException when !caller.IsCancellationRequested => Silent(name),
                HttpRequestException => new FetchFailedException($"{name}: {error.Message}", error),
                _ => error,
            };
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            _patience.CancelAfter(_silenceMax);
            return await _body.ReadAsync(buffer, _patience.Token);
        }
        catch (OperationCanceledException) when (!_caller.IsCancellationRequested)
        {
            throw Silent(_name);
        }
        catch (IOException error)
        {
            throw new FetchFailedException($"{_name}: the answer broke off ({error.Message})", error);
        }
        finally
        {
            // What the reader does with the bytes is not the server's silence.
            _patience.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _answer.Dispose();
            _patience.Dispose();
        }

        base.Dispose(disposing);
    }

    private static FetchFailedException Silent(string name) => new($"{name}: no answer in time.");
}
