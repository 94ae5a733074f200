using OrleansSgd.Client.JobFiles;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Testing;

namespace OrleansSgd.Client.Tests.JobFiles;

public sealed class JobFileTests
{
    [Fact]
    public void Every_key_reaches_its_plan()
    {
        JobFileOutcome job = Parse("""
            name: all-of_it.1
            data: {kind: csv, path: a.csv, testShare: 0.25, seed: 18446744073709551615, normalise: true, labelColumn: 0, delimiter: ";"}
            model: {kind: mlp, hidden: [8, 4], activation: tanh, l2: 1e-3, bias: false}
            workers: 3
            shards: 2
            silos: 5
            batch: 7
            epochs: 11
            seed: 13
            mode: bsp
            leaseBatches: 17
            codec: {kind: top-k, fraction: 0.5, errorFeedback: false}
            rate: {kind: steps, rate: 0.5, milestones: [1, 2.5], factor: 0.2, warmUpEpochs: 0.5}
            """);

        Assert.Empty(job.Mistakes);
        Assert.Equal(("all-of_it.1", 5), (job.Plan!.Name, job.Silos));
        Assert.Equal(("a.csv", 0.25, ulong.MaxValue, true, "0", ";"),
            (job.Plan.Data.Path, job.Plan.Data.TestShare, job.Plan.Data.Seed, job.Plan.Data.Normalise, job.Plan.Data.LabelColumn, job.Plan.Data.Delimiter));
        Assert.Equal([8, 4], job.Plan.Model.Hidden);
        Assert.Equal(("tanh", 1e-3, false), (job.Plan.Model.Activation, job.Plan.Model.L2, job.Plan.Model.Bias));
        Assert.Equal((3, 2, 7, 11, 13ul, "bsp", 17),
            (job.Plan.Run.Workers, job.Plan.Run.Shards, job.Plan.Run.Batch, job.Plan.Run.Epochs, job.Plan.Run.Seed, job.Plan.Run.Mode, job.Plan.Run.LeaseBatches));
        Assert.Equal(new CodecPlan(CodecPlan.TopK, 0.5, ErrorFeedback: false), job.Plan.Run.Codec);
        Assert.Equal([1, 2.5], job.Plan.Run.Rate.Milestones!);
        Assert.Equal((SchedulePlan.Steps, 0.5, 0.2, 0.5),
            (job.Plan.Run.Rate.Kind, job.Plan.Run.Rate.Rate, job.Plan.Run.Rate.Factor, job.Plan.Run.Rate.WarmUpEpochs));
    }

    [Fact]
    public void Every_option_of_modes_rules_and_measurements_reaches_its_plan()
    {
        RunPlan run = Parse("""
            data: {kind: mnist}
            mode: variance-bounded
            quorum: 0.75
            substitute: mean
            answerFraction: 0.25
            rule: {kind: adam, decay: 0.8, squareDecay: 0.99, weightDecay: 1e-4, clipNorm: 2}
            consistency: {sketch: 128, noiseEvery: 4, smoothnessEvery: 0, cutSeconds: 0.5, lossSamples: 0, bound: 7.5, confidence: 0.95}
            """).Plan!.Run;

        Assert.Equal(("variance-bounded", 0.75, "mean", 0.25), (run.Mode, run.Quorum, run.Substitute, run.AnswerFraction));
        Assert.Equal(new RulePlan { Kind = RulePlan.Adam, Decay = 0.8, SquareDecay = 0.99, WeightDecay = 1e-4, ClipNorm = 2 }, run.Rule);
        Assert.Equal(
            new ConsistencyPlan { Sketch = 128, NoiseEvery = 4, SmoothnessEvery = 0, CutSeconds = 0.5, LossSamples = 0, Bound = 7.5, Confidence = 0.95 },
            run.Consistency);
        Assert.Equal(5, Run("mode: ssp\nstepsAheadMax: 5").StepsAheadMax);
        Assert.Equal(0.8, Run("mode: norm-bounded\nnormShare: 0.8").NormShare);
        Assert.Equal(1.5, Run("mode: adaptive\nstalenessShare: 1.5").StalenessShare);
        Assert.Equal(0.2, Run("mode: bsp\ndeadlineSeconds: 0.2").DeadlineSeconds);
        Assert.Equal((RunPlan.Shuffled, 4, true), (Run("assignment: shuffled").Assignment, Run("localSteps: 4").LocalSteps, Run("rule: {delayAdaptive: true}").Rule.DelayAdaptive));

        static RunPlan Run(string lines)
        {
            JobFileOutcome job = Parse("data: {kind: mnist}\n" + lines);
            Assert.Empty(job.Mistakes);
            return job.Plan!.Run;
        }
    }

