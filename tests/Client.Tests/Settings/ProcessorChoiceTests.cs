using System.Globalization;
using OrleansSgd.Client.Settings;
using OrleansSgd.Client.Tests.Running;
using OrleansSgd.Grains.Compute;

namespace OrleansSgd.Client.Tests.Settings;

public sealed class ProcessorChoiceTests : IDisposable
{
    private static readonly int[] Sixteen = [.. Enumerable.Range(0, 16)];

    private readonly TempFolder _nodes = new();

    public void Dispose() => _nodes.Dispose();

    [Theory]
    [InlineData("3", new[] { 3 })]
    [InlineData("0-3,8", new[] { 0, 1, 2, 3, 8 })]
    [InlineData("8, 1-2", new[] { 8, 1, 2 })]
    public void Numbers_and_ranges_are_taken_in_their_order(string text, int[] processors) =>
        Assert.Equal(processors, Read(text).Pins!.Processors);

    [Theory]
    [InlineData("")]
    [InlineData("two")]
    [InlineData("3-1")]
    [InlineData("1-2-3")]
    [InlineData("1,,2")]
    [InlineData("-1")]
    [InlineData("0-4000000000")]
    [InlineData("0-8192")]
    public void What_is_no_list_of_processors_is_refused(string text) =>
        Assert.Equal($"use {ProcessorChoice.Allowed}", Read(text).Remedy);

    [Fact]
    public void Processors_that_the_process_may_not_use_are_refused_with_those_it_may() =>
        Assert.Equal("this process may use 0-2,5; use some of these", ProcessorChoice.Read("2-3", [0, 1, 2, 5], _nodes.Path).Remedy);

    [Fact]
    public void A_memory_node_stands_for_those_of_its_processors_that_the_process_may_use()
    {
        Node(0, "0-7");
        Node(1, "8-15");

        Assert.Equal([8, 9, 10], ProcessorChoice.Read("node:1", [.. Enumerable.Range(0, 11)], _nodes.Path).Pins!.Processors);
    }

    [Fact]
    public void A_memory_node_that_is_not_there_is_refused_with_those_that_are()
    {
        Node(0, "0-7");
        Node(1, "8-15");

        Assert.Equal("this machine has the nodes 0-1; use one of these", Read("node:2").Remedy);
        Assert.Equal("this machine has the nodes 0-1; use one of these", Read("node:../node1").Remedy);
        Assert.Equal("this process may use 0-3, and none of them belongs to that node; use another", ProcessorChoice.Read("node:1", [0, 1, 2, 3], _nodes.Path).Remedy);
        Assert.StartsWith("this machine does not say", ProcessorChoice.Read("node:0", Sixteen, _nodes["nowhere"]).Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("silo")]
    public async Task Verbs_refuse_processors_that_this_machine_does_not_have(string verb)
    {
        GridRun run = await GridRun.InProcessAsync(verb, "--store", _nodes["store"], "--processors", "8191");

        Assert.Equal(ExitCodes.BadInput, run.ExitCode);
        Assert.Contains("--processors is 8191; ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_thread_of_a_silo_keeps_to_its_processors()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        string last = ThreadAffinity.OfThread()[^1].ToString(CultureInfo.InvariantCulture);
        using var place = new GridOfTest();
        using SiloProcess silo = await SiloProcess.StartAsync(place, "--processors", last);

        string[] allowed = [.. silo.Processors];

        Assert.NotEmpty(allowed);
        Assert.All(allowed, one => Assert.Equal(last, one));
        Assert.Equal(ExitCodes.Done, (await silo.StopAsync()).ExitCode);
    }

    private (ProcessorPins? Pins, string? Remedy) Read(string text) => ProcessorChoice.Read(text, Sixteen, _nodes.Path);

    private void Node(int number, string processors)
    {
        Directory.CreateDirectory(_nodes[$"node{number}"]);
        _nodes.Text(Path.Combine($"node{number}", "cpulist"), processors + "\n");
    }
}
