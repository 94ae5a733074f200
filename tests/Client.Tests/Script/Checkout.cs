using OrleansSgd.Testing;

namespace OrleansSgd.Client.Tests.Script;

/// <summary>A small checkout around the real script, with a <c>dotnet</c> that only notes how it is called.</summary>
internal sealed class Checkout : IDisposable
{
    private const string FakeDotnet = """
        #!/bin/bash
        # Stands for dotnet: notes its arguments and does what the files in the checkout ask for.
        home=@HOME@
        echo "$@" >>"$home/calls"
        case $1 in
            --list-sdks) echo "@SDK@ [/usr/share/dotnet/sdk]" ;;
            restore) exit 1 ;;
            build)
                if [ -e "$home/broken" ]; then echo "x.cs(1,1): error CS0000: planted"; exit 1; fi
                mkdir -p "$home/artifacts/InProcess/bin/Client/release"
                touch "$home/artifacts/InProcess/bin/Client/release/grid.dll"
                ;;
            test)
                while [ $# -gt 0 ]; do case $1 in --results-directory) results=$2 ;; esac; shift; done
                counters() { echo "<ResultSummary><Counters total=\"$1\" executed=\"$2\" passed=\"$3\" failed=\"$4\" error=\"0\" /></ResultSummary>" >"$results/One.Tests.trx"; }
                if [ -e "$home/passes" ]; then counters 4 3 3 0
                elif [ -e "$home/fails" ]; then counters 4 3 2 1; exit 1
                elif [ -e "$home/empty" ]; then exit 0
                else exit 134; fi
                ;;
            *) shift; printf 'ran'; printf ' <%s>' "$@"; echo ;;
        esac
        """;

    private readonly string _folder;
    private readonly string _path;

    private Checkout(string folder, string path)
    {
        _folder = folder;
        _path = path;
    }

    public static Checkout Create(TempFolder folder, string sdk)
    {
        string home = folder["checkout"];
        var checkout = new Checkout(home, folder["bin"]);
        Directory.CreateDirectory(folder["bin"]);
        foreach (string made in new[] { "src/Client", "runtime", "jobs", "tests/One.Tests" })
        {
            Directory.CreateDirectory(checkout.PathOf(made));
        }

        File.Copy(RepositoryRoot.PathOf("grid"), checkout.PathOf("grid"));
        File.Copy(RepositoryRoot.PathOf("Directory.Build.props"), checkout.PathOf("Directory.Build.props"));
        checkout.Touch("src/Client/Program.cs");
        checkout.Touch("OrleansSgd.sln");
        File.WriteAllText(
            checkout.PathOf("tests/One.Tests/One.Tests.csproj"),
            "<Project><PropertyGroup><IsTestProject>true</IsTestProject></PropertyGroup></Project>\n");
        string dotnet = folder.Text("bin/dotnet", FakeDotnet
            .Replace("@HOME@", home, StringComparison.Ordinal).Replace("@SDK@", sdk, StringComparison.Ordinal) + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        // A whole data set, so that no test asks the network for one.
        Directory.CreateDirectory(checkout.PathOf("data/mnist"));
        foreach (string name in new[] { "train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1" })
        {
            checkout.Touch($"data/mnist/{name}-ubyte");
        }

        return checkout;
    }

    public string PathOf(string name) => Path.Combine(_folder, name);

    public void Touch(string name) => File.WriteAllText(PathOf(name), "");

    /// <summary>Every call of dotnet, one a line.</summary>
    public string Calls() => File.ReadAllText(PathOf("calls"));

    /// <summary>Runs the script, or the link to it that is named first, from the root folder.</summary>
    public Task<GridRun> RunAsync(params string[] args)
    {
        string[] all = args[0].Contains('/') ? args : [PathOf("grid"), .. args];
        var variables = new Dictionary<string, string?>
        {
            ["PATH"] = $"{_path}:/usr/bin:/bin",
            ["GRID_RUNTIME"] = null,
        };
        return GridRun.StartAsync("/bin/bash", variables, "/", all);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