    [Fact]
    public void A_bare_word_is_the_kind_of_the_rule()
    {
        Assert.Equal(new RulePlan { Kind = RulePlan.Momentum }, Parse("data: {kind: mnist}\nrule: momentum").Plan!.Run.Rule);
        Assert.Equal(
            ["job.yaml:2:7: rule.kind is 'momentun'; use sgd, momentum or adam. Did you mean momentum?"],
            Parse("data: {kind: mnist}\nrule: momentun").Mistakes);
    }

    [Fact]
    public void A_bare_rate_is_a_constant_rate()
    {
        JobFileOutcome job = Parse("data: {kind: mnist}\nrate: 0.25");

        Assert.Equal(new SchedulePlan(Rate: 0.25), job.Plan!.Run.Rate);
    }

    [Fact]
    public void Every_mistake_is_said_at_once_in_the_order_of_the_lines()
    {
        JobFileOutcome job = Parse("""
            nmae: x
            batch: many
            batch: 3
            workers: "4"
            epochs: 0
            mode: asinc
            data:
              kind: mnst
              limt: 4
            fraction: 3
            model: softmax
            rate: -1
            codec:
              kind: topk
            shards:
            silos: 65
            """);

        Assert.Null(job.Plan);
        Assert.Equal(
            [
                "job.yaml:1:1: nmae is not a key of a job file; did you mean name?",
                "job.yaml:2:8: batch is 'many'; use a whole number, 1 to 1000000.",
                "job.yaml:3:1: batch is given twice; keep one.",
                "job.yaml:4:10: workers is '4'; use a whole number, 1 to 10000 without quotes.",
                "job.yaml:5:9: epochs is 0; use 1 to 1000000.",
                "job.yaml:6:7: mode is 'asinc'; use async, bsp, ssp, norm-bounded, variance-bounded or adaptive. Did you mean async?",
                "job.yaml:8:9: data.kind is \"mnst\"; use idx, libsvm, csv, synthetic, mnist, cifar10 or text. Did you mean mnist?",
                "job.yaml:9:3: data.limt is not a key of a job file; did you mean data.limit?",
                "job.yaml:10:1: fraction is not a key of a job file; did you mean codec.fraction?",
                "job.yaml:11:8: model is 'softmax'; use a section with the keys of model, such as model: {kind: softmax}.",
                "job.yaml:12:7: rate.rate is -1; use a finite number above 0.",
                "job.yaml:14:9: codec.kind is 'topk'; use dense, top-k, random-k, threshold, qsgd or one-bit. Did you mean top-k?",
                "job.yaml:15:1: shards has no value; use a whole number, 1 to 10000, or remove the line.",
                "job.yaml:16:8: silos is 65; use 1 to 64.",
            ],
            job.Mistakes);
    }

