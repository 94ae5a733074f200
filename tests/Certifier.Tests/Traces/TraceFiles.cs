using System.Text;

namespace OrleansSgd.Certifier.Tests.Traces;

/// <summary>Puts traces into files of a folder of its own, and certifies them.</summary>
internal sealed class TraceFiles : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("certifier").FullName;
    private int _count;

    public string Add(byte[] bytes)
    {
        string path = Path.Combine(_folder, $"trace-{_count++}.jsonl");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public string Add(IEnumerable<string> lines) => Add(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));

    /// <summary>Certifies a model that is written whole.</summary>
    public static Certification Certify(TraceModel model, double bound = double.NaN) => Certify(TraceText.Bytes(model), bound);

    public static Certification Certify(byte[] bytes, double bound = double.NaN)
    {
        using var files = new TraceFiles();
        return TraceCertifier.Certify(new CertifyRequest([files.Add(bytes)], null, bound));
    }

    public static Certification Certify(IEnumerable<string> lines)
    {
        using var files = new TraceFiles();
        return TraceCertifier.Certify(new CertifyRequest([files.Add(lines)]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
