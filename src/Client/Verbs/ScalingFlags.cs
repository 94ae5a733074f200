using System.CommandLine;
using System.Globalization;
using OrleansSgd.Client.Settings;
using OrleansSgd.Silo;
using OrleansSgd.Silo.Scaling;

namespace OrleansSgd.Client.Verbs;

/// <summary>The options by which silos of this process come and go with the work, or somebody else is told how many are wanted.</summary>
internal sealed class ScalingFlags
{
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
    public IEnumerable<Option> All => [_port, _hours];

    /// <summary>What was asked for.</summary>
    /// <param name="silos">Silos to begin with, and the least.</param>
    /// <param name="mistakes">Is told what cannot be.</param>
    public ScalingRequest Read(ParseResult parsed, SettingsFound settings, int silos, List<string> mistakes)
    {
        int? port = parsed.GetValue(_port);
        double hours = parsed.GetValue(_hours);
        int? silosMax = SilosMaxOf(settings, silos, mistakes);
        bool isAdvising = settings.Choice(GridSettings.Scaling, ["process", "advise"]) == "advise";
        if (port is < 0 or > ushort.MaxValue)
        {
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"--scaling-port is {port}; use 0 to {ushort.MaxValue}."));
        }

        if (!(hours > 0))
        {
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"--silo-hours is {hours}; use a number above 0."));
        }

        return new ScalingRequest(
            new ScalingOptions { Port = port, Plan = new() { SilosMin = silos, SilosMax = silosMax ?? silos, SiloHoursMax = hours } },
            IsActing: silosMax is not null && !isAdvising,
            IsAsked: silosMax is not null || port is not null);
    }

    /// <summary>Starts it on a grid.</summary>
    /// <param name="isAsked">Whether somebody may ask how many silos are wanted, beside those whom the request names.</param>
    /// <returns>What runs, if anything; or why it does not.</returns>
    public static async Task<(GridScaling? Scaling, Failure? Failure)> StartAsync(
        ScalingRequest request, bool isAsked, LocalGrid grid, CancellationToken cancellation)
    {
        if (!request.IsAsked && !isAsked)
        {
            return (null, null);
        }

        try
        {
            return (await GridScaling.StartAsync(
                () => grid.Grains, request.Options, request.IsActing ? wanted => grid.ScaleToAsync(wanted, grid.LeaveTime, cancellation) : null,
                cancellation: cancellation), null);
        }
        catch (IOException error)
        {
            return (null, new Failure(ExitCodes.BadInput, error.Message));
        }
    }

    private static int? SilosMaxOf(SettingsFound settings, int silos, List<string> mistakes)
    {
        if (settings.Find(GridSettings.SilosMax) is not { } given)
        {
            return null;
        }

        if (int.TryParse(given.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            && value >= silos && value <= LocalGrid.SilosMax)
        {
            return value;
        }

        mistakes.Add(given.Mistake(string.Create(CultureInfo.InvariantCulture, $"use --silos, {silos}, to {LocalGrid.SilosMax}")));
        return null;
    }
}

/// <summary>How the number of silos follows the work.</summary>
/// <param name="IsActing">Whether silos of this process come and go by it.</param>
/// <param name="IsAsked">Whether anything is to be decided at all.</param>
internal sealed record ScalingRequest(ScalingOptions Options, bool IsActing, bool IsAsked);
