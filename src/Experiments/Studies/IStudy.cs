using OrleansSgd.Experiments.Pages;

namespace OrleansSgd.Experiments.Studies;

/// <summary>One question, the runs that answer it, and what they show.</summary>
public interface IStudy
{
    /// <summary>What it is asked for by: a, b, ….</summary>
    string Letter { get; }

    /// <summary>The question.</summary>
    string Title { get; }

    /// <summary>Makes the runs and writes the section.</summary>
    /// <param name="progress">Told of every configuration that is done.</param>
    StudySection Run(ExperimentOptions options, Action<string> progress, CancellationToken cancellation);
}
