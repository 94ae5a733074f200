namespace OrleansSgd.Certifier;

/// <summary>What a trace shows.</summary>
public enum CertifyVerdict
{
    /// <summary>Every rule holds, and the certificate stands.</summary>
    Holds,

    /// <summary>A rule is broken; the first finding names the first ticket of it.</summary>
    Violated,

    /// <summary>Every rule holds, but by the theory nothing follows (for instance αL above 1).</summary>
    Void,

    /// <summary>The trace is damaged, cut off or not there.</summary>
    Unreadable,
}
