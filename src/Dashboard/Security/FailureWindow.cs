namespace OrleansSgd.Dashboard.Security;

/// <summary>Limits how often tokens may be tried: so many failures in a minute, over all who ask, then nobody may try until it is over.</summary>
/// <remarks>Right tokens are not slowed down: only trying to sign in is refused. Any thread may call.</remarks>
/// <param name="time">Tells when the minute is over.</param>
internal sealed class FailureWindow(TimeProvider time)
{
    /// <summary>Failures in one window.</summary>
    public const int CountMax = 20;

    /// <summary>Length of a window.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _beganAt;
    private int _count;

    /// <summary>True while too many have failed.</summary>
    public bool IsShut
    {
        get
        {
            lock (_gate)
            {
                return _count >= CountMax && time.GetElapsedTime(_beganAt) < Length;
            }
        }
    }

    /// <summary>A token was wrong.</summary>
    public void Failed()
    {
        lock (_gate)
        {
            if (_count == 0 || time.GetElapsedTime(_beganAt) >= Length)
            {
                _beganAt = time.GetTimestamp();
                _count = 0;
            }

            _count++;
        }
    }
}
