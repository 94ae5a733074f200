using OrleansSgd.Client.Verbs;
using OrleansSgd.Data.Fetch;

namespace OrleansSgd.Client.Bench;

/// <summary>Where the measured programs lie.</summary>
/// <param name="Home">The checkout; programs run there, and find their data in its folder data.</param>
/// <param name="Programs">The folder of what is built: the grid's sides are programs of benchmarks.</param>
/// <param name="Python">What runs the scripts of benchmarks/peers: the interpreter that packages are installed for.</param>
internal sealed record BenchPlaces(string Home, string Programs, string Python)
{
    private const string PythonOfTheSystem = "/usr/bin/python3";

    /// <summary>Of this program, which lies beside the measured ones.</summary>
    public static BenchPlaces Of(Terminal terminal) => new(
        terminal.Variable(Folders.HomeVariable) is { Length: > 0 } home ? home : Directory.GetCurrentDirectory(),
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../..")),
        PythonOfTheSystem);

    /// <summary>One of the grid's own programs.</summary>
    public string ProgramOf(Contender side) => Path.Combine(Programs, side.Program, "release", $"OrleansSgd.{side.Program}.dll");

    /// <summary>The folder of the peers' scripts.</summary>
    public string Peers => Path.Combine(Home, "benchmarks", "peers");

    /// <summary>What is not there of what the comparisons need, one sentence each, with the remedy.</summary>
    public IEnumerable<string> Mistakes(IReadOnlyList<Comparison> comparisons)
    {
        foreach (string program in comparisons.SelectMany(one => one.Sides).Where(side => side.Script is null).Select(ProgramOf).Distinct())
        {
            if (!File.Exists(program))
            {
                yield return $"A measured program is not at {program}; start this verb as ./grid bench, which builds it.";
            }
        }

        if (comparisons.Any(one => one.Others.Any(other => other.Script is not null)))
        {
            if (!Directory.Exists(Peers))
            {
                yield return $"The peers' scripts are not at {Peers}; start this verb as ./grid bench, from a checkout.";
            }

            if (!File.Exists(Python))
            {
                yield return $"The peers need Python, and there is no {Python}; run benchmarks/peers/setup.sh, or leave --peers out.";
            }
        }

        foreach (string set in comparisons.Select(one => one.Set).OfType<string>().Distinct())
        {
            if (PublicSet.Find(set) is { } known && !known.IsIn(Path.Combine(Home, "data")))
            {
                string need = string.Join(", ", comparisons.Where(one => one.Set == set).Select(one => one.Workload).Distinct());
                yield return $"{known.Title} is not in {Path.Combine(Home, "data")}, which {need} read; "
                    + $"run ./grid data fetch {set}, or name other workloads with --only.";
            }
        }
    }
}
