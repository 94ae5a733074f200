using OrleansSgd.Core.Consistency.Sketches;
using OrleansSgd.Core.Randomness;
using OrleansSgd.Core.Runs;
using OrleansSgd.Core.Vectors;

namespace OrleansSgd.Simulator;

/// <summary>The members of one simulated run, and what they share.</summary>
internal sealed class SimulatedGrid
{
    // What the delays, the messages and the choice of victims are drawn from; samples have streams of their own.
    private const ulong ComputeStream = 0x53_494D_01;
    private const ulong NetworkStream = 0x53_494D_02;
    private const ulong VictimStream = 0x53_494D_03;

    private readonly SeededRandom _compute;

    public SimulatedGrid(SimulationPlan plan, IObjectiveSession objective)
    {
        Plan = plan;
        Objective = objective;
        Map = new ShardMap(plan.Objective.Dimension, plan.Run.Shards);
        Initial = new float[plan.Objective.Dimension];
        plan.Objective.Initialise(Initial, plan.Run.Seed);
        _compute = new SeededRandom(plan.Run.Seed, ComputeStream);
        Victims = new SeededRandom(plan.Run.Seed, VictimStream);
        Network = new SimulatedNetwork(Time, new SeededRandom(plan.Run.Seed, NetworkStream), plan.Delays);
        Projections = [.. Enumerable.Range(0, Map.Count).Select(s => new ShardProjection(plan.Run.Seed, s, Map[s].Length))];
        Shards = [.. Enumerable.Range(0, plan.Run.Shards).Select(_ => new SimulatedShard(Time, plan.Delays))];
        Workers = new SimulatedWorker?[plan.Run.Workers];
        Truth = new RunTruth(Map, Initial);
        Job = new SimulatedJob(this);
    }

    public SimulationPlan Plan { get; }

    public RunPlan Run => Plan.Run;

    public IObjectiveSession Objective { get; }

    public ShardMap Map { get; }

    /// <summary>x₀, [d].</summary>
    public float[] Initial { get; }

    /// <summary>What conservation is checked with, one a shard.</summary>
    public ShardProjection[] Projections { get; }

    public VirtualTime Time { get; } = new();

    public SeededRandom Victims { get; }

    public SimulatedNetwork Network { get; }

    public SimulatedShard[] Shards { get; }

    /// <summary>The life of each worker; null before the first and between two.</summary>
    public SimulatedWorker?[] Workers { get; }

    public RunTruth Truth { get; }

    public SimulatedJob Job { get; }

    /// <summary>Bytes of all push frames that left a worker.</summary>
    public long BytesPushed { get; set; }

    /// <summary>Largest ‖G‖ of any gradient.</summary>
    public double MagnitudeMax { get; set; }

    /// <summary>How long a worker takes for a number of gradients, in seconds.</summary>
    public double ComputeTime(int worker, int steps)
    {
        DelayPlan delays = Plan.Delays;
        double time = 0;
        for (int i = 0; i < steps; i++)
        {
            double one = delays.ComputeMin + (delays.ComputeSpread * SimulatedNetwork.Exponential(_compute));
            one *= worker < delays.StragglerCount ? delays.StragglerFactor : 1;
            time += one * (_compute.NextDouble() < delays.HiccupChance ? delays.HiccupFactor : 1);
        }

        return time;
    }
}
