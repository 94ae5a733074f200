using System.Text;

namespace OrleansSgd.Client.Pages;

/// <summary>Writes HTML that is XML as well: every element is closed, and nothing that comes from a run is ever taken for markup.</summary>
internal sealed class HtmlText
{
    private readonly StringBuilder _text = new();

    /// <summary>A text as it stands between tags and in attributes; characters that no document may have become U+FFFD.</summary>
    public static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char one = text[i];
            if (char.IsHighSurrogate(one) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                escaped.Append(one).Append(text[++i]);
                continue;
            }

            _ = one switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                '\n' or '\t' => escaped.Append(one),
                < ' ' or '\uFFFE' or '\uFFFF' => escaped.Append('\uFFFD'),
                _ => escaped.Append(char.IsSurrogate(one) ? '\uFFFD' : one),
            };
        }

        return escaped.ToString();
    }

    /// <summary>Opens an element.</summary>
    public HtmlText Open(string tag, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        _text.Append('<').Append(tag);
        foreach ((string name, string value) in attributes)
        {
            _text.Append(' ').Append(name).Append("=\"").Append(Escaped(value)).Append('"');
        }

        _text.Append('>');
        return this;
    }

    /// <summary>Closes an element.</summary>
    public HtmlText Close(string tag)
    {
        _text.Append("</").Append(tag).Append(">\n");
        return this;
    }

    /// <summary>Text.</summary>
    public HtmlText Say(string text)
    {
        _text.Append(Escaped(text));
        return this;
    }

    /// <summary>An element with nothing but text.</summary>
    public HtmlText Element(string tag, string text, params ReadOnlySpan<(string Name, string Value)> attributes) =>
        Open(tag, attributes).Say(text).Close(tag);

    /// <summary>Markup that this program made.</summary>
    public HtmlText Markup(string markup)
    {
        _text.Append(markup);
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
