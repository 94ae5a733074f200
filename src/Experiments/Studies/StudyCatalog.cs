namespace OrleansSgd.Experiments.Studies;

/// <summary>The studies there are.</summary>
public static class StudyCatalog
{
    /// <summary>In the order of their letters.</summary>
    public static IReadOnlyList<IStudy> All { get; } = [new BoundStudy(), new FeedbackStudy(), new SchedulerStudy(), new FaultStudy(), new CertificateStudy()];

    /// <summary>The words that <see cref="Named"/> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(study => study.Letter), "all"];

    /// <summary>One study, or all of them; empty for a word that names none.</summary>
    public static IReadOnlyList<IStudy> Named(string name) => name == "all" ? All : [.. All.Where(study => study.Letter == name)];
}
