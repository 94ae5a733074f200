using OrleansSgd.Deployment.Tests.Texts;

namespace OrleansSgd.Deployment.Tests.Watching;

/// <summary>Goal: what silos send arrives and is shown under the name that it has. Method: rules, each shown to catch a planted mistake.</summary>
public sealed class WatchingTests
{
    private static readonly string Collector = Checkout.Read("infra/collector/config.yaml");
    private static readonly string Dashboard = Checkout.Read("infra/grafana/dashboard.json");
    private static readonly string Source = Node.Read(Checkout.Read("infra/grafana/provisioning/datasources/prometheus.yaml")).TextOf("datasources/0/uid");
    private static readonly IReadOnlyDictionary<string, Node> Services = Node.Read(Checkout.Read("docker-compose.yml")).FieldsOf("services");

    [Fact]
    public void The_collector_keeps_every_rule() => Assert.Empty(CollectorRules.Findings(Collector, Services));

    [Theory]
    [InlineData("endpoint: 0.0.0.0:4318", "endpoint: 0.0.0.0:4319", "silos send to 4318")]
    [InlineData("jaeger:4317", "yaeger:4317", "yaeger, which is no service")]
    [InlineData("exporters: [otlp/jaeger]", "exporters: [otlp/jager]", "uses otlp/jager")]
    [InlineData("processors: [memory_limiter, batch/traces]", "processors: [batch/traces, memory_limiter]", "does not begin with memory_limiter")]
    [InlineData("processors: [memory_limiter, batch/traces]", "processors: [memory_limiter]", "No pipeline uses batch/traces")]
    [InlineData("    metrics:\n      receivers", "    metric:\n      receivers", "metrics that silos send go nowhere")]
    [InlineData("limit_mib: 400", "limit: 400", "'limit', which is not known")]
    public void A_mistake_planted_in_the_collector_is_caught(string old, string planted, string sentence) => Assert.Contains(
        CollectorRules.Findings(Checkout.Plant(Collector, old, planted), Services), finding => finding.Contains(sentence, StringComparison.Ordinal));

    [Fact]
    public void The_dashboard_keeps_every_rule() => Assert.Empty(DashboardRules.Findings(Dashboard, Source));

    [Theory]
    [InlineData("orleanssgd_samples_total", "orleanssgd_sample_total", "asks for orleanssgd_sample_total")]
    [InlineData("orleanssgd_updates_lost_total", "orleanssgd_updates_total", "No panel shows orleanssgd.updates.lost")]
    [InlineData("orleanssgd_direction)", "orleanssgd_way)", "asks for orleanssgd_way")]
    [InlineData("[$__rate_interval])", "[$__rate_interval]", "open bracket")]
    [InlineData("\"uid\": \"prometheus\"", "\"uid\": \"other\"", "data source other")]
    [InlineData("\"id\": 2,", "\"id\": 1,", "Two panels")]
    public void A_mistake_planted_in_the_dashboard_is_caught(string old, string planted, string sentence) => Assert.Contains(
        DashboardRules.Findings(Checkout.Plant(Dashboard, old, planted), Source), finding => finding.Contains(sentence, StringComparison.Ordinal));

    [Fact]
    public void Every_metric_of_a_silo_has_a_name_in_Prometheus()
    {
        Dictionary<string, string[]> series = DashboardRules.Series();

        Assert.Equal(8, series.Count);
        Assert.Equal("orleanssgd_push_duration_seconds_bucket", series["orleanssgd.push.duration"][0]);
        Assert.Equal("orleanssgd_bytes_total", Assert.Single(series["orleanssgd.bytes"]));
    }

    [Fact]
    public void Prometheus_names_metrics_as_the_dashboard_expects()
    {
        Map file = Node.Read(Checkout.Read("infra/prometheus/prometheus.yml"));

        Assert.Equal("UnderscoreEscapingWithSuffixes", file.TextOf("otlp/translation_strategy"));
        Assert.Contains("--web.enable-otlp-receiver", Services["prometheus"].ItemsOf("command").OfType<Scalar>().Select(word => word.Value));
    }
}
