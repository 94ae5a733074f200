using System.Net;
using OrleansSgd.Core.Scaling;

namespace OrleansSgd.Silo.Scaling;

/// <summary>Whether and how a grid says, or sees to it, how many silos it should have.</summary>
public sealed class ScalingOptions
{
    /// <summary>The policy's limits.</summary>
    public ScalingPlan Plan { get; set; } = new();

    /// <summary>How often the grid is asked. 100 ms to 1 h; default 1 s.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Port of the HTTP endpoint; 0 for any that is free, null for no endpoint.</summary>
    public int? Port { get; set; }

    /// <summary>Where the endpoint listens: loopback unless somebody outside the machine is to ask. It tells no secrets and takes no orders.</summary>
    public string Address { get; set; } = IPAddress.Loopback.ToString();

    /// <summary>Everything wrong with the options, each with its key, value and range.</summary>
    public IEnumerable<string> Mistakes()
    {
        if (Period < TimeSpan.FromMilliseconds(100) || Period > TimeSpan.FromHours(1))
        {
            yield return $"Scaling:Period is {Period}; use 100 ms to 1 h.";
        }

        if (Port is < 0 or > ushort.MaxValue)
        {
            yield return $"Scaling:Port is {Port}; use 0 to {ushort.MaxValue}.";
        }

        if (!IPAddress.TryParse(Address, out _))
        {
            yield return $"Scaling:Address is '{Address}'; use an IP address, such as {IPAddress.Loopback} or {IPAddress.Any}.";
        }

        foreach (string mistake in Plan.Mistakes("Scaling:Plan"))
        {
            yield return mistake;
        }
    }
}
