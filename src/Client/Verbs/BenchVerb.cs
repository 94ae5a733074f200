using System.CommandLine;
using OrleansSgd.Client.Bench;
using OrleansSgd.Client.Reports;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid bench</c>: the grid, and with <c>--peers</c> others beside it, measured in one session in turn.</summary>
internal static class BenchVerb
{
    // The longest run takes a minute or two on a slow machine.
    private static readonly TimeSpan LimitOfARun = TimeSpan.FromMinutes(15);

    public static Command Create(Terminal terminal)
    {
        var peers = new Option<bool>("--peers") { Description = "Measures others too: PyTorch, scikit-learn, … (benchmarks/peers/setup.sh installs them)." };
        var quick = new Option<bool>("--quick") { Description = "Shorter runs, one round: shows that everything works." };
        var rounds = new Option<string?>("--rounds") { Description = "How often each side is run; 5, with --quick 1.", HelpName = "N" };
        var only = new Option<string?>("--only") { Description = $"Some workloads: {string.Join(", ", BenchCatalog.Workloads)}.", HelpName = "A,B" };
        var folder = new Option<string>("--out")
        {
            Description = "Where the folder of results goes.",
            HelpName = "DIR",
            DefaultValueFactory = _ => Folders.Runs,
        };
        var document = new Option<string?>("--docs") { Description = "Writes the result as a page of Markdown, too.", HelpName = "FILE" };
        Option<bool> json = SharedOptions.Json();
        var verb = new Command("bench", HelpText.With(
            "Measures how fast the grid is on this machine, and with --peers how much faster than others.",
            "grid bench --quick", "grid bench --peers --only lenet5,top-k", "grid bench --peers --docs docs/benchmarks.md"))
        {
            peers, quick, rounds, only, folder, document, json,
        };
        verb.SetAction((parsed, interrupted) =>
        {
            var mistakes = new List<string>();
            bool isQuick = parsed.GetValue(quick);
            var request = new BenchRequest(
                parsed.GetValue(peers), isQuick, BenchRequest.ReadRounds(parsed.GetValue(rounds), isQuick, mistakes),
                BenchRequest.ReadOnly(parsed.GetValue(only), mistakes), parsed.GetRequiredValue(folder), parsed.GetValue(document));
            IReadOnlyList<Comparison> comparisons = BenchCatalog.Of(request.Only, request.WithPeers, isQuick);
            BenchPlaces places = BenchPlaces.Of(terminal);
            if (mistakes.Count == 0)
            {
                mistakes.AddRange(places.Mistakes(comparisons));
            }

            bool isJson = parsed.GetValue(json);
            return mistakes.Count > 0
                ? Task.FromResult(Refuse(terminal, isJson, mistakes))
                : new BenchSession(terminal, isJson, new BenchProgram(places, LimitOfARun, terminal.Time).RunAsync).RunAsync(request, comparisons, interrupted);
        });
        return verb;
    }

    private static int Refuse(Terminal terminal, bool isJson, List<string> mistakes) => Verdict.Failed(
        terminal, isJson,
        mistakes.Count == 1
            ? new Failure(ExitCodes.BadInput, mistakes[0])
            : new Failure(ExitCodes.BadInput, $"The benchmark has {mistakes.Count} mistakes.", "'grid bench --help' shows what it takes.")
            {
                Mistakes = mistakes,
            });
}
