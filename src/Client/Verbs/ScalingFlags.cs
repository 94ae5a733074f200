using System.CommandLine;
using System.Globalization;
using OrleansSgd.Silo;
using OrleansSgd.Silo.Scaling;

namespace OrleansSgd.Client.Verbs;

/// <summary>The options by which silos of this process come and go with the work, or somebody else is told how many are wanted.</summary>
internal sealed class ScalingFlags
{
    // As long as a silo that is asked to leave may take, before its members are taken for lost.
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(30);

    private readonly Option<int?> _silosMax = new("--silos-max")
    {
        Description = "Silos come while there is work that they speed up, up to so many, and go when it is done.",
        HelpName = "N",
    };

    private readonly Option<int?> _port = new("--scaling-port")
    {
        Description = "Answers GET /scaling/wanted-silos on this port of the loopback.",
        HelpName = "PORT",
    };

    private readonly Option<double> _hours = new("--silo-hours")
    {
        Description = "Budget of silo-hours; without it there is no end to them.",
        HelpName = "X",
        DefaultValueFactory = _ => double.PositiveInfinity,
    };

    /// <summary>In the order of the help.</summary>
    public IEnumerable<Option> All => [_silosMax, _port, _hours];

    /// <summary>What was asked for; null when nothing was.</summary>
    /// <param name="silos">Silos to begin with, and the least.</param>
    /// <param name="mistakes">Is told what cannot be.</param>
    public ScalingOptions? Read(ParseResult parsed, int silos, List<string> mistakes)
    {
        int? silosMax = parsed.GetValue(_silosMax);
        int? port = parsed.GetValue(_port);
        double hours = parsed.GetValue(_hours);
        if (silosMax is < 1 or > LocalGrid.SilosMax || silosMax < silos)
        {
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"--silos-max is {silosMax}; use --silos, {silos}, to {LocalGrid.SilosMax}."));
        }

        if (port is < 0 or > ushort.MaxValue)
        {
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"--scaling-port is {port}; use 0 to {ushort.MaxValue}."));
        }

        if (!(hours > 0))
        {
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"--silo-hours is {hours}; use a number above 0."));
        }

        return silosMax is null && port is null ? null : new ScalingOptions
        {
            Port = port,
            Plan = new() { SilosMin = silos, SilosMax = silosMax ?? silos, SiloHoursMax = hours },
        };
    }

    /// <summary>Starts it on a grid.</summary>
    /// <param name="options">Null for nothing.</param>
    /// <returns>What runs, if anything; or why it does not.</returns>
    public static async Task<(GridScaling? Scaling, Failure? Failure)> StartAsync(
        ScalingOptions? options, LocalGrid grid, CancellationToken cancellation)
    {
        if (options is null)
        {
            return (null, null);
        }

        try
        {
            return (await GridScaling.StartAsync(
                () => grid.Grains, options, wanted => grid.ScaleToAsync(wanted, LeaveTime, cancellation), cancellation: cancellation), null);
        }
        catch (IOException error)
        {
            return (null, new Failure(ExitCodes.BadInput, error.Message));
        }
    }
}