    [Theory]
    [InlineData("batch: 1.5", "job.yaml:2:8: batch is '1.5'; use a whole number, 1 to 1000000.")]
    [InlineData("batch: 99999999999", "job.yaml:2:8: batch is '99999999999'; use a whole number, 1 to 1000000.")]
    [InlineData("batch: 1_000", "job.yaml:2:8: batch is '1_000'; use a whole number, 1 to 1000000.")]
    [InlineData("batch: [64]", "job.yaml:2:8: batch is a list; use a whole number, 1 to 1000000.")]
    [InlineData("batch: {of: 64}", "job.yaml:2:8: batch is a section; use a whole number, 1 to 1000000.")]
    [InlineData("seed: -1", "job.yaml:2:7: seed is '-1'; use a whole number, 0 to 18446744073709551615.")]
    [InlineData("rate: .nan", "job.yaml:2:7: rate is '.nan'; use a number, above 0.")]
    [InlineData("rate: .inf", "job.yaml:2:7: rate is '.inf'; use a number, above 0.")]
    [InlineData("rate: 1e999", "job.yaml:2:7: rate is '1e999'; use a number, above 0.")]
    [InlineData("rate: [1]", "job.yaml:2:7: rate is a list; use a section with the keys of rate.")]
    [InlineData("codec: {errorFeedback: yes}", "job.yaml:2:24: codec.errorFeedback is 'yes'; use true or false.")]
    [InlineData("model: {kind: mlp, hidden: [a, 3]}", "job.yaml:2:29: model.hidden[0] is 'a'; use a list of whole numbers, such as [256].")]
    [InlineData("model: {kind: mlp, hidden: 3}", "job.yaml:2:28: model.hidden is '3'; use a list of whole numbers, such as [256].")]
    [InlineData("model: {kind: perceptron}", "job.yaml:2:15: model.kind is 'perceptron'; use one of least-squares, logistic, softmax, mlp, lenet5, resnet, wideresnet, torch-mlp, transformer, torchscript.")]
    [InlineData("consistency: often", "job.yaml:2:14: consistency is 'often'; use a section with the keys of consistency, such as consistency: {sketch: 0}.")]
    [InlineData("rule: {momentum: 0.9}", "job.yaml:2:8: rule.momentum is not a key of a job file; rule has kind, decay, squareDecay, weightDecay, clipNorm, delayAdaptive.")]
    [InlineData("stepAheadMax: 3", "job.yaml:2:1: stepAheadMax is not a key of a job file; did you mean stepsAheadMax?")]
    [InlineData("noiseEvery: 3", "job.yaml:2:1: noiseEvery is not a key of a job file; did you mean consistency.noiseEvery?")]
    [InlineData("substitute: means\nmode: variance-bounded", "job.yaml:2:13: substitute is 'means'; use auto, none, own or mean. Did you mean mean?")]
    [InlineData("mode: norm_bounded", "job.yaml:2:7: mode is 'norm_bounded'; use async, bsp, ssp, norm-bounded, variance-bounded or adaptive. Did you mean norm-bounded?")]
    [InlineData("name: a/b", "job.yaml:2:7: name is 'a/b'; use 1 to 64 letters, digits, '-', '_' and '.'.")]
    [InlineData("batch: &a 3", "job.yaml:2:8: this is not YAML as job files use it: anchors, aliases and tags are not for job files; write the value out.")]
    [InlineData("batch: !!int 3", "job.yaml:2:8: this is not YAML as job files use it: anchors, aliases and tags are not for job files; write the value out.")]
    [InlineData("---\nbatch: 3", "job.yaml:2:1: this is not YAML as job files use it: a second document begins; a file holds one job.")]
    public void A_wrong_value_is_refused_with_its_place_its_limit_and_the_remedy(string line, string expected) =>
        Assert.Equal([expected], Parse("data: {kind: mnist}\n" + line).Mistakes);

    [Theory]
    [InlineData("augment: crop", "data.augment is 'crop'; use a list of crop, flip.")]
    [InlineData("augment: [crop, turn]", "data.augment[1] is \"turn\"; use crop or flip.")]
    [InlineData("augment: [crop, [flip]]", "data.augment[1] is a list or section; use a list of crop, flip.")]
    public void A_wrong_list_of_words_is_refused_with_its_remedy(string key, string expected)
    {
        string mistake = Assert.Single(Parse($"data: {{kind: mnist, {key}}}").Mistakes);

        Assert.StartsWith("job.yaml:1:", mistake, StringComparison.Ordinal);
        Assert.EndsWith(": " + expected, mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_words_reaches_the_plan() =>
        Assert.Equal(["crop", "flip"], Parse("data: {kind: cifar10, augment: [crop, flip]}").Plan!.Data.Augment!);

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("~")]
    public void An_empty_file_is_one_mistake(string text) => Assert.Single(Parse(text).Mistakes);

    [Theory]
    [InlineData("- a\n- b")]
    [InlineData("just words")]
    public void A_file_without_keys_is_refused(string text) =>
        Assert.Contains("one 'key: value' a line", Parse(text).Mistakes[0], StringComparison.Ordinal);

    [Fact]
    public void A_missing_file_is_one_mistake_that_names_it()
    {
        using var folder = new TempFolder();

        Assert.Equal(
            [$"{folder["no.yaml"]}: there is no such file; check the path, or run 'grid train' without one for the built-in job."],
            JobFile.Read(folder["no.yaml"]).Mistakes);
    }

    [Fact]
    public void A_folder_bytes_and_a_huge_file_are_refused_and_not_read_as_jobs()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder["bytes.yaml"], [0x61, 0x3A, 0x20, 0xFF, 0xFE]);
        File.WriteAllBytes(folder["huge.yaml"], new byte[JobFile.BytesMax + 1]);

