using System.Text.Json.Nodes;
using OrleansSgd.Core.Samples;
using OrleansSgd.Models.Tests.Checking;
using OrleansSgd.Models.Torch;

namespace OrleansSgd.Models.Tests.Torch;

/// <summary>Goal: any TorchScript file trains like the module it was made of, or is refused with its reason. Method: files that PyTorch
/// writes during the test.</summary>
[Collection(nameof(WithOracle))]
public sealed class TorchScriptTests(Oracle oracle) : IDisposable
{
    private static readonly int[] Small = [1, 12, 12];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("plain")]
    [InlineData("batch norm")]
    [InlineData("batch norm, cumulative")]
    [InlineData("frozen layer")]
    public void Script_has_the_loss_and_gradient_of_its_module(string name)
    {
        TorchCase item = CaseOf(name, Small, 4);

        Assert.Null(TorchChecker.Complaint(item, oracle.Ask(Question(item, "gradient", name)), item.Model));
    }

    [Fact]
    public void Script_with_one_output_has_a_squared_loss_on_targets()
    {
        TorchCase item = CaseOf("one output", Small, 0);

        Assert.Null(TorchChecker.Complaint(item, oracle.Ask(Question(item, "gradient", "one output")), item.Model));
        Assert.False(item.Model.IsClassifier);
    }

    [Fact]
    public void Script_of_a_network_we_have_is_that_network()
    {
        TorchCase script = CaseOf("lenet5", [1, 28, 28], 10);
        IModel model = ModelCatalog.Create(new ModelPlan { Kind = "lenet5", L2 = script.Plan.L2 }, [1, 28, 28], 10);

        Assert.Equal(model.Tensors.Select(tensor => (tensor.Name, tensor.Offset)), script.Model.Tensors.Select(tensor => (tensor.Name, tensor.Offset)));
        Assert.Null(TorchChecker.Complaint(script, oracle.Ask(Question(script, "gradient", "lenet5")), model));
    }

    [Fact]
    public void Training_begins_with_the_values_of_the_file()
    {
        TorchCase item = CaseOf("plain", Small, 4);
        float[] start = new float[item.Model.ParameterCount];
        float[] again = new float[start.Length];

        item.Model.Initialise(start, 1);
        item.Model.Initialise(again, 2);

        Assert.Equal(start, again);
        JsonObject layout = oracle.Ask(Question(item, "layout", "plain"));
        Assert.Equal(
            layout["parameters"]!.AsArray().Select(tensor => (string)tensor![0]!), item.Model.Tensors.Select(tensor => tensor.Name));
        Assert.Contains(start, value => value != 0);
    }

    [Theory]
    [InlineData("batch norm")]
    [InlineData("batch norm, cumulative")]
    public void Statistics_of_a_script_are_means_whatever_its_momentum(string name)
    {
        TorchCase item = CaseOf(name, Small, 4);
        SampleBatch[] training = [item.Samples(stream: 5).All(), item.Samples(stream: 6).Rows(0, 1, 2)];
        JsonObject question = Question(item, "evaluate", name);
        question["training"] = new JsonArray([.. training.Select(batch => (JsonNode)Oracle.Encode(batch.Dense))]);
        JsonObject expected = oracle.Ask(question);
        using var session = (IStatisticsSession)item.Model.CreateSession(item.SampleCount);
        foreach (SampleBatch batch in training)
        {
            session.AccumulateStatistics(item.Parameters(), batch);
        }

        BatchLoss loss = session.Evaluate(item.Parameters(), item.Samples().All());

        Assert.InRange(TorchChecker.RelativeDistance(session.Statistics, Oracle.Decode(expected["statistics"])), 0, 1e-5);
        Assert.Equal((double)expected["loss"]!, loss.LossSum / loss.Count, 1e-5);
        Assert.Equal((int)expected["correct"]!, loss.Correct);
    }

    [Fact]
    public void Statistics_that_a_trace_made_constant_stay_those_of_the_file()
    {
        TorchCase item = CaseOf("batch norm, traced", Small, 4);
        using IGradientSession session = item.Model.CreateSession(item.SampleCount);
        float[] gradient = new float[item.Model.ParameterCount];

        BatchLoss trained = session.Gradient(item.Parameters(), item.Samples().All(), gradient);

        Assert.Empty(item.Model.Buffers);
        Assert.Equal(trained.LossSum, session.Evaluate(item.Parameters(), item.Samples().All()).LossSum, 1e-6 * trained.LossSum);
    }

    [Fact]
    public void Bits_of_a_script_do_not_depend_on_what_ran_before()
    {
        TorchCase item = CaseOf("batch norm", Small, 4);
        IModel model = item.Model;
        float[] first = new float[model.ParameterCount];
        float[] later = new float[model.ParameterCount];
        using IGradientSession session = model.CreateSession(item.SampleCount);
        session.Gradient(item.Parameters(), item.Samples().All(), first);
        for (int i = 0; i < 5; i++)
        {
            // libtorch looks at the first runs of a script and then compiles it anew.
            session.Gradient(item.Parameters(), item.Samples(stream: 2 + i).All(), later);
        }

        session.Gradient(item.Parameters(), item.Samples().All(), later);

        Assert.True(BitChecker.SameBits(first, later), "A script's gradient changed after some runs.");
    }

    [Fact]
    public void Trained_script_is_written_with_its_values_and_statistics()
    {
        TorchCase item = CaseOf("batch norm", Small, 4);
        IModel model = item.Model;
        using var session = (IStatisticsSession)model.CreateSession(item.SampleCount);
        session.AccumulateStatistics(item.Parameters(), item.Samples(stream: 5).All());
        BatchLoss loss = session.Evaluate(item.Parameters(), item.Samples().All());

        TorchScriptFile.Save(item.Plan, model, item.Parameters(), session.Statistics, _folder["trained.pt"]);

        IModel trained = (item with { Plan = item.Plan with { Path = _folder["trained.pt"] } }).Model;
        float[] start = new float[model.ParameterCount];
        trained.Initialise(start, 1);
        Assert.Equal(item.Parameters(), start);
        Assert.InRange(new FileInfo(_folder["trained.pt"]).Length, 0, 200_000);
        using var other = (IStatisticsSession)trained.CreateSession(item.SampleCount);
        other.LoadStatistics(session.Statistics);
        Assert.Equal(loss, other.Evaluate(start, item.Samples().All()));
    }

    [Theory]
    [InlineData("no parameters", 4, "a module without parameters: there is nothing to train")]
    [InlineData("double", 4, "whose parameter 1.weight is Float64; only float32 is trained")]
    [InlineData("pair", 4, "which cannot take samples of [1, 12, 12]")]
    [InlineData("plain", 7, "which makes Float32 [2, 4] of 2 samples; the loss wants float32 [2, 7]")]
    [InlineData("plain", 0, "the loss wants float32 [2] or [2, 1]")]
    public void Script_that_cannot_be_trained_on_the_data_says_why(string name, int classCount, string mistake)
    {
        var plan = new ModelPlan { Kind = "torchscript", Path = oracle.Script(name, _folder) };

        Assert.Contains(mistake, Assert.Single(plan.MistakesWith("model", Small, classCount)));
    }

    [Fact]
    public void Samples_of_a_shape_that_the_script_cannot_take_are_a_mistake_with_libtorchs_reason()
    {
        var plan = new ModelPlan { Kind = "torchscript", Path = oracle.Script("plain", _folder) };

        string mistake = Assert.Single(plan.MistakesWith("model", [1, 9, 9], 4));

        Assert.Contains("which cannot take samples of [1, 9, 9]: ", mistake);
        Assert.Contains("shapes cannot be multiplied", mistake);
        Assert.DoesNotContain("\n", mistake);
    }

    [Fact]
    public void Missing_and_damaged_files_are_mistakes_before_training()
    {
        string whole = oracle.Script("plain", _folder);
        byte[] bytes = File.ReadAllBytes(whole);
        File.WriteAllBytes(_folder["half.pt"], bytes[..(bytes.Length / 2)]);
        File.WriteAllText(_folder["text.pt"], "not a module");

        Assert.Contains("there is no such file", Mistake(_folder["absent.pt"]));
        Assert.Contains("damaged or no TorchScript file", Mistake(_folder["half.pt"]));
        Assert.Contains("damaged or no TorchScript file", Mistake(_folder["text.pt"]));
        Assert.Equal(["model.path is missing; name the TorchScript file that torch.jit.save wrote."], new ModelPlan { Kind = "torchscript" }.Mistakes("model"));
        Assert.Equal(
            ["model.loss is 'hinge'; use cross-entropy or squared."],
            new ModelPlan { Kind = "torchscript", Path = whole, Loss = "hinge" }.Mistakes("model"));
    }

    private static string Mistake(string path) =>
        Assert.Single(new ModelPlan { Kind = "torchscript", Path = path }.MistakesWith("model", Small, 4));

    private TorchCase CaseOf(string name, int[] shape, int classCount) =>
        new(name, new ModelPlan { Kind = "torchscript", Path = oracle.Script(name, _folder), L2 = 0.01 }, shape, classCount, 6, 61);

    private static JsonObject Question(TorchCase item, string command, string name)
    {
        JsonObject question = TorchChecker.With(item.Question(command), item.Parameters(), item.Samples().All());
        question["name"] = name;
        return question;
    }
}
