using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace OrleansSgd.Dashboard.Http;

/// <summary>The files of the pages, out of the assembly.</summary>
internal sealed class PageFiles
{
    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".txt"] = "text/plain; charset=utf-8",
    }.ToFrozenDictionary();

    private readonly FrozenDictionary<string, PageFile> _files;

    private PageFiles(FrozenDictionary<string, PageFile> files) => _files = files;

    /// <summary>Those of this assembly.</summary>
    public static PageFiles Embedded { get; } = Load();

    /// <summary>Whether the build could bring the plots.</summary>
    public bool HavePlots => _files.ContainsKey("uplot.js");

    /// <summary>Answers with a file, with 304 when the browser has it, or with 404.</summary>
    public async Task AnswerAsync(HttpContext context, string name)
    {
        if (!_files.TryGetValue(name, out PageFile? file))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.Headers.CacheControl = "no-cache"; // asked again each time, answered with 304: a new build shows at once
        context.Response.Headers.ETag = file.Tag;
        if (context.Request.Headers.IfNoneMatch == file.Tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = file.Type;
        context.Response.ContentLength = file.Bytes.Length;
        await context.Response.Body.WriteAsync(file.Bytes, context.RequestAborted);
    }

    private static PageFiles Load()
    {
        var files = new Dictionary<string, PageFile>();
        foreach (string name in typeof(PageFiles).Assembly.GetManifestResourceNames())
        {
            if (Types.TryGetValue(Path.GetExtension(name), out string? type))
            {
                using Stream stream = typeof(PageFiles).Assembly.GetManifestResourceStream(name)!;
                byte[] bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                files.Add(name, new PageFile(type, $"\"{Convert.ToHexString(SHA256.HashData(bytes).AsSpan(0, 12))}\"", bytes));
            }
        }

        return new PageFiles(files.ToFrozenDictionary());
    }

    private sealed record PageFile(string Type, string Tag, byte[] Bytes);
}