        Assert.Contains("cannot be read", Assert.Single(JobFile.Read(folder.Path).Mistakes), StringComparison.Ordinal);
        Assert.Contains("not UTF-8", Assert.Single(JobFile.Read(folder["bytes.yaml"]).Mistakes), StringComparison.Ordinal);
        Assert.Contains($"{JobFile.BytesMax} bytes", Assert.Single(JobFile.Read(folder["huge.yaml"]).Mistakes), StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_wins_over_the_file_and_its_mistake_names_the_option()
    {
        JobDraft right = JobFile.Parse("data: {kind: mnist}\nepochs: many", "job.yaml");
        right.Override("epochs", "3");
        JobDraft wrong = JobFile.Parse("data: {kind: mnist}\nepochs: 3", "job.yaml");
        wrong.Override("epochs", "0");
        wrong.Override("workers", "few");

        Assert.Equal(["job.yaml:2:9: epochs is 'many'; use a whole number, 1 to 1000000."], right.Finish().Mistakes);
        Assert.Equal(["--workers is 'few'; use a whole number, 1 to 10000.", "--epochs is 0; use 1 to 1000000."], wrong.Finish().Mistakes);
    }

    [Fact]
    public void Any_text_is_a_job_or_a_list_of_mistakes()
    {
        const int seed = 20261120;
        var mutator = new Mutator(seed);
        byte[] sample = System.Text.Encoding.UTF8.GetBytes(TinyJob.Yaml);
        int refused = 0;
        for (int i = 0; i < 5_000; i++)
        {
            string text = System.Text.Encoding.UTF8.GetString(mutator.Mutate(sample));
            try
            {
                refused += JobFile.Parse(text, "job.yaml").Finish().Mistakes.Count > 0 ? 1 : 0;
            }
            catch (Exception error)
            {
                Assert.Fail($"Seed {seed}, input {i} made {error.GetType().Name}: {error.Message}\n{text}");
            }
        }

        Assert.True(refused > 2_000, $"Only {refused} texts were refused (seed {seed}): the trial tests little.");
    }

    [Theory]
    [InlineData("mnist.yaml")]
    [InlineData("softmax.yaml")]
    [InlineData("logistic.yaml")]
    [InlineData("bsp.yaml")]
    [InlineData("lenet.yaml")]
    [InlineData("resnet20.yaml")]
    [InlineData("wideresnet.yaml")]
    [InlineData("text.yaml")]
    public void Every_ready_job_is_right(string name) =>
        Assert.Empty(JobFile.Read(RepositoryRoot.PathOf("jobs/" + name)).Mistakes);

    [Fact]
    public void No_ready_job_is_forgotten_by_the_test_above() =>
        Assert.Equal(8, Directory.GetFiles(RepositoryRoot.PathOf("jobs")).Length);

    [Fact]
    public void The_built_in_job_is_the_file_itself()
    {
        JobFileOutcome builtIn = JobFile.LoadEmbedded().Finish();
        JobFileOutcome file = JobFile.Read(RepositoryRoot.PathOf("jobs/lenet.yaml"));

        Assert.Equal(file.Plan!.ToJson(), builtIn.Plan!.ToJson());
        Assert.Equal((2, 4, 2), (builtIn.Plan.Run.Workers, builtIn.Plan.Run.Shards, builtIn.Silos));
    }

    private static JobFileOutcome Parse(string yaml) => JobFile.Parse(yaml, "job.yaml").Finish();
}
