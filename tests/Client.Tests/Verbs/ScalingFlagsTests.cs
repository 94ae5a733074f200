using System.Net;
using System.Net.Sockets;

namespace OrleansSgd.Client.Tests.Verbs;

/// <summary>Goal: silos that come and go are asked for in words that cannot be misread. Method: <c>grid silo</c> on an empty store.</summary>
public sealed class ScalingFlagsTests
{
    [Theory]
    [InlineData("--silos-max is 0; use --silos, 1, to 64.", "--silos-max", "0")]
    [InlineData("--silos-max is 2; use --silos, 3, to 64.", "--silos", "3", "--silos-max", "2")]
    [InlineData("--scaling-port is 65536; use 0 to 65535.", "--scaling-port", "65536")]
    [InlineData("--silo-hours is 0; use a number above 0.", "--silos-max", "2", "--silo-hours", "0")]
    public async Task A_mistake_is_named(string error, params string[] args)
    {
        using var folder = new TempFolder();

        GridRun run = await GridRun.InProcessAsync(["silo", "--store", folder["store"], "--exit-when-done", .. args]);

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named_and_one_that_is_free_is_used()
    {
        using var folder = new TempFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string port = $"{((IPEndPoint)other.LocalEndpoint).Port}";

        GridRun taken = await GridRun.InProcessAsync("silo", "--store", folder["store"], "--exit-when-done", "--scaling-port", port);
        other.Stop();
        GridRun free = await GridRun.InProcessAsync("silo", "--store", folder["store"], "--exit-when-done", "--scaling-port", port);

        Assert.Equal(ExitCodes.BadInput, taken.ExitCode);
        Assert.Contains($"The scaling endpoint cannot listen on 127.0.0.1:{port}", taken.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCodes.Done, ""), (free.ExitCode, free.Error));
    }
}
