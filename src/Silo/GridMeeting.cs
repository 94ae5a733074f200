namespace OrleansSgd.Silo;

/// <summary>Where the silos of several processes of one machine meet. Microsoft Orleans only: the built-in runtime has no network between silos.</summary>
/// <param name="Port">Loopback port of the first silo of the first process, which keeps the membership: 1 to 65535.</param>
/// <param name="IsJoining">True for every process but the first.</param>
public sealed record GridMeeting(int Port, bool IsJoining);
