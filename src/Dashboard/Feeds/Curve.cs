using System.Text.Json;

namespace OrleansSgd.Dashboard.Feeds;

/// <summary>A run's figures over its time, thinned out so that they stay few however long it takes.</summary>
/// <remarks>
/// <para>Points come in order. When there are <see cref="CountMax"/>, every second goes and from then on only every second comes in: the whole run
/// stays visible, ever coarser, and the first and the newest point are always there.</para>
/// <para>Not thread-safe.</para>
/// </remarks>
internal sealed class Curve
{
    /// <summary>Points that are kept beside the newest: as many as a wide screen has pixels, and some 200 KB as JSON.</summary>
    public const int CountMax = 2048;

    private readonly List<CurvePoint> _kept = []; // the points whose number is a multiple of the stride
    private CurvePoint _newest;
    private long _count;
    private long _stride = 1;

    /// <summary>The points, in order of time.</summary>
    public IEnumerable<CurvePoint> Points => _count == 0 || _kept[^1] == _newest ? _kept : _kept.Append(_newest);

    /// <summary>Adds a point; one that is no later than the newest takes its place.</summary>
    public void Add(in CurvePoint point)
    {
        bool isLater = _count == 0 || point.Seconds > _newest.Seconds;
        if (!isLater && _kept[^1] == _newest)
        {
            _kept[^1] = point;
        }
        else if (isLater && _count++ % _stride == 0)
        {
            Keep(point);
        }

        _newest = point;
    }

    /// <summary>Writes the points, a column each; what is not known is null.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        for (int column = 0; column < CurvePoint.Names.Length; column++)
        {
            json.WriteStartArray(CurvePoint.Names[column]);
            foreach (CurvePoint point in Points)
            {
                json.WriteFigure(point[column]);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private void Keep(in CurvePoint point)
    {
        if (_kept.Count == CountMax)
        {
            for (int at = 0; at < CountMax / 2; at++)
            {
                _kept[at] = _kept[2 * at];
            }

            _kept.RemoveRange(CountMax / 2, CountMax / 2);
            _stride *= 2;
        }

        // CountMax is even: the point after the last is one of those that stay.
        _kept.Add(point);
    }
}
