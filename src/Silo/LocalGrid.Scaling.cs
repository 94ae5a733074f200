using OrleansSgd.Grains;
using OrleansSgd.Grains.Grid;
using OrleansSgd.Silo.Clustering;

namespace OrleansSgd.Silo;

/// <content>How many silos there are is asked of the grid by its clients, and done here: all silos are this process's.</content>
public sealed partial class LocalGrid
{
    /// <summary>Why clients cannot change the number of silos, as one sentence; null while they can.</summary>
    /// <remarks>Set where something else decides it.</remarks>
    public string? ScalingRefusal { get; set; }

    /// <summary>How long a silo that is asked to leave may take, before what it hosts is taken for lost.</summary>
    public TimeSpan LeaveTime { get; set; } = new GridOptions().DrainDeadline;

    private SiloScalingPort ScalingPort() =>
        _isJoining || (_place is { } place && place.Clustering.Name != LocalClustering.Kind) ? SiloScalingPort.None : new(SilosMax, BeginToScale);

    // Asked in a turn of a grain, which may live on the silo that is to go: nothing is waited for.
    private string? BeginToScale(int siloCount)
    {
        if (ScalingRefusal is { } refusal)
        {
            return refusal;
        }

        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(() => ScaleQuietlyAsync(siloCount));
        }

        return null;
    }

    private async Task ScaleQuietlyAsync(int siloCount)
    {
        try
        {
            await ScaleToAsync(siloCount, LeaveTime);
        }
        catch (Exception error) when (error is OrleansException or ArgumentException or ObjectDisposedException or InvalidOperationException)
        {
            // The grid ends, or a silo went by itself meanwhile; whoever asked sees how many there are.
            ScalingTrouble = error.Message;
        }
    }

    /// <summary>What the last change of the number of silos that a client asked for met; null when it met nothing.</summary>
    public string? ScalingTrouble { get; private set; }
}
