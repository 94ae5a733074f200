using System.Globalization;
using System.Net;

namespace OrleansSgd.Client.Settings;

/// <summary>The settings that somebody gave, and how their values are read. Every value that cannot be is a mistake and stands for its default.</summary>
internal sealed class SettingsFound(IReadOnlyDictionary<Setting, SettingValue> values, List<string> mistakes)
{
    /// <summary>What was given; null when nobody did.</summary>
    public SettingValue? Find(Setting setting) => values.GetValueOrDefault(setting);

    /// <summary>Whether somebody gave it.</summary>
    public bool Has(Setting setting) => values.ContainsKey(setting);

    /// <summary>A text.</summary>
    public string Text(Setting setting, string otherwise) => Find(setting)?.Text ?? otherwise;

    /// <summary>One of some words; the first is the default.</summary>
    public string Choice(Setting setting, IReadOnlyList<string> words)
    {
        if (Find(setting) is not { } given || words.Contains(given.Text))
        {
            return Find(setting)?.Text ?? words[0];
        }

        Refuse(setting, given);
        return words[0];
    }

    /// <summary>A whole number.</summary>
    public int Whole(Setting setting, int least, int most, int otherwise)
    {
        if (Find(setting) is not { } given)
        {
            return otherwise;
        }

        if (int.TryParse(given.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most)
        {
            return value;
        }

        Refuse(setting, given);
        return otherwise;
    }

    /// <summary>A number.</summary>
    public double Number(Setting setting, double least, double most, double otherwise)
    {
        if (Find(setting) is not { } given)
        {
            return otherwise;
        }

        if (double.TryParse(given.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most)
        {
            return value;
        }

        Refuse(setting, given);
        return otherwise;
    }

    /// <summary>Addresses and ports, commas between them. A name is looked up here and now.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints(Setting setting, IPEndPoint otherwise)
    {
        if (Find(setting) is not { } given)
        {
            return [otherwise];
        }

        var found = new List<IPEndPoint>();
        foreach (string one in given.Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (EndPoint(one) is { } known)
            {
                found.Add(known);
            }
            else
            {
                Refuse(setting, given);
                return [otherwise];
            }
        }

        return found.Count > 0 ? found : [otherwise];
    }

    /// <summary>The first line of a file that a setting names: a secret, or what is as good as one.</summary>
    public string? Content(Setting setting)
    {
        if (Find(setting) is not { } given)
        {
            return null;
        }

        try
        {
            string content = File.ReadAllText(given.Text).Trim();
            if (content.Length > 0)
            {
                return content;
            }

            mistakes.Add(given.Mistake("the file is empty; write the secret into it"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            mistakes.Add(given.Mistake($"it cannot be read ({error.Message.TrimEnd('.')}); name a readable file"));
        }

        return null;
    }

    /// <summary>Notes that a value is not what the setting allows.</summary>
    public void Refuse(Setting setting, SettingValue given) => mistakes.Add(given.Mistake($"use {setting.Allowed}"));

    /// <summary>Notes another mistake of a value.</summary>
    public void Mistake(string sentence) => mistakes.Add(sentence);

    private static IPEndPoint? EndPoint(string text)
    {
        if (IPEndPoint.TryParse(text, out IPEndPoint? known))
        {
            return known.Port > 0 ? known : null;
        }

        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0)
        {
            return null;
        }

        try
        {
            return Dns.GetHostAddresses(text[..colon]).OrderBy(address => address.AddressFamily).Select(address => new IPEndPoint(address, port)).FirstOrDefault();
        }
        catch (System.Net.Sockets.SocketException)
        {
            return null;
        }
    }
}
