namespace OrleansSgd.Models.Tests.Torch;

/// <summary>A folder of one test's own, gone when the test ends.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("orleans-sgd-models-").FullName;

    public string this[string name] => Path.Combine(_path, name);

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
