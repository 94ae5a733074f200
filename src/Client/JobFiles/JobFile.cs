using System.Text;
using YamlDotNet.Core;

namespace OrleansSgd.Client.JobFiles;

/// <summary>Reads job files: YAML whose keys are those of <see cref="JobSchema"/>. docs/job-file.md is for people.</summary>
internal static class JobFile
{
    /// <summary>Longest job file; the longest sensible one is a hundredth of it.</summary>
    public const int BytesMax = 1 << 20;

    /// <summary>The job <c>grid train</c> runs when none is named: jobs/lenet.yaml, inside the program.</summary>
    public const string EmbeddedName = "jobs/lenet.yaml";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads and judges a file.</summary>
    public static JobFileOutcome Read(string path) => Load(path).Finish();

    /// <summary>Reads a file; a file that cannot be read is one mistake.</summary>
    public static JobDraft Load(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return Load(file, path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return Refused(path, "there is no such file; check the path, or run 'grid train' without one for the built-in job.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Refused(path, $"it cannot be read ({error.Message.TrimEnd('.')}); name a readable YAML file.");
        }
    }

    /// <summary>Reads the built-in job.</summary>
    public static JobDraft LoadEmbedded()
    {
        using Stream file = typeof(JobFile).Assembly.GetManifestResourceStream(EmbeddedName)
            ?? throw new InvalidOperationException($"The program was built without {EmbeddedName}.");
        return Load(file, EmbeddedName);
    }

    /// <summary>Reads text.</summary>
    /// <param name="source">The name in front of each mistake.</param>
    public static JobDraft Parse(string text, string source)
    {
        var draft = new JobDraft(source);
        try
        {
            switch (YamlTree.Parse(text))
            {
                case YamlSection file:
                    JobBinder.Bind(file, draft);
                    break;
                case null or YamlText { IsNothing: true }:
                    draft.IsUnread = true;
                    draft.Mistake("the file is empty; a job has at least data: {kind: …}. jobs/ has examples.");
                    break;
                case { } other:
                    draft.IsUnread = true;
                    draft.Mistake(other, null, "the file is not a list of keys; write one 'key: value' a line.");
                    break;
            }
        }
        catch (YamlException error)
        {
            string what = error.Message.TrimEnd('.');
            draft.IsUnread = true;
            draft.Mistake(
                new YamlText(error.Start.Line, error.Start.Column, "", false), null,
                $"this is not YAML as job files use it: {what}.");
        }

        return draft;
    }

    private static JobDraft Load(Stream file, string source)
    {
        byte[] bytes = new byte[BytesMax + 1];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > BytesMax)
        {
            return Refused(source, $"it is longer than {BytesMax} bytes, which no job file is; name a YAML file.");
        }

        try
        {
            return Parse(StrictUtf8.GetString(bytes, 0, length).TrimStart('\uFEFF'), source);
        }
        catch (DecoderFallbackException error)
        {
            return Refused(source, $"byte {error.Index} is not UTF-8 text; save the file as UTF-8.");
        }
    }

    private static JobDraft Refused(string source, string why)
    {
        var draft = new JobDraft(source) { IsUnread = true };
        draft.Mistake(why);
        return draft;
    }
}
