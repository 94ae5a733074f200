using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using OrleansSgd.Client.JobFiles;
using OrleansSgd.Core.Codecs;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Schedules;
using OrleansSgd.Data;
using OrleansSgd.Models;
using OrleansSgd.Testing;

namespace OrleansSgd.Client.Tests.JobFiles;

/// <summary>The schema against the plans it describes, and the page against the schema: neither can drift.</summary>
public sealed partial class JobSchemaTests
{
    private const string Page = "docs/job-file.md";

    // Keys of the top level that are not properties of RunPlan.
    private static readonly string[] TopLevelOnly = ["name", "data", "model", "silos"];

    public static TheoryData<string> Sections => [.. JobSchema.Sections.Select(section => section.Name)];

    [Theory]
    [MemberData(nameof(Sections))]
    public void The_keys_are_the_properties_of_the_plan(string name)
    {
        IEnumerable<string> keys = JobSchema.Section(name).Keys.Select(key => key.Name).Except(name.Length == 0 ? TopLevelOnly : []);
        IEnumerable<string> properties = Options(PlanOf(name)).Select(KeyOf);

        Assert.Equal(properties.Order(StringComparer.Ordinal), keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Sections))]
    public void The_types_and_defaults_are_those_of_the_plan(string name)
    {
        object plan = PlanOf(name);
        foreach (PropertyInfo property in Options(plan))
        {
            JobKey key = JobSchema.Section(name).Find(KeyOf(property))!;
            Assert.True(Fits(key.Kind, property.PropertyType), $"{name}.{key.Name} is {key.Kind}, but the plan has {property.PropertyType}.");
            object? value = property.GetValue(plan);
            if (key.Kind != JobValueKind.Section && value is not null and not "")
            {
                Assert.Equal(TextOf(value), key.Default);
            }
        }
    }

    [Fact]
    public void One_below_and_one_above_each_range_are_refused()
    {
        int checkedCount = 0;
        foreach (JobSection section in JobSchema.Sections)
        {
            foreach (JobKey key in section.Keys)
            {
                Match range = Between().Match(key.Range);
                if (range.Success && key.Kind == JobValueKind.Whole)
                {
                    checkedCount++;
                    decimal least = decimal.Parse(range.Groups[1].Value, CultureInfo.InvariantCulture);
                    decimal most = decimal.Parse(range.Groups[2].Value, CultureInfo.InvariantCulture);
                    AssertRefused(section, key, least - 1);
                    AssertRefused(section, key, most + 1);
                }
            }
        }

        Assert.True(checkedCount >= 12, $"Only {checkedCount} ranges were checked.");
    }

    [Fact]
    public void The_page_has_the_table_of_every_section()
    {
        string page = File.ReadAllText(RepositoryRoot.PathOf(Page));
        foreach (JobSection section in JobSchema.Sections)
        {
            string table = Table(section);
            Assert.True(
                page.Contains(table, StringComparison.Ordinal),
                $"{Page} lacks this table of section '{section.Name}', or has an older one:\n\n{table}");
        }
    }

    private static void AssertRefused(JobSection section, JobKey key, decimal value)
    {
        string given = $"{key.Name}: {value.ToString(CultureInfo.InvariantCulture)}";
        string yaml = section.Name switch
        {
            "" => $"data: {{kind: mnist}}\n{given}",
            "data" when key.Meaning.EndsWith("synthetic.", StringComparison.Ordinal) && key.Name != "featureCount" =>
                $"data: {{kind: synthetic, shape: gaussian-mixture, {given}}}",
            "data" when key.Name == "testLimit" => $"data: {{kind: mnist, {given}}}",
            "data" => $"data: {{kind: libsvm, path: a, {given}}}",
            "codec" => $"data: {{kind: mnist}}\ncodec: {{kind: top-k, {given}}}",
            _ => $"data: {{kind: mnist}}\n{section.Name}: {{{given}}}",
        };
        JobFileOutcome job = JobFile.Parse(yaml, "job.yaml").Finish();
        Assert.True(
            job.Mistakes.Any(mistake => mistake.Contains(section.PathOf(key.Name) + " is ", StringComparison.Ordinal)),
            $"{given} should be a mistake about {section.PathOf(key.Name)}: {string.Join(' ', job.Mistakes)}");
    }

    private static string Table(JobSection section)
    {
        var text = new StringBuilder("| Key | Type | Allowed | Default | Meaning |\n| --- | --- | --- | --- | --- |\n");
        foreach (JobKey key in section.Keys)
        {
            bool isSection = key.Kind == JobValueKind.Section;
            string allowed = isSection ? $"the keys of `{key.Name}` below" : key.Allowed;
            text.Append(CultureInfo.InvariantCulture, $"| `{key.Name}` | {TypeOf(key.Kind)} | {allowed} | {key.Default} | {key.Meaning} |\n");
        }

        return text.ToString();
    }

    private static string TypeOf(JobValueKind kind) => kind switch
    {
        JobValueKind.Text => "text",
        JobValueKind.Whole or JobValueKind.Seed => "whole number",
        JobValueKind.Number => "number",
        JobValueKind.Switch => "true or false",
        JobValueKind.WholeList => "whole numbers",
        JobValueKind.NumberList => "numbers",
        JobValueKind.TextList => "words",
        _ => "section",
    };

    private static object PlanOf(string section) => section switch
    {
        "" => new RunPlan(),
        "data" => new DataPlan(),
        "model" => new ModelPlan(),
        "codec" => new CodecPlan(),
        "rate" => new SchedulePlan(),
        "rule" => new RulePlan(),
        "consistency" => new ConsistencyPlan(),
        _ => throw new ArgumentException(section, nameof(section)),
    };

    private static IEnumerable<PropertyInfo> Options(object plan) =>
        plan.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.CanWrite);

    private static string KeyOf(PropertyInfo property) => char.ToLowerInvariant(property.Name[0]) + property.Name[1..];

    private static bool Fits(JobValueKind kind, Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return kind switch
        {
            JobValueKind.Text => plain == typeof(string),
            JobValueKind.Whole => plain == typeof(int),
            JobValueKind.Seed => plain == typeof(ulong),
            JobValueKind.Number => plain == typeof(double),
            JobValueKind.Switch => plain == typeof(bool),
            JobValueKind.WholeList => plain == typeof(IReadOnlyList<int>),
            JobValueKind.NumberList => plain == typeof(IReadOnlyList<double>),
            JobValueKind.TextList => plain == typeof(IReadOnlyList<string>),
            _ => plain == typeof(CodecPlan) || plain == typeof(SchedulePlan) || plain == typeof(RulePlan) || plain == typeof(ConsistencyPlan),
        };
    }

    private static string TextOf(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        string text => text,
        IEnumerable => "[]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    [GeneratedRegex("^([0-9]+) to ([0-9]+)$")]
    private static partial Regex Between();
}
