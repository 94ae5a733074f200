using System.IO.Compression;
using System.Text;

namespace OrleansSgd.Data.Tests;

/// <summary>A folder of one test's own, gone when the test ends.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("orleans-sgd-data-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public TempFolder Text(string name, string content)
    {
        File.WriteAllText(this[name], content, new UTF8Encoding(false));
        return this;
    }

    public TempFolder Bytes(string name, byte[] content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllBytes(this[name], content);
        return this;
    }

    public static byte[] Gzip(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress))
        {
            gzip.Write(plain);
        }

        return packed.ToArray();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
