using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace OrleansSgd.Client.JobFiles;

/// <summary>Reads the part of YAML that job files use: sections, lists and scalars of one document.</summary>
/// <remarks>
/// Anchors, aliases and tags are refused: no job needs them, and aliases can make a short file very large. Built on the
/// parser's events because its own document model stops at the first repeated key.
/// </remarks>
internal static class YamlTree
{
    // A job file has two levels; a list in a section makes three. The bound keeps recursion off the end of the stack.
    private const int DepthMax = 16;

    /// <summary>The value of the file's one document; null when the file has none.</summary>
    /// <exception cref="YamlException">The text is not YAML, or uses what job files do not have; says where.</exception>
    public static YamlValue? Parse(string text)
    {
        var parser = new Parser(new StringReader(text));
        try
        {
            return Parse(parser);
        }
        catch (InvalidOperationException error)
        {
            // Some unclosed brackets upset the parser itself instead of being reported by it.
            Mark at = parser.Current?.End ?? Mark.Empty;
            throw new YamlException(at, at, "what follows does not fit; is a bracket or a quote not closed?", error);
        }
    }

    private static YamlValue? Parse(Parser parser)
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _))
        {
            return null;
        }

        parser.Consume<DocumentStart>();
        YamlValue root = Read(parser, 0);
        parser.Consume<DocumentEnd>();
        if (parser.Current is { } more and not StreamEnd)
        {
            throw new YamlException(more.Start, more.End, "a second document begins; a file holds one job");
        }

        return root;
    }

    private static YamlValue Read(IParser parser, int depth)
    {
        ParsingEvent next = parser.Current!;
        if (depth > DepthMax)
        {
            throw new YamlException(next.Start, next.End, $"values are nested more than {DepthMax} deep");
        }

        if (next is AnchorAlias || (next is NodeEvent node && (!node.Anchor.IsEmpty || !IsOwnTag(node))))
        {
            throw new YamlException(next.Start, next.End, "anchors, aliases and tags are not for job files; write the value out");
        }

        switch (next)
        {
            case Scalar:
                return Text(parser.Consume<Scalar>());
            case SequenceStart:
                parser.MoveNext();
                var items = new List<YamlValue>();
                while (!parser.TryConsume<SequenceEnd>(out _))
                {
                    items.Add(Read(parser, depth + 1));
                }

                return new YamlList(next.Start.Line, next.Start.Column, items);
            default:
                return ReadSection(parser, depth);
        }
    }

    private static YamlSection ReadSection(IParser parser, int depth)
    {
        MappingStart start = parser.Consume<MappingStart>();
        var entries = new List<(YamlText, YamlValue)>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            ParsingEvent at = parser.Current!;
            if (Read(parser, depth + 1) is not YamlText key)
            {
                throw new YamlException(at.Start, at.End, "a key is a list or a section; use a word");
            }

            entries.Add((key, Read(parser, depth + 1)));
        }

        return new YamlSection(start.Start.Line, start.Start.Column, entries);
    }

    private static YamlText Text(Scalar scalar) =>
        new(scalar.Start.Line, scalar.Start.Column, scalar.Value, scalar.Style == ScalarStyle.Plain);

    // "!" is what the parser gives a quoted scalar in some versions; it names no type.
    private static bool IsOwnTag(NodeEvent node) => node.Tag.IsEmpty || node.Tag.IsNonSpecific;
}
