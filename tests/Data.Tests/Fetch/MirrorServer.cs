using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace OrleansSgd.Data.Tests.Fetch;

/// <summary>A mirror on the loopback whose behaviour a test chooses.</summary>
internal sealed class MirrorServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    private MirrorServer(WebApplication server)
    {
        _server = server;
        Address = new(server.Urls.First() + "/mnist/");
    }

    public Uri Address { get; }

    /// <summary>File names in the order they were asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <param name="answer">Answers one request for a file; waits for <see cref="Silence"/> to leave it open.</param>
    public static async Task<MirrorServer> StartAsync(Func<string, HttpContext, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        MirrorServer? mirror = null;
        app.Run(context =>
        {
            string file = Path.GetFileName(context.Request.Path.Value!);
            mirror!.Asked.Enqueue(file);
            return answer(file, context);
        });
        await app.StartAsync();
        return mirror = new(app);
    }

    /// <summary>A mirror that has these files and no others.</summary>
    public static Task<MirrorServer> WithAsync(IReadOnlyDictionary<string, byte[]> files) => StartAsync(async (file, context) =>
    {
        if (files.TryGetValue(file, out byte[]? bytes))
        {
            context.Response.ContentLength = bytes.Length;
            await context.Response.Body.WriteAsync(bytes);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    });

    /// <summary>Says nothing until the client hangs up.</summary>
    public static Task Silence(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        context.RequestAborted.Register(gone.SetResult);
        return gone.Task;
    }

    /// <summary>Sends a part of what it promises.</summary>
    public static async Task BeginAsync(HttpContext context, ReadOnlyMemory<byte> part)
    {
        context.Response.ContentLength = 1000;
        await context.Response.Body.WriteAsync(part);
        await context.Response.Body.FlushAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
