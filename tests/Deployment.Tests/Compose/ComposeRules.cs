using System.Text.RegularExpressions;
using OrleansSgd.Deployment.Tests.Texts;

namespace OrleansSgd.Deployment.Tests.Compose;

/// <summary>What a compose file of ours must hold: its shape, what it refers to, and that nothing is open or more powerful than it need be.</summary>
internal static partial class ComposeRules
{
    private static readonly Shapes Shape = Shapes.Load("compose.shapes.yaml");

    /// <summary>Everything wrong with the file.</summary>
    /// <param name="exists">Whether a path from the root is there.</param>
    public static IEnumerable<string> Findings(string text, Func<string, bool> exists)
    {
        Map file = Node.Read(text);
        IReadOnlyDictionary<string, Node> services = file.FieldsOf("services");
        string[] volumes = [.. file.FieldsOf("volumes").Keys];
        return
        [
            .. Shape.Violations(file, "compose"),
            .. services.SelectMany(service => Findings(service.Key, service.Value, services, volumes, exists)),
            .. volumes.Where(volume => !services.Values.Any(service => Mounts(service).Any(mount => mount.Split(':')[0] == volume)))
                .Select(volume => $"volume {volume} is used by nobody."),
        ];
    }

    /// <summary>A service's environment.</summary>
    public static Dictionary<string, string> Environment(Node service) =>
        service.FieldsOf("environment").ToDictionary(entry => entry.Key, entry => entry.Value is Scalar scalar ? scalar.Value : "");

    private static IEnumerable<string> Findings(
        string name, Node service, IReadOnlyDictionary<string, Node> services, string[] volumes, Func<string, bool> exists) =>
        Rights(name, service)
            .Concat(Health(name, service, services))
            .Concat(References(name, service, services, volumes, exists))
            .Concat(Settings(name, service));

    private static IEnumerable<string> Rights(string name, Node service)
    {
        if (SiloSettings.Unpinned(service.TextOf("image")) is { } unpinned)
        {
            yield return $"{name}: {unpinned}";
        }

        if (!User().IsMatch(service.TextOf("user")))
        {
            yield return $"{name} runs as '{service.TextOf("user")}'; name a user and a group by number, none of them 0.";
        }

        if (service.TextOf("read_only") != "true")
        {
            yield return $"{name} may write to its own file system; set read_only.";
        }

        if (!Texts(service, "cap_drop").Contains("ALL") || !Texts(service, "security_opt").Contains("no-new-privileges:true"))
        {
            yield return $"{name} keeps rights that it does not need; drop ALL, and set no-new-privileges:true.";
        }

        foreach (string port in Texts(service, "ports").Where(port => !port.StartsWith("127.0.0.1:", StringComparison.Ordinal)))
        {
            yield return $"{name} publishes {port} to the network; write 127.0.0.1:{port}.";
        }
    }

    private static IEnumerable<string> Health(string name, Node service, IReadOnlyDictionary<string, Node> services)
    {
        bool isChecked = IsChecked(service);
        if (!isChecked && service.TextOf("x-no-healthcheck").Length == 0)
        {
            yield return $"{name} has no health check; add one, or say why not in x-no-healthcheck.";
        }

        foreach ((string other, Node how) in service.FieldsOf("depends_on"))
        {
            if (!services.TryGetValue(other, out Node? found))
            {
                yield return $"{name} depends on {other}, which is no service.";
            }
            else if (how.TextOf("condition") == "service_healthy" && !IsChecked(found))
            {
                yield return $"{name} waits until {other} is healthy, but {other} has no health check, so it never is.";
            }
        }
    }

    private static IEnumerable<string> References(
        string name, Node service, IReadOnlyDictionary<string, Node> services, string[] volumes, Func<string, bool> exists)
    {
        foreach (string mount in Mounts(service))
        {
            string source = mount.Split(':')[0];
            if (source.StartsWith("./", StringComparison.Ordinal))
            {
                if (!exists(source[2..]))
                {
                    yield return $"{name} mounts {source}, which is not in the checkout.";
                }
                else if (!mount.EndsWith(":ro", StringComparison.Ordinal))
                {
                    yield return $"{name} may change {source} of the checkout; add :ro.";
                }
            }
            else if (!volumes.Contains(source))
            {
                yield return $"{name} mounts {source}, which is no volume of the file.";
            }
        }

        if (service.TextOf("build/dockerfile") is { Length: > 0 } dockerfile && !exists(dockerfile))
        {
            yield return $"{name} is built from {dockerfile}, which is not in the checkout.";
        }

        foreach (Match address in Environment(service).Values.SelectMany(value => Address().Matches(value)))
        {
            if (!services.ContainsKey(address.Groups["host"].Value))
            {
                yield return $"{name} asks {address.Value}, but no service is called {address.Groups["host"].Value}.";
            }
        }
    }

    private static IEnumerable<string> Settings(string name, Node service)
    {
        Dictionary<string, string> environment = Environment(service);
        if (!environment.Keys.Any(variable => variable.StartsWith("GRID_", StringComparison.Ordinal)))
        {
            yield break;
        }

        foreach (string mistake in SiloSettings.Mistakes(name, environment))
        {
            yield return mistake;
        }

        int drain = SiloSettings.Number(environment, "GRID_DRAIN_SECONDS");
        if (drain > 0 && !(Seconds(service.TextOf("stop_grace_period")) > drain))
        {
            yield return $"{name} may drain {drain} s, but is killed after {service.TextOf("stop_grace_period")}; give it longer.";
        }

        int http = SiloSettings.HttpPort(environment.GetValueOrDefault("GRID_HTTP", ""));
        foreach (string port in Texts(service, "ports").Where(port => !port.EndsWith(string.Create(null, $":{http}"), StringComparison.Ordinal)))
        {
            yield return $"{name} publishes {port}, but its endpoint listens on {http}.";
        }
    }

    private static bool IsChecked(Node service) =>
        service.At("healthcheck") is { } check && check.TextOf("disable") != "true" && check.ItemsOf("test").Count > 1;

    private static IEnumerable<string> Mounts(Node service) => Texts(service, "volumes");

    private static IEnumerable<string> Texts(Node service, string path) => service.ItemsOf(path).OfType<Scalar>().Select(item => item.Value);

    private static int Seconds(string time) => time.EndsWith('s') && int.TryParse(time[..^1], out int seconds) ? seconds : 0;

    [GeneratedRegex("^[1-9][0-9]*:[1-9][0-9]*$", RegexOptions.CultureInvariant)]
    private static partial Regex User();

    [GeneratedRegex("https?://(?<host>[a-z][a-z0-9-]*)(:[0-9]+)?", RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
