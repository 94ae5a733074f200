using OrleansSgd.Deployment.Tests.Texts;
using OrleansSgd.Testing;

namespace OrleansSgd.Deployment.Tests.Compose;

/// <summary>Goal: the compose file means what it should where no engine is at hand to read it. Method: rules, each shown to catch a planted mistake.</summary>
public sealed class ComposeFileTests
{
    private static readonly string Text = Checkout.Read("docker-compose.yml");

    [Fact]
    public void The_compose_file_keeps_every_rule() => Assert.Empty(ComposeRules.Findings(Text, Checkout.Has));

    [Theory]
    [InlineData("stop_grace_period: 45s", "stop_grace: 45s", "'stop_grace', which is not known")]
    [InlineData("stop_grace_period: 45s", "stop_grace_period: 10s", "may drain 30 s")]
    [InlineData("GRID_CHECKPOINT: \"10\"", "GRID_CHECKPOINT: 10", "must be quoted")]
    [InlineData("GRID_CHECKPOINT:", "GRID_CHEKPOINT:", "which no silo reads")]
    [InlineData("GRID_CERTIFICATE: /run/grid/grid.pem", "OTEL_SERVICE_NAME: silo", "without GRID_CERTIFICATE")]
    [InlineData("azurite:3.35.0", "azurite:latest", "is not pinned")]
    [InlineData("user: \"472:472\"", "user: \"0:0\"", "grafana runs as '0:0'")]
    [InlineData("  read_only: true\n  restart", "  read_only: false\n  restart", "may write to its own file system")]
    [InlineData("127.0.0.1:16686:16686", "16686:16686", "to the network")]
    [InlineData("127.0.0.1:8265-8272:8265", "127.0.0.1:8265-8272:8080", "its endpoint listens on 8265")]
    [InlineData("cap_drop: [ALL]\n  security_opt: [\"no-new-privileges:true\"]\n  tmpfs", "cap_drop: [NET_RAW]\n  tmpfs", "keeps rights")]
    [InlineData("http://collector:4318", "http://colector:4318", "no service is called colector")]
    [InlineData("./infra/prometheus/prometheus.yml", "./infra/prometheus/prometeus.yml", "not in the checkout")]
    [InlineData("dashboard.json:ro", "dashboard.json", "add :ro")]
    [InlineData("- metrics:/prometheus", "- metric:/prometheus", "which is no volume")]
    [InlineData("x-no-healthcheck: The image has one program and nothing that could ask it.", "x-note: none", "has no health check")]
    [InlineData("      jaeger:\n        condition: service_started", "      jaeger:\n        condition: service_healthy", "so it never is")]
    [InlineData("      jaeger:\n        condition", "      yaeger:\n        condition", "which is no service")]
    [InlineData("dockerfile: infra/Dockerfile", "dockerfile: Dockerfile", "built from Dockerfile")]
    public void A_planted_mistake_is_caught(string old, string planted, string sentence) => Assert.Contains(
        ComposeRules.Findings(Checkout.Plant(Text, old, planted), Checkout.Has),
        finding => finding.Contains(sentence, StringComparison.Ordinal));

    [Fact]
    public void The_emulator_is_the_one_that_the_tests_run_against() =>
        Assert.EndsWith($":{AzuriteService.Version}", Node.Read(Text).TextOf("services/azurite/image"), StringComparison.Ordinal);

    [Fact]
    public void The_key_in_the_file_is_the_one_that_everybody_knows() => Assert.All(
        ["GRID_STORE_CONNECTION", "GRID_CLUSTERING_CONNECTION"],
        variable => Assert.Contains(
            $"AccountKey={AzuriteService.Key};", Node.Read(Text).TextOf($"services/silo/environment/{variable}"), StringComparison.Ordinal));
}
