using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OrleansSgd.Data.Tests.Fetch;

/// <summary>A mirror on the loopback whose behaviour a test chooses.</summary>
internal sealed class MirrorServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Action<HttpListenerContext> _answer;
    private readonly Task _loop;

    /// <param name="answer">Answers one request; may leave it unanswered. The answer is closed after it returns true.</param>
    public MirrorServer(Func<string, HttpListenerResponse, bool> answer)
    {
        _answer = context =>
        {
            string file = Path.GetFileName(context.Request.Url!.AbsolutePath);
            Asked.Enqueue(file);
            if (answer(file, context.Response))
            {
                context.Response.Close();
            }
        };
        Address = new($"http://127.0.0.1:{FreePort()}/mnist/");
        _listener.Prefixes.Add($"http://127.0.0.1:{Address.Port}/");
        _listener.Start();
        _loop = LoopAsync();
    }

    public Uri Address { get; }

    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>A mirror that has the files.</summary>
    public static MirrorServer With(IReadOnlyDictionary<string, byte[]> files) => new((file, response) =>
    {
        if (!files.TryGetValue(file, out byte[]? bytes))
        {
            response.StatusCode = 404;
            return true;
        }

        response.ContentLength64 = bytes.Length;
        response.OutputStream.Write(bytes);
        return true;
    });

    public void Dispose()
    {
        _listener.Abort();
        _loop.Wait();
    }

    private static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    private async Task LoopAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _answer(context);
        }
    }
}
