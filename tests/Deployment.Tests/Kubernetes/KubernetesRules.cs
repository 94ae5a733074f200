using OrleansSgd.Deployment.Tests.Texts;
using OrleansSgd.Silo.Scaling;

namespace OrleansSgd.Deployment.Tests.Kubernetes;

/// <summary>What our manifests must hold: their shapes, what they refer to, and that they agree with the silo that they run.</summary>
internal static class KubernetesRules
{
    /// <summary>Name of the Secret that everything secret is in.</summary>
    public const string Secret = "grid-secrets";

    private static readonly Shapes Shape = Shapes.Load("kubernetes.shapes.yaml");

    /// <summary>Everything wrong with a folder of manifests.</summary>
    public static IEnumerable<string> Findings(Manifests manifests) =>
    [
        .. manifests.Own.SelectMany(own => Shaped(own.File, own.Manifest)),
        .. Listed(manifests),
        .. manifests.Of("Deployment").SelectMany(deployment => Pods(deployment, manifests)),
        .. manifests.Of("Service").SelectMany(service => Services(service, manifests)),
        .. Selectors(manifests),
        .. manifests.Of("ScaledObject").SelectMany(scaled => Scaling(scaled, manifests)),
        .. manifests.All.SelectMany(manifest => manifest.All()).SelectMany(Secrets),
    ];

    private static IEnumerable<string> Shaped(string file, Node manifest)
    {
        string kind = manifest.TextOf("kind");
        if (!Shape.Knows(kind) || !char.IsAsciiLetterUpper(kind[0]))
        {
            return [$"{file} has the kind '{kind}', which is not known."];
        }

        // A patch has only what it changes.
        return Shape.Violations(manifest, kind).Where(violation => !file.EndsWith(".patch.yaml", StringComparison.Ordinal) || !violation.Contains(" lacks "))
            .Select(violation => $"{file}: {violation}");
    }

    private static IEnumerable<string> Listed(Manifests manifests)
    {
        Node list = Node.Read(manifests.Files[Manifests.Kustomization]);
        string[] listed =
        [
            .. list.ItemsOf("resources").OfType<Scalar>().Select(item => item.Value), .. list.ItemsOf("patches").Select(patch => patch.TextOf("path")),
        ];
        return
        [
            .. listed.Where(file => !file.StartsWith("../", StringComparison.Ordinal) && !manifests.Files.ContainsKey(file))
                .Select(file => $"{file} is listed but not there."),
            .. manifests.Files.Keys.Where(file => file != Manifests.Kustomization && !listed.Contains(file)).Select(file => $"{file} is there but not listed."),
        ];
    }

