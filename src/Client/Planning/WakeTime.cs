using System.Threading.Channels;

namespace OrleansSgd.Client.Planning;

/// <summary>How long it takes on this machine until somebody who awaits a message goes on.</summary>
internal static class WakeTime
{
    private const int MessagesCount = 500;

    /// <summary>Mean seconds of one way between two tasks that wait for each other. Takes some milliseconds.</summary>
    public static async Task<double> MeasureAsync(TimeProvider time)
    {
        await PlayAsync(); // compiled
        long begin = time.GetTimestamp();
        await PlayAsync();
        return time.GetElapsedTime(begin).TotalSeconds / (2 * MessagesCount);
    }

    private static async Task PlayAsync()
    {
        var there = Channel.CreateBounded<int>(1);
        var back = Channel.CreateBounded<int>(1);
        Task other = Task.Run(async () =>
        {
            await foreach (int message in there.Reader.ReadAllAsync())
            {
                await back.Writer.WriteAsync(message);
            }
        });
        for (int message = 0; message < MessagesCount; message++)
        {
            await there.Writer.WriteAsync(message);
            await back.Reader.ReadAsync();
        }

        there.Writer.Complete();
        await other;
    }
}
