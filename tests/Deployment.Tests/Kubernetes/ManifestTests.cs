using OrleansSgd.Deployment.Tests.Texts;

namespace OrleansSgd.Deployment.Tests.Kubernetes;

/// <summary>Goal: the manifests would be taken by a cluster, and the pods would be well. Method: rules, each shown to catch a planted mistake.</summary>
public sealed class ManifestTests
{
    private static readonly Manifests Base = Manifests.Load("infra/kubernetes/base");
    private static readonly Manifests Example = Manifests.Load("infra/kubernetes/overlays/example", Base);

    [Fact]
    public void The_base_keeps_every_rule() => Assert.Empty(KubernetesRules.Findings(Base));

    [Fact]
    public void The_example_keeps_every_rule_together_with_the_base() => Assert.Empty(KubernetesRules.Findings(Example));

    [Theory]
    [InlineData("deployment.yaml", "kind: Deployment", "kind: Deploiment", "kind 'Deploiment'")]
    [InlineData("deployment.yaml", "apiVersion: apps/v1", "apiVersion: extensions/v1beta1", "must be apps/v1")]
    [InlineData("deployment.yaml", "terminationGracePeriodSeconds: 90", "terminationGracePeriod: 90", "'terminationGracePeriod', which is not known")]
    [InlineData("deployment.yaml", "terminationGracePeriodSeconds: 90", "terminationGracePeriodSeconds: 30", "needs 65 s to go")]
    [InlineData("deployment.yaml", "path: /health/ready", "path: /healthz", "asks /healthz")]
    [InlineData("deployment.yaml", "scheme: HTTPS", "scheme: HTTP", "speaks no TLS")]
    [InlineData("deployment.yaml", "containerPort: 30000", "containerPort: 30001", "its settings say 30000")]
    [InlineData("deployment.yaml", "- name: http\n", "- name: web\n", "port 'http', which the container does not have")]
    [InlineData("deployment.yaml", "runAsNonRoot: true", "runAsNonRoot: false", "may run as root")]
    [InlineData("deployment.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "change its own file system")]
    [InlineData("deployment.yaml", "image: orleans-sgd:0.1.0", "image: orleans-sgd", "is not pinned")]
    [InlineData("deployment.yaml", "component: silo\n  strategy", "component: silos\n  strategy", "does not select its own pods")]
    [InlineData("deployment.yaml", "- name: tmp\n              mountPath", "- name: temp\n              mountPath", "which is no volume")]
    [InlineData("deployment.yaml", "name: grid-secrets\n                  key: store", "name: other\n                  key: store", "taken from other")]
    [InlineData("deployment.yaml", "spec:\n  # The", "spec:\n  replicas: 3\n  # The", "sets its replicas")]
    [InlineData("config.yaml", "GRID_CHECKPOINT: \"10\"", "GRID_CHECKPOINT: 10", "must be quoted")]
    [InlineData("config.yaml", "GRID_CLUSTER:", "GRID_CLUTSER:", "which no silo reads")]
    [InlineData("config.yaml", "  GRID_TOKENS_FILE: /run/grid/tokens\n", "", "without GRID_CERTIFICATE and GRID_TOKENS_FILE")]
    [InlineData("config.yaml", "data:\n", "data:\n  GRID_STORE_CONNECTION: \"AccountKey=x\"\n", "for everybody to read")]
    [InlineData("service.yaml", "targetPort: http", "targetPort: web", "which no container has")]
    [InlineData("service.yaml", "component: silo", "component: silos", "selects no pod")]
    [InlineData("disruption-budget.yaml", "component: silo", "component: silos", "selects no pod")]
    [InlineData("network-policy.yaml", "- port: gateway", "- port: gatway", "which no container has")]
    [InlineData("scaled-object.yaml", "name: grid\n  pollingInterval", "name: grids\n  pollingInterval", "which is no Deployment")]
    [InlineData("scaled-object.yaml", "/scaling/wanted-silos", "/scaling/wanted", "the grid answers /scaling/wanted-silos")]
    [InlineData("scaled-object.yaml", "grid.grid.svc:8265", "grid.grid.svc:8080", "which no Service answers")]
    [InlineData("scaled-object.yaml", "maxReplicaCount: 16", "maxReplicaCount: 32", "the grid wants 16 at most")]
    [InlineData("kustomization.yaml", "  - service.yaml\n", "", "service.yaml is there but not listed")]
    [InlineData("kustomization.yaml", "  - service.yaml\n", "  - services.yaml\n", "services.yaml is listed but not there")]
    public void A_mistake_planted_in_the_base_is_caught(string file, string old, string planted, string sentence) => Assert.Contains(
        KubernetesRules.Findings(Base.Plant(file, old, planted)), finding => finding.Contains(sentence, StringComparison.Ordinal));

    [Theory]
    [InlineData("kustomization.yaml", "namespace: grid", "namespace: training", "which no Service answers")]
    [InlineData("kustomization.yaml", "GRID_CLUSTER=example", "GRID_KLUSTER=example", "which no silo reads")]
    [InlineData("azurite.yaml", "targetPort: blob", "targetPort: blobs", "which no container has")]
    [InlineData("network-policy.patch.yaml", "protocol: UDP", "protocol: UPD", "must be TCP, UDP")]
    public void A_mistake_planted_in_the_example_is_caught(string file, string old, string planted, string sentence) => Assert.Contains(
        KubernetesRules.Findings(Example.Plant(file, old, planted)), finding => finding.Contains(sentence, StringComparison.Ordinal));

    [Fact]
    public void Every_key_of_the_secret_is_explained()
    {
        string guide = Checkout.Read("docs/deployment.md");
        string[] keys =
        [
            .. Base.All.SelectMany(manifest => manifest.All())
                .SelectMany(node => new[] { node.TextOf("secretKeyRef/key"), (node.At("path") ?? node.At("parameter")) is null ? "" : node.TextOf("key") })
                .Where(key => key.Length > 0).Distinct(),
        ];

        Assert.Contains("store-connection", keys);
        Assert.Contains("tokens", keys);
        guide = guide.Replace("--from-file=", "--from-literal=", StringComparison.Ordinal);
        Assert.All(keys, key => Assert.Contains($"--from-literal={key}=", guide, StringComparison.Ordinal));
    }
}