    private static IEnumerable<string> Pods(Node deployment, Manifests manifests)
    {
        Node pod = deployment.At("spec/template/spec")!;
        foreach (Node container in pod.ItemsOf("containers"))
        {
            string name = container.TextOf("name");
            string[] ports = [.. container.ItemsOf("ports").Select(port => port.TextOf("name"))];
            if (SiloSettings.Unpinned(container.TextOf("image")) is { } unpinned)
            {
                yield return $"{name}: {unpinned}";
            }

            if (pod.TextOf("securityContext/runAsNonRoot") != "true" || container.TextOf("securityContext/readOnlyRootFilesystem") != "true")
            {
                yield return $"{name} may run as root or change its own file system.";
            }

            if (container.TextOf("securityContext/allowPrivilegeEscalation") != "false" || pod.NumberOf("securityContext/runAsUser") == 0)
            {
                yield return $"{name} may become more than it is.";
            }

            foreach (string mount in container.ItemsOf("volumeMounts").Select(mount => mount.TextOf("name"))
                .Where(mount => !pod.ItemsOf("volumes").Any(volume => volume.TextOf("name") == mount)))
            {
                yield return $"{name} mounts {mount}, which is no volume.";
            }

            foreach (string probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
            {
                string port = container.TextOf($"{probe}/httpGet/port") + container.TextOf($"{probe}/tcpSocket/port");
                if (container.At(probe) is not null && !ports.Contains(port))
                {
                    yield return $"{probe} of {name} asks port '{port}', which the container does not have.";
                }
            }

            if (container.ItemsOf("envFrom").Count > 0)
            {
                foreach (string finding in Silos(name, pod, container, Environment(container, manifests)))
                {
                    yield return finding;
                }
            }
        }
    }

    private static IEnumerable<string> Silos(string name, Node pod, Node container, Dictionary<string, string> environment)
    {
        foreach (string mistake in SiloSettings.Mistakes(name, environment))
        {
            yield return mistake;
        }

        foreach (string probe in (string[])["startupProbe", "livenessProbe", "readinessProbe"])
        {
            string path = container.TextOf($"{probe}/httpGet/path");
            if (!SiloSettings.HealthPaths.Contains(path))
            {
                yield return $"{probe} of {name} asks {path}; a silo answers {string.Join(" and ", SiloSettings.HealthPaths)}.";
            }

            if (container.TextOf($"{probe}/httpGet/scheme") != "HTTPS")
            {
                yield return $"{probe} of {name} speaks no TLS, but the endpoint does.";
            }
        }

        foreach ((string port, int wanted) in (IEnumerable<(string, int)>)[
            ("silo", SiloSettings.Number(environment, "GRID_SILO_PORT")), ("gateway", SiloSettings.Number(environment, "GRID_GATEWAY_PORT")),
            ("http", SiloSettings.HttpPort(environment.GetValueOrDefault("GRID_HTTP", "")))])
        {
            int found = container.ItemsOf("ports").FirstOrDefault(one => one.TextOf("name") == port)?.NumberOf("containerPort") ?? 0;
            if (found != wanted)
            {
                yield return $"{name} has {port} at {found}, but its settings say {wanted}.";
            }
        }

        int needed = SiloSettings.Number(environment, "GRID_DRAIN_SECONDS") + container.NumberOf("lifecycle/preStop/sleep/seconds");
        if (pod.NumberOf("terminationGracePeriodSeconds") <= needed)
        {
            yield return $"{name} needs {needed} s to go, but is killed after {pod.NumberOf("terminationGracePeriodSeconds")}.";
        }

        if (container.At("lifecycle/preStop") is null)
        {
            yield return $"{name} has no preStop: clients are still sent to it while it goes.";
        }
    }

    private static Dictionary<string, string> Environment(Node container, Manifests manifests)
    {
        Dictionary<string, string> environment = [];
        foreach (string map in container.ItemsOf("envFrom").Select(from => from.TextOf("configMapRef/name")))
        {
            foreach ((string key, Node value) in manifests.Of("ConfigMap").First(one => one.TextOf("metadata/name") == map).FieldsOf("data"))
            {
                environment[key] = ((Scalar)value).Value;
            }
        }

        foreach (Node variable in container.ItemsOf("env"))
        {
            environment[variable.TextOf("name")] = variable.TextOf("value");
        }

        foreach (string literal in manifests.Of("Kustomization").SelectMany(one => one.ItemsOf("configMapGenerator"))
            .SelectMany(one => one.ItemsOf("literals")).OfType<Scalar>().Select(one => one.Value))
        {
            environment[literal.Split('=')[0]] = literal.Split('=', 2)[1];
        }

        return environment;
    }

    private static IEnumerable<string> Services(Node service, Manifests manifests)
    {
        Node? target = manifests.Of("Deployment").FirstOrDefault(deployment => Matches(service.FieldsOf("spec/selector"), deployment));
        if (target is null)
        {
            yield return $"Service {service.TextOf("metadata/name")} selects no pod.";
            yield break;
        }

        string[] ports = PortsOf([target]);
        foreach (string port in service.ItemsOf("spec/ports").Select(port => port.TextOf("targetPort")).Where(port => !ports.Contains(port)))
        {
            yield return $"Service {service.TextOf("metadata/name")} leads to port '{port}', which no container has.";
        }
    }

    private static IEnumerable<string> Selectors(Manifests manifests)
    {
        foreach (Node deployment in manifests.Of("Deployment").Where(deployment => !Matches(deployment.FieldsOf("spec/selector/matchLabels"), deployment)))
        {
            yield return $"Deployment {deployment.TextOf("metadata/name")} does not select its own pods.";
        }

        foreach (Node budget in manifests.Of("PodDisruptionBudget")
            .Where(budget => !manifests.Of("Deployment").Any(deployment => Matches(budget.FieldsOf("spec/selector/matchLabels"), deployment))))
        {
            yield return $"PodDisruptionBudget {budget.TextOf("metadata/name")} selects no pod.";
        }

        string[] ports = PortsOf(manifests.Of("Deployment"));
        foreach (Node policy in manifests.Of("NetworkPolicy"))
        {
            foreach (string port in policy.ItemsOf("spec/ingress").SelectMany(rule => rule.ItemsOf("ports")).Select(port => port.TextOf("port"))
                .Where(port => !ports.Contains(port)))
            {
                yield return $"NetworkPolicy {policy.TextOf("metadata/name")} opens port '{port}', which no container has.";
            }

            if (policy.ItemsOf("spec/ingress").Any(rule => rule.ItemsOf("from").Count == 0))
            {
                yield return $"NetworkPolicy {policy.TextOf("metadata/name")} lets everybody in.";
            }
        }
    }

    private static IEnumerable<string> Scaling(Node scaled, Manifests manifests)
    {
        string target = scaled.TextOf("spec/scaleTargetRef/name");
        Node? deployment = manifests.Of("Deployment").FirstOrDefault(one => one.TextOf("metadata/name") == target);
        if (deployment is null)
        {
            yield return $"ScaledObject scales {target}, which is no Deployment.";
            yield break;
        }

        if (deployment.At("spec/replicas") is not null)
        {
            yield return $"Deployment {target} sets its replicas, which every deployment would set back.";
        }

        Dictionary<string, string> environment = Environment(deployment.At("spec/template/spec/containers/0")!, manifests.Base ?? manifests);
        if (scaled.NumberOf("spec/maxReplicaCount") != SiloSettings.Number(environment, "GRID_SILOS_MAX"))
        {
            string most = environment.GetValueOrDefault("GRID_SILOS_MAX", "1");
            yield return $"ScaledObject allows {scaled.NumberOf("spec/maxReplicaCount")} silos, the grid wants {most} at most.";
        }

        foreach (Node trigger in scaled.ItemsOf("spec/triggers"))
        {
            var url = new Uri(trigger.TextOf("metadata/url"));
            string[] spaces = [.. manifests.Of("Kustomization").Select(one => one.TextOf("namespace")).Where(space => space.Length > 0)];
            string[] host = url.Host.Split('.');
            Node? service = manifests.Of("Service").FirstOrDefault(one => one.TextOf("metadata/name") == host[0]);
            bool isInSpace = spaces.Length == 0 || spaces.Contains(host.ElementAtOrDefault(1));
            if (service is null || !isInSpace || !service.ItemsOf("spec/ports").Any(port => port.NumberOf("port") == url.Port))
            {
                yield return $"ScaledObject asks {url.Authority}, which no Service answers.";
            }

            string value = trigger.TextOf("metadata/valueLocation");
            if (url.AbsolutePath != ScalingEndpoint.Path || value != "wanted")
            {
                yield return $"ScaledObject asks {url.AbsolutePath} for '{value}'; the grid answers {ScalingEndpoint.Path} with 'wanted'.";
            }

            if (!manifests.Of("TriggerAuthentication").Any(one => one.TextOf("metadata/name") == trigger.TextOf("authenticationRef/name")))
            {
                yield return "ScaledObject has no token to ask with.";
            }
        }
    }

    private static IEnumerable<string> Secrets(Node node)
    {
        if (node.At("secretKeyRef") is { } reference && reference.TextOf("name") != Secret)
        {
            yield return $"A secret is taken from {reference.TextOf("name")}; there is only {Secret}.";
        }

        if (SiloSettings.IsSecret(node.TextOf("name")) && node.At("value") is not null)
        {
            yield return $"{node.TextOf("name")} stands in the manifest for everybody to read; take it from {Secret}.";
        }

        if (node is Map map && map.Fields.Keys.FirstOrDefault(SiloSettings.IsSecret) is { } key)
        {
            yield return $"{key} stands in the manifest for everybody to read; take it from {Secret}.";
        }
    }

    private static string[] PortsOf(IEnumerable<Node> deployments) =>
    [
        .. deployments.SelectMany(deployment => deployment.ItemsOf("spec/template/spec/containers")).SelectMany(container => container.ItemsOf("ports"))
            .Select(port => port.TextOf("name")),
    ];

    private static bool Matches(IReadOnlyDictionary<string, Node> selector, Node deployment)
    {
        IReadOnlyDictionary<string, Node> labels = deployment.FieldsOf("spec/template/metadata/labels");
        return selector.Count > 0 && selector.All(label => labels.GetValueOrDefault(label.Key) is Scalar found && found.Value == ((Scalar)label.Value).Value);
    }
}
