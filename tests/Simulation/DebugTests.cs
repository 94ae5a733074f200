using OrleansSgd.Core.Runs;
using OrleansSgd.Simulation.Checks;
using OrleansSgd.Simulation.Facts;

namespace OrleansSgd.Simulation;

public class DebugTests
{
    [Fact]
    public void Dump()
    {
        foreach (string one in (Environment.GetEnvironmentVariable("SIM") ?? "").Split(',')) {
        string mode = one.Split(':')[0];
        ulong seed = ulong.Parse(one.Split(':')[1]);
        RunFacts facts = Simulator.Run(FaultPlan.Draw(seed, mode));
        System.IO.File.WriteAllLines("/tmp/h2/dbg/" + mode + seed + ".txt", facts.All.Where(f => f is not Viewed).Select(f => f is Told t ? $"Told {t.Fact.Kind} t{t.Fact.Ticket} w{t.Fact.Worker}#{t.Fact.Incarnation} s{t.Fact.Shard} v{t.Fact.Version} wm{t.Fact.Watermark} ex[{string.Join(",", t.Fact.Exceptions)}] lost[{string.Join(",", t.Fact.Lost)}] app[{string.Join(",", t.Fact.Applied)}] {t.Fact.Reason}" : f is Pushed p ? $"Pushed s{p.Shard}#{p.Life} t{p.Header.Ticket} w{p.Header.Worker}#{p.Header.Incarnation} r{p.Header.Round}.{p.Header.Slot} {p.Outcome}" : f is Computed c ? $"Computed w{c.Worker}#{c.Incarnation} seq{c.Sequence} r{c.Round} v[{string.Join(",", c.Versions)}] l[{string.Join(",", c.Lives)}]" : f.ToString()!).Prepend(Check.FirstBreach(facts) ?? "fine")); }
    }
}
