using System.Runtime.InteropServices;
using OrleansSgd.Torch.Tests.NN;
using TorchSharp;

namespace OrleansSgd.Torch.Tests.Jit;

/// <summary>TorchScript files that PyTorch wrote.</summary>
public sealed class ScriptModuleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("script").FullName;

    [Fact]
    public void File_of_PyTorch_has_its_parameters_and_computes_its_loss_and_gradients()
    {
        using var told = Write();
        using var scope = torch.NewDisposeScope();
        using var module = torch.jit.load<torch.Tensor, torch.Tensor>(Network);
        Assert.Equal(Texts(told, "parameters"), module.named_parameters().Select(named => named.name));
        Assert.Equal(Texts(told, "buffers"), module.named_buffers().Select(named => named.name));
        Assert.True(module.training);

        var loss = module.call(Input()).square().sum();
        loss.backward();
        Close([(float)told.RootElement.GetProperty("loss").GetDouble()], [loss.ToSingle()]);
        Close(told.RootElement.GetProperty("gradient").Numbers(), module.get_parameter("inner.0.weight")!.grad!.data<float>().ToArray());
        Close(told.RootElement.GetProperty("mean").Numbers(), module.get_buffer("norm.running_mean")!.data<float>().ToArray());
    }

    /// <summary>The optimiser of TorchScript would take other kernels from the second call on.</summary>
    [Fact]
    public void Every_call_gives_the_same_bits()
    {
        Write().Dispose();
        using var scope = torch.NewDisposeScope();
        using var module = torch.jit.load<torch.Tensor, torch.Tensor>(File.ReadAllBytes(Network));
        module.eval();
        Assert.False(module.training);
        var answers = Enumerable.Range(0, 4).Select(_ => Convert.ToHexString(module.forward(Input()).bytes)).Distinct();
        Assert.Single(answers);
    }

    [Fact]
    public void Changed_parameters_are_used_and_saved()
    {
        Write().Dispose();
        using var scope = torch.NewDisposeScope();
        using var module = torch.jit.load<torch.Tensor, torch.Tensor>(Network);
        using (torch.no_grad())
        {
            foreach (var parameter in module.parameters())
            {
                parameter.fill_(0.5);
            }
        }

        var again = Path.Combine(_folder, "again.pt");
        torch.jit.save(module, again);
        using var loaded = torch.jit.load<torch.Tensor, torch.Tensor>(again);
        module.eval();
        loaded.eval();
        Assert.All(loaded.parameters(), parameter => Assert.Equal(0.5f, parameter.min().ToSingle()));
        Assert.Equal(module.call(Input()).data<float>().ToArray(), loaded.call(Input()).data<float>().ToArray());
    }

    [Fact]
    public void Several_results_come_as_an_array()
    {
        Write().Dispose();
        using var scope = torch.NewDisposeScope();
        using var module = torch.jit.load<torch.Tensor, torch.Tensor[]>(Pair);
        var both = module.call(torch.ones(2));
        Assert.Equal([2f, 2f], both[0].data<float>().ToArray());
        Assert.Equal([2f, 2f], both[1].data<float>().ToArray());
        Assert.Throws<ArgumentException>(() => ((torch.jit.ScriptModule)module).forward("text"));
    }

    [Fact]
    public void Missing_damaged_and_foreign_files_are_refused_with_the_reason()
    {
        Assert.Throws<FileNotFoundException>(() => torch.jit.load(Path.Combine(_folder, "none.pt")));
        Write().Dispose();
        var whole = File.ReadAllBytes(Network);
        var damaged = Path.Combine(_folder, "damaged.pt");
        File.WriteAllBytes(damaged, whole[..(whole.Length / 2)]);
        Assert.NotEmpty(Assert.Throws<ExternalException>(() => torch.jit.load(damaged)).Message);
        File.WriteAllText(damaged, "no archive at all");
        Assert.NotEmpty(Assert.Throws<ExternalException>(() => torch.jit.load(damaged)).Message);
        Assert.NotEmpty(Assert.Throws<ExternalException>(() => torch.jit.load([])).Message);
    }

    [Fact]
    public void Input_of_a_wrong_shape_is_refused_with_libtorchs_words()
    {
        Write().Dispose();
        using var module = torch.jit.load<torch.Tensor, torch.Tensor>(Network);
        using var wrong = torch.zeros(5, 9);
        Assert.Contains("5x9", Assert.Throws<ExternalException>(() => module.call(wrong)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Network => Path.Combine(_folder, "network.pt");

    private string Pair => Path.Combine(_folder, "pair.pt");

    private System.Text.Json.JsonDocument Write() => PythonTorch.Run("script.py", Network, Pair);

    private static torch.Tensor Input() => torch.arange(20, dtype: torch.ScalarType.Float32).view(5, 4) / 10;

    private static IEnumerable<string?> Texts(System.Text.Json.JsonDocument told, string name) =>
        told.RootElement.GetProperty(name).EnumerateArray().Select(text => text.GetString());

    /// <summary>The same kernels in the same order, but for the division of sums between vector lanes: a few units of the last place.</summary>
    private static void Close(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.InRange(actual[i], expected[i] - 1e-5f * (1 + Math.Abs(expected[i])), expected[i] + 1e-5f * (1 + Math.Abs(expected[i])));
        }
    }
}
