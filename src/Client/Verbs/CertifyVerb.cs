using System.CommandLine;
using OrleansSgd.Certifier;

namespace OrleansSgd.Client.Verbs;

/// <summary><c>grid certify TRACE...</c>: checks a run again, from its trace alone.</summary>
internal static class CertifyVerb
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("trace")
        {
            Description = "The run's trace.jsonl; of a run on several silos, that of each.",
            Arity = ArgumentArity.OneOrMore,
        };
        var job = new Option<string?>("--job") { Description = "Which job, when the trace holds several.", HelpName = "ID" };
        var bound = new Option<double?>("--bound") { Description = "Test gaps against this B instead of the run's own.", HelpName = "B" };
        Option<bool> json = SharedOptions.Json();
        var verb = new Command("certify", "Checks from a run's trace that it did what it says, and computes its certificate again.")
        {
            files, job, bound, json,
        };
        verb.SetAction((parsed, interrupted) => Task.Run(
            () => Run(
                terminal,
                new CertifyRequest(parsed.GetRequiredValue(files), parsed.GetValue(job), parsed.GetValue(bound) ?? double.NaN),
                parsed.GetValue(json),
                interrupted),
            CancellationToken.None));
        return verb;
    }

    private static int Run(Terminal terminal, CertifyRequest request, bool isJson, CancellationToken interrupted)
    {
        if (request.Bound is not double.NaN && !(double.IsFinite(request.Bound) && request.Bound > 0))
        {
            return Reports.Verdict.Failed(
                terminal, isJson, new Failure(ExitCodes.BadInput, $"--bound is {request.Bound}; use a finite number above 0."));
        }

        Certification certification = TraceCertifier.Certify(request, interrupted);
        if (certification.Verdict == CertifyVerdict.Unreadable)
        {
            return Reports.Verdict.Failed(terminal, isJson, new Failure(ExitCodes.BadInput, certification.Damage));
        }

        foreach (string line in isJson ? [CertificationJson.Line(certification)] : CertificationText.Lines(certification))
        {
            terminal.Out.WriteLine(line);
        }

        return certification.Verdict switch
        {
            CertifyVerdict.Holds => ExitCodes.Done,
            CertifyVerdict.Violated => ExitCodes.CheckFailed,

            // Nothing is wrong, but nothing is shown either: a script must not take it for a pass.
            _ => ExitCodes.BadInput,
        };
    }
}
