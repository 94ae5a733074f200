using System.Diagnostics;

namespace OrleansSgd.Client.Bench;

/// <summary>How far apart two processors are: a line of memory handed to and fro between two threads.</summary>
/// <remarks>
/// Within one cache it takes about 50 ns, between two of them several times as long. On a virtual machine that changes from second to second, as the
/// machine beneath moves its processors, and with it the time of everything that two workers share.
/// </remarks>
internal static class CacheLine
{
    private const int Exchanges = 500;
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(20);

    /// <summary>Nanoseconds of a round trip, the best of some; NaN on a machine of one processor.</summary>
    public static double RoundTripNanoseconds()
    {
        if (Environment.ProcessorCount < 2)
        {
            return double.NaN;
        }

        var line = new Line();
        var other = new Thread(line.Answer) { IsBackground = true, Name = "round trip" };
        other.Start();
        double best = double.NaN;
        long begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < Limit)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Exchanges; i++)
            {
                line.Ask();
            }

            best = double.MinNumber(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds / Exchanges);
        }

        line.End();
        other.Join();
        return best;
    }

    private sealed class Line
    {
        private const int Asked = 1;
        private const int Ended = 2;

        private volatile int _state;

        public void Ask()
        {
            _state = Asked;
            while (_state != 0)
            {
                // Pausing would be part of what is measured.
            }
        }

        public void End() => _state = Ended;

        public void Answer()
        {
            int state;
            while ((state = _state) != Ended)
            {
                if (state == Asked)
                {
                    _state = 0;
                }
            }
        }
    }
}
