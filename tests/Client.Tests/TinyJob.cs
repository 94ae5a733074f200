namespace OrleansSgd.Client.Tests;

/// <summary>A job that is trained in a moment, without files and without a network.</summary>
internal static class TinyJob
{
    /// <summary>Ten features, three classes, 600 samples.</summary>
    public const string Yaml = """
        name: tiny
        data:
          kind: synthetic
          shape: gaussian-mixture
          sampleCount: 600
          testSampleCount: 200
          featureCount: 10
          classCount: 3
        model:
          kind: softmax
        workers: 2
        shards: 2
        silos: 2
        batch: 20
        epochs: 2
        rate: 0.1
        """;

    /// <summary>The job with other lines in place of some of its own.</summary>
    public static string With(params ReadOnlySpan<(string Line, string Instead)> changes)
    {
        string yaml = Yaml;
        foreach ((string line, string instead) in changes)
        {
            Assert.Contains(line, yaml, StringComparison.Ordinal);
            yaml = yaml.Replace(line, instead, StringComparison.Ordinal);
        }

        return yaml;
    }
}
